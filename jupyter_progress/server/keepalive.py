"""A run in progress holds off the idle culler: for some hours, and not while it is stalled."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..core.state import RunState

STALLED_S = 600.0
IDLE_CPU_PERCENT = 1.0


@dataclass
class _Watched:
    """When a run was first seen going on, and when it last did anything."""

    since: float
    moved: float
    figures: tuple[float, int | None, int]


class Keepalive:
    """Decides whether runs are a reason to keep the server.

    Parameters
    ----------
    max_hours
        How long one run can hold off the culler; 0 switches this off.
    """

    def __init__(self, max_hours: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_s = max_hours * 3600.0
        self._clock = clock
        self._watched: dict[str, _Watched] = {}

    def is_busy(self, active: list[RunState]) -> bool:
        """Whether one of the active runs is at work, within its hours."""
        now = self._clock()
        self._watched = {
            run.run_id: self._watched[run.run_id] for run in active if run.run_id in self._watched
        }
        # Each one is looked at, so that the others' figures are known the next time.
        at_work = [self._counts(run, now) for run in active if run.status != "queued"]
        return any(at_work)

    def _counts(self, run: RunState, now: float) -> bool:
        figures = (run.progress, run.step, run.predictions_processed)
        known = self._watched.setdefault(run.run_id, _Watched(now, now, figures))
        cpu = run.resources.cpu if run.resources else None
        if figures != known.figures or (cpu or 0.0) >= IDLE_CPU_PERCENT:
            known.moved, known.figures = now, figures
        has_stalled = run.stalled is not None or now - known.moved >= STALLED_S
        return now - known.since < self._max_s and not has_stalled
