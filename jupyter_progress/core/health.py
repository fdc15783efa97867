"""From a sample of the machine to green, yellow or red, with the reasons, without flapping.

A figure turns the colour at its threshold and turns it back only below the threshold less the
margin (hysteresis, as in a thermostat), so that a value which trembles around it makes no noise.
Figures that jump about by nature (CPU) are judged by their exponentially weighted mean. A processor
that trains is a busy one: that alone is worth a word, never an alarm.
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
        The figure at and above which health has that colour; None: it never has.
    margin
        How far it must fall below before the colour goes back.
    newest
        What the newest sample counts for in the mean that is judged; 1 judges each sample by
        itself.
    """

    figure: str
    title: str
    yellow: float | None
    red: float | None
    unit: str = " %"
    margin: float = 3.0
    newest: float = 1.0


THRESHOLDS: Final[tuple[Threshold, ...]] = (
    Threshold(figure="cpu.percent", title="CPU", yellow=97.0, red=None, margin=12.0, newest=0.05),
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
    over
        Which figures are over which threshold.
    means
        The weighted means of the figures that are judged by them.
    """

    status: str = "green"
    reasons: list[str] = []
    over: dict[str, str] = {}
    means: dict[str, float] = {}


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
    means = dict(before.means) if before else {}
    over: dict[str, str] = {}
    reasons: list[str] = []
    for threshold in thresholds:
        value = _figure(sample, threshold.figure)
        if value is None:
            continue
        if threshold.newest < 1.0:
            # A mean that begins at nothing: one busy second after the start is no finding.
            mean = means.get(threshold.figure, 0.0)
            value = means[threshold.figure] = mean + threshold.newest * (value - mean)
        colour = _colour(value, threshold, known.get(threshold.figure, "green"))
        if colour != "green":
            over[threshold.figure] = colour
            limit = threshold.red if colour == "red" else threshold.yellow
            reasons.append(
                f"{threshold.title} at {value:.3g}{threshold.unit} "
                f"({colour} from {limit:g}{threshold.unit})"
            )
    status = max(over.values(), key=COLOURS.index, default="green")
    return Health(status=status, reasons=reasons, over=over, means=means)


def _colour(value: float, threshold: Threshold, before: str) -> str:
    for colour, limit in (("red", threshold.red), ("yellow", threshold.yellow)):
        if limit is None:
            continue
        held = COLOURS.index(before) >= COLOURS.index(colour)
        if value >= (limit - threshold.margin if held else limit):
            return colour
    return "green"


def _figure(sample: dict[str, Any], path: str) -> float | None:
    found: Any = sample
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return float(found) if isinstance(found, int | float) else None
