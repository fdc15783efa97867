"""What one transaction adds to the log, worked out before anything is written."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ..core.events import Event
from ..core.state import RunState
from .series import Point


@dataclass(frozen=True)
class Cursor:
    """How far a journal is logged.

    Parameters
    ----------
    byte
        The end of the last line that was taken in.
    sequence
        That line's; everything up to it is known, whatever the file says when it is read again.
    fingerprint, fingerprint_bytes
        A checksum of the file's first bytes, and of how many: another one means another file.
    """

    byte: int = 0
    sequence: int = 0
    fingerprint: int = 0
    fingerprint_bytes: int = 0


@dataclass
class Batch:
    """The changes of one transaction.

    Parameters
    ----------
    head
        The offset before the first of ``events``.
    events
        With their offsets.
    states
        Runs that changed, as they are after all of it.
    points
        New metrics, by run and name.
    forgotten
        Deleted runs, each with the offset of its ``run_deleted``.
    vanished
        Those of them whose directory somebody removed: they are known again should it come back.
    """

    head: int
    events: list[Event] = field(default_factory=list)
    states: dict[str, RunState] = field(default_factory=dict)
    cursors: dict[tuple[str, str], Cursor] = field(default_factory=dict)
    points: dict[str, dict[str, list[Point]]] = field(default_factory=dict)
    forgotten: dict[str, int] = field(default_factory=dict)
    vanished: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.events or self.states or self.cursors or self.points or self.forgotten)

    @property
    def next_offset(self) -> int:
        """The offset of the next event that is added."""
        return self.head + len(self.events) + 1

    def add_points(self, run_id: str, series: dict[str, Any]) -> dict[str, list[float | None]]:
        """Add a metrics line's points; what is no pair of numbers is left out.

        Returns
        -------
        dict
            The newest ``[step, value]`` of each series that got any.
        """
        known = self.points.setdefault(run_id, {})
        newest: dict[str, list[float | None]] = {}
        for name, pairs in series.items():
            points = _points_of(pairs)
            if points:
                known.setdefault(name, []).extend(points)
                step, value = points[-1]
                newest[name] = [step, None if value != value else value]
        return newest


def _points_of(pairs: Any) -> list[Point]:
    points: list[Point] = []
    for pair in pairs if isinstance(pairs, list) else ():
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            continue
        step, value = pair
        if isinstance(step, int | float) and (value is None or isinstance(value, int | float)):
            try:
                points.append((float(step), math.nan if value is None else float(value)))
            except OverflowError:  # a whole number beyond what a float holds
                continue
    return points
