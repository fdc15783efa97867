"""Tells of one run that it has stalled, and where it hangs; and that it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..core.stalling import StallWatch, Verdict
from ..core.times import to_iso
from ..store.layout import RunDirectory
from .output_tail import last_lines
from .plain_journal import NONE_BEFORE, find_current_stage
from .signs_of_life import SignsOfLife, ask_where_it_waits

ANSWER_S: Final = 3.0  # in which a stalled worker says where it hangs
LINES_KEPT: Final = 40


class StallReport:
    """Listens for a keeper to its run.

    Parameters
    ----------
    tell
        Given an event's type and facts.
    now_s
        A monotonic clock.
    floor_s
        A shorter silence is never told; 0: none is.
    after
        The last sequence of each journal that belongs to the attempts before.
    """

    def __init__(
        self,
        run: RunDirectory,
        tell: Callable[[str, dict[str, Any]], None],
        now_s: float,
        floor_s: float,
        after: Mapping[str, int] = NONE_BEFORE,
    ) -> None:
        self._run = run
        self._after = after
        self._tell = tell
        self._signs = SignsOfLife(run.journals)
        self._watch = StallWatch(now_s, floor_s)
        self._told: Verdict | None = None
        self._asked_where_s: float | None = None
        self._printed_bytes = 0

    def look(self, now_s: float, pid: int, cpu: float | None, printed_bytes: int) -> None:
        """Tell once that nothing is heard of the run for too long, and once that it goes on.

        Parameters
        ----------
        pid
            The worker.
        cpu
            Percent of one core that its tree has used since the last look.
        printed_bytes
            What it has printed so far.
        """
        is_heard, begun = self._signs.poll()
        # What it prints because it was asked where it hangs is no sign of life.
        was_asked = self._asked_where_s is not None and now_s < self._asked_where_s + ANSWER_S
        is_heard = is_heard or (printed_bytes > self._printed_bytes and not was_asked)
        self._printed_bytes = printed_bytes
        self._watch.sampled(now_s, cpu)
        if is_heard:
            gap_s = self._watch.heard(now_s)
            if begun is not None:
                self._watch.stage_began(now_s, begun.estimated_s)
            if self._told is not None:
                self._tell("training_recovered", {"quiet_s": round(gap_s, 1)})
            self._told = self._asked_where_s = None
            return
        verdict = self._watch.judge(now_s)
        if verdict is not None:
            self._has_stalled(now_s, pid, verdict)

    def _has_stalled(self, now_s: float, pid: int, verdict: Verdict) -> None:
        told = self._told
        # Told again where it has ceased to compute since: that is what a deadlock looks like.
        if told is not None and (verdict.uses_cpu or not told.uses_cpu):
            return
        if not verdict.uses_cpu and self._asked_where_s is None:
            self._asked_where_s = now_s
            if ask_where_it_waits(pid):
                return  # it has answered by the next look
        self._told = verdict
        facts = {
            "since": to_iso(time.time() - verdict.quiet_s),
            "stage": find_current_stage(self._run.journals, self._after),
            "quiet_s": round(verdict.quiet_s, 1),
            "likely_s": round(verdict.likely_s, 1),
            "uses_cpu": verdict.uses_cpu,
            "output": "" if verdict.uses_cpu else last_lines(self._run.output, LINES_KEPT),
        }
        self._tell("training_stalled", facts)
