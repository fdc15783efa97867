"""From a sample of the machine to green, yellow or red, with the reasons, without flapping.

A figure turns the colour at its threshold and turns it back only below the threshold less the margin
(hysteresis, as in a thermostat), so that a value which trembles around it makes no noise.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

COLOURS: Final = ("green", "yellow", "red")


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """Where one figure turns yellow and red.

    Parameters
    ----------
    figure
        Path of the figure in a sample, for example ``memory.percent``.
    title, unit
        For the reason that a person reads.
    yellow, red
        The figure at and above which health has that colour.
    margin
        How far it must fall below before the colour goes back.
    """

    figure: str
    title: str
    yellow: float
    red: float
    unit: str = " %"
    margin: float = 3.0


THRESHOLDS: Final[tuple[Threshold, ...]] = (
    Threshold(figure="cpu.percent", title="CPU", yellow=90.0, red=99.5),
    Threshold(figure="memory.percent", title="memory", yellow=80.0, red=92.0),
    Threshold(figure="swap.percent", title="swap", yellow=50.0, red=90.0),
    Threshold(figure="disk.percent", title="disk", yellow=85.0, red=95.0, margin=1.0),
    Threshold(
        figure="event_loop_lag", title="event loop lag", yellow=0.25, red=2.0, unit=" s", margin=0.1
    ),
)


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict, and which figures are over which threshold (for the hysteresis)."""

    status: str = "green"
    reasons: list[str] = []
    over: dict[str, str] = {}


def judge(
    sample: dict[str, Any],
    before: Health | None = None,
    thresholds: tuple[Threshold, ...] = THRESHOLDS,
) -> Health:
    """Judge a sample.

    Parameters
    ----------
    sample
        A sample as ``GET health`` answers it; figures that are None are not judged.
    before
        The last verdict.
    thresholds
        Where the figures turn.
    """
    known = before.over if before else {}
    over: dict[str, str] = {}
    reasons: list[str] = []
    for threshold in thresholds:
        value = _figure(sample, threshold.figure)
        if value is None:
            continue
        colour = _colour(value, threshold, known.get(threshold.figure, "green"))
        if colour != "green":
            over[threshold.figure] = colour
            limit = threshold.red if colour == "red" else threshold.yellow
            reasons.append(
                f"{threshold.title} at {value:.3g}{threshold.unit} "
                f"({colour} from {limit:g}{threshold.unit})"
            )
    status = max(over.values(), key=COLOURS.index, default="green")
    return Health(status=status, reasons=reasons, over=over)


def _colour(value: float, threshold: Threshold, before: str) -> str:
    for colour, limit in (("red", threshold.red), ("yellow", threshold.yellow)):
        held = COLOURS.index(before) >= COLOURS.index(colour)
        if value >= (limit - threshold.margin if held else limit):
            return colour
    return "green"


def _figure(sample: dict[str, Any], path: str) -> float | None:
    found: Any = sample
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return float(found) if isinstance(found, int | float) else None
