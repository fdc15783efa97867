"""What waits to be journalled, made into lines.

Reports of progress that wait together are merged, since the newest replaces the one before it.
"""

from __future__ import annotations

import logging
import math
from typing import Any, TypeAlias

import msgspec

from ..core.times import to_iso

logger = logging.getLogger(__name__)

# sequence, type, time in seconds, data (or the points of a metrics line), run id, follows
Waiting: TypeAlias = tuple[int, str, float, Any, str | None, dict[str, int] | None]

_ASSUMED_LINE_BYTES = 300  # a report of progress; only used to bound what waits for a full disk
_ASSUMED_POINT_BYTES = 60


def bounded(waiting: list[Waiting], room_bytes: int) -> tuple[list[Waiting], int]:
    """Keep what fits; facts go before reports and metrics, which are dropped, oldest first.

    Returns
    -------
    (list, int)
        What is kept, in order, and how many lines were dropped.
    """
    sizes = [_assumed_size(line) for line in waiting]
    over = sum(sizes) - room_bytes
    if over <= 0:
        return waiting, 0
    kept: list[Waiting] = []
    for line, size in zip(waiting, sizes, strict=True):
        if over > 0 and line[1] in ("training_progress", "metrics_appended"):
            over -= size
        else:
            kept.append(line)
    return kept, len(waiting) - len(kept)


def _assumed_size(line: Waiting) -> int:
    if line[1] == "metrics_appended" and isinstance(line[3], list):
        return _ASSUMED_POINT_BYTES * sum(1 + len(values) for _step, values in line[3])
    series = line[3].get("series") if line[1] == "metrics_appended" else None
    columns = series.values() if isinstance(series, dict) else ()
    points = sum(len(column) for column in columns if isinstance(column, list))
    return max(_ASSUMED_LINE_BYTES, _ASSUMED_POINT_BYTES * points)


def encode_lines(waiting: list[Waiting]) -> bytes:
    """The journal's lines for what waits, in order."""
    lines: list[bytes] = []
    report: dict[str, Any] | None = None
    for index, (sequence, type, moment, data, run_id, follows) in enumerate(waiting):
        if type == "training_progress":
            report = _merged(report, data)
            if index + 1 < len(waiting) and waiting[index + 1][1] == "training_progress":
                continue
            data, report = report, None
        elif type == "metrics_appended" and isinstance(data, list):
            data = {"series": _series_of(data)}
        line: dict[str, Any] = {"sequence": sequence, "type": type, "time": to_iso(moment)}
        line["data"] = data
        if run_id is not None:
            line["run_id"] = run_id
        if follows:
            line["follows"] = follows
        lines.append(_encode(line))
    return b"".join(lines)


def _encode(line: dict[str, Any]) -> bytes:
    try:
        encoded = _ENCODER.encode(line)
    except Exception as error:
        # Values of the user's own types may raise anything, and the caller has long gone on. The
        # line's place is kept, so that nothing waits for it.
        logger.warning("a %s event cannot be written as JSON: %s", line["type"], error)
        encoded = _ENCODER.encode({**line, "data": {"unwritable": str(error)}})
    return encoded + b"\n"


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays as plain ones; what else there is as its text."""
    to_list = getattr(value, "tolist", None)
    return to_list() if callable(to_list) else str(value)


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


def _merged(older: dict[str, Any] | None, newer: dict[str, Any]) -> dict[str, Any]:
    if older is None:
        return newer
    known = {key: value for key, value in newer.items() if value is not None}
    if older.get("metrics") and known.get("metrics"):
        known["metrics"] = {**older["metrics"], **known["metrics"]}
    return {**older, **known}


def _series_of(points: list[tuple[float, dict[str, Any]]]) -> dict[str, list[list[float | None]]]:
    series: dict[str, list[list[float | None]]] = {}
    for step, values in points:
        for name, value in values.items():
            series.setdefault(name, []).append([step, _number(value)])
    return series


def _number(value: Any) -> float | None:
    if type(value) is not float:
        try:
            value = float(value)
        except (TypeError, ValueError, OverflowError):
            return None
    return value if math.isfinite(value) else None
