"""Whether a run of one's own has stalled: its loops have not moved for longer than is likely."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from ..core.stalling import StallWatch, Verdict
from ..core.times import to_iso

# In a notebook somebody reads, thinks and types between two cells of one run.
OWN_FLOOR_S: Final = 300.0


class OwnStalls:
    """Follows one run in its own process.

    Parameters
    ----------
    tell
        Given an event's type and, by name, its facts.
    floor_s
        A shorter silence is never told.
    """

    def __init__(
        self,
        tell: Callable[..., None],
        floor_s: float = OWN_FLOOR_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._watch = StallWatch(clock(), floor_s)
        self._mark: Any = None
        self._stage: str | None = None
        self._told: Verdict | None = None

    def look(self, mark: Any, stage: str | None, cpu: float | None) -> None:
        """Tell once that the run has stalled, and once that it goes on.

        Parameters
        ----------
        mark
            Where it stands; another one is a sign of life.
        cpu
            Percent of one core that its process has used of late; None where that was not measured.
        """
        now_s = self._clock()
        if cpu is not None:
            self._watch.sampled(now_s, cpu)
        if (mark, stage) != (self._mark, self._stage):
            gap_s = self._watch.heard(now_s)
            if stage != self._stage:
                self._watch.stage_began(now_s, None)
            self._mark, self._stage = mark, stage
            if self._told is not None:
                self._told = None
                self._tell("training_recovered", quiet_s=round(gap_s, 1))
            return
        verdict = self._watch.judge(now_s)
        if verdict is None or (self._told and (verdict.uses_cpu or not self._told.uses_cpu)):
            return
        self._told = verdict
        self._tell(
            "training_stalled",
            since=to_iso(time.time() - verdict.quiet_s),
            stage=stage,
            quiet_s=round(verdict.quiet_s, 1),
            likely_s=round(verdict.likely_s, 1),
            uses_cpu=verdict.uses_cpu,
        )
