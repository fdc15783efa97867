"""Samples of the machine as columns: one list a figure, for whoever draws an hour of them.

An hour holds 3,600 samples with all that stands around their figures; as columns the same figures
are a tenth of that, and none of them is left out or thinned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .times import from_iso

FIGURES: Final = (
    "cpu.percent",
    "memory.percent",
    "swap.percent",
    "disk.percent",
    "event_loop_lag",
    "response_times.rest.p50",
    "response_times.rest.p95",
    "response_times.socket.p50",
    "response_times.socket.p95",
    "network.in",
    "network.out",
)
GPU_FIGURES: Final = ("percent", "memory.percent")


def figure_of(sample: Any, path: str) -> float | None:
    """A figure by its path, such as ``memory.percent`` or ``gpus.0.percent``; None: not known."""
    found: Any = sample
    for key in path.split("."):
        if isinstance(found, dict):
            found = found.get(key)
        elif isinstance(found, list) and _is_place(key) and int(key) < len(found):
            found = found[int(key)]
        else:
            return None
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return float(found) if is_number else None


def _is_place(key: str) -> bool:
    """Whether a key names a place in a list: "²" is a digit too, and no number to ``int``."""
    return key.isascii() and key.isdigit()


def columns_of(samples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Turn samples into columns.

    Parameters
    ----------
    samples
        As ``GET health`` answers them, oldest first.

    Returns
    -------
    dict
        ``{"since", "seconds", "figures", "gpus"}``: the time of the first sample (None without
        one), of each how long after it, of each figure its values, and the GPUs' names.
    """
    gpus: list[dict[str, Any]] = max((sample["gpus"] for sample in samples), key=len, default=[])
    paths = [*FIGURES]
    for index in range(len(gpus)):
        paths += [f"gpus.{index}.{figure}" for figure in GPU_FIGURES]
    times = [from_iso(str(sample["time"])) for sample in samples]
    return {
        "since": samples[0]["time"] if samples else None,
        "seconds": [round(time - times[0], 3) for time in times],
        "figures": {path: _column(samples, path) for path in paths},
        "gpus": [gpu["name"] for gpu in gpus],
    }


def _column(samples: Sequence[Any], path: str) -> list[float | None]:
    """What :func:`figure_of` says of each sample; level by level, which takes less time."""
    found: Sequence[Any] = samples
    for key in path.split("."):
        if _is_place(key):
            at = int(key)
            found = [v[at] if isinstance(v, list) and at < len(v) else None for v in found]
        else:
            found = [v.get(key) if isinstance(v, dict) else None for v in found]
    return [v if isinstance(v, int | float) and not isinstance(v, bool) else None for v in found]
