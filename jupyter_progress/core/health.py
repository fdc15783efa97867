"""From a sample of the machine to green, yellow or red, with the reasons, without flapping.

A figure turns the colour at its threshold and turns it back only below the threshold less the
margin (hysteresis, as in a thermostat), so that a value which trembles around it makes no noise.
Figures that jump about by nature (CPU) are judged by their average over the last seconds, and the
reason says so: whoever reads it sees the figure of this moment beside it. A processor that trains
is a busy one: that alone is worth a word, never an alarm.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import msgspec

from .health_columns import figure_of
from .times import from_iso

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
        The figure at and above which health has that colour; None: it never has.
    margin
        How far it must fall below before the colour goes back.
    average_s
        Over how many seconds the average goes that is judged; 0 judges each sample by itself.
    """

    figure: str
    title: str
    yellow: float | None
    red: float | None
    unit: str = " %"
    margin: float = 3.0
    average_s: float = 0.0


THRESHOLDS: Final[tuple[Threshold, ...]] = (
    Threshold(
        figure="cpu.percent", title="CPU", yellow=97.0, red=None, margin=12.0, average_s=30.0
    ),
    Threshold(figure="memory.percent", title="memory", yellow=80.0, red=92.0),
    Threshold(figure="swap.percent", title="swap", yellow=50.0, red=90.0),
    Threshold(figure="disk.percent", title="disk", yellow=85.0, red=95.0, margin=1.0),
    Threshold(
        figure="event_loop_lag", title="event loop lag", yellow=0.25, red=2.0, unit=" s", margin=0.1
    ),
)


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict, and what the next one needs to know.

    Parameters
    ----------
    remarks
        What is over its threshold at this moment, and by its average is not.
    over
        Which figures are over which threshold.
    recent
        ``(time, value)`` of the figures that are judged by their average, oldest first.
    """

    status: str = "green"
    reasons: list[str] = []
    remarks: list[str] = []
    over: dict[str, str] = {}
    recent: dict[str, list[tuple[float, float]]] = {}

    def told(self) -> dict[str, Any]:
        """What views are told of it, beside the sample."""
        return {"status": self.status, "reasons": self.reasons, "remarks": self.remarks}


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
    verdict = Health(recent=dict(before.recent) if before else {})
    for threshold in thresholds:
        value = figure_of(sample, threshold.figure)
        if value is None:
            continue
        judged: float | None = value
        if threshold.average_s:
            seen = verdict.recent.get(threshold.figure, [])
            seen = _with_newest(seen, (_time(sample), value), threshold.average_s)
            verdict.recent[threshold.figure] = seen
            judged = _average(seen, threshold.average_s)
        held = before.over.get(threshold.figure, COLOURS[0]) if before else COLOURS[0]
        colour = COLOURS[0] if judged is None else _colour(judged, threshold, held)
        if judged is not None and colour != COLOURS[0]:
            verdict.over[threshold.figure] = colour
            verdict.reasons.append(_reason(judged, threshold, colour))
        elif _colour(value, threshold, COLOURS[0]) != COLOURS[0]:
            verdict.remarks.append(_remark(value, judged, threshold))
    status = max(verdict.over.values(), key=COLOURS.index, default=COLOURS[0])
    return msgspec.structs.replace(verdict, status=status)


def _with_newest(
    seen: list[tuple[float, float]], newest: tuple[float, float], over_s: float
) -> list[tuple[float, float]]:
    """The samples that an average needs: those within it, and the one before."""
    if seen and newest[0] <= seen[-1][0]:
        seen = []  # the clock was put back
    kept = [*seen, newest]
    first = sum(time <= newest[0] - over_s for time, _ in kept)
    return kept[max(0, first - 1) :]


def _average(seen: list[tuple[float, float]], over_s: float) -> float | None:
    """The average over the last seconds; None while fewer were seen.

    A sample of such a figure stands for the time since the one before it.
    """
    since = seen[-1][0] - over_s
    if seen[0][0] > since:
        return None
    weighed = ((time - max(since, before)) * value for (before, _), (time, value) in pairwise(seen))
    return sum(weighed) / over_s


def _reason(value: float, threshold: Threshold, colour: str) -> str:
    unit = threshold.unit
    limit = threshold.red if colour == "red" else threshold.yellow
    assert limit is not None
    until = ""
    if value < limit:
        # Held by the margin: without a word the figure would seem to be under its threshold.
        back = "yellow" if colour == "red" and threshold.yellow is not None else "green"
        until = f", {back} again below {limit - threshold.margin:g}{unit}"
    return f"{_told(value, threshold)} ({colour} from {limit:g}{unit}{until})"


def _told(value: float, threshold: Threshold) -> str:
    said = f"{value:.3g}{threshold.unit}"
    if not threshold.average_s:
        return f"{threshold.title} at {said}"
    return f"{threshold.title} averaged {said} over the last {threshold.average_s:g} s"


def _remark(value: float, average: float | None, threshold: Threshold) -> str:
    now = f"{threshold.title} is at {value:.3g}{threshold.unit} now"
    if average is None:
        return f"{now}; it is judged by its average over {threshold.average_s:g} s"
    colour = "red" if threshold.yellow is None else "yellow"
    limit = threshold.red if threshold.yellow is None else threshold.yellow
    over = f"{average:.3g}{threshold.unit} over the last {threshold.average_s:g} s"
    return f"{now}, and averaged {over} ({colour} from {limit:g}{threshold.unit})"


def _colour(value: float, threshold: Threshold, before: str) -> str:
    for colour, limit in (("red", threshold.red), ("yellow", threshold.yellow)):
        if limit is None:
            continue
        held = COLOURS.index(before) >= COLOURS.index(colour)
        if value >= (limit - threshold.margin if held else limit):
            return colour
    return "green"


def _time(sample: dict[str, Any]) -> float:
    return from_iso(str(sample["time"]))
