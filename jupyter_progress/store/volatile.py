"""Volatile messages: how a run stands and which points are new, not more often than a view can use.

What comes between two messages is merged; the newest is always sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.state import RunState
from ..core.transitions import has_ended
from ..core.wire import VolatileMessage, first_revision
from .series import Point, thinned

PROGRESS_INTERVAL_S = 0.2  # a whole state is some kilobytes; points go as soon as they are read
POINTS_SENT = 500  # of one series in one message; who wants all asks for the series


class VolatileMessages:
    """Builds the volatile messages about runs.

    Parameters
    ----------
    openings
        Of the log; a revision of a later opening is higher than any of an earlier one.
    """

    def __init__(self, openings: int) -> None:
        self._revision = first_revision(openings)
        self._sent: dict[str, float] = {}
        self._reported: set[str] = set()
        self._points: dict[str, dict[str, list[Point]]] = {}
        self._before: dict[str, dict[str, float | None]] = {}

    @property
    def is_pending(self) -> bool:
        """Whether something waits for its time."""
        return bool(self._reported or self._points)

    def add(
        self,
        reported: set[str],
        points: dict[str, dict[str, list[Point]]],
        last_step: Callable[[str, str], float | None],
    ) -> None:
        """Note what is new; to be called before the points are in the log.

        Parameters
        ----------
        last_step
            The step of a series' newest point in the log.
        """
        self._reported |= reported
        for run_id, series in points.items():
            waiting = self._points.setdefault(run_id, {})
            before = self._before.setdefault(run_id, {})
            for name, fresh in series.items():
                if name not in waiting:
                    before[name] = last_step(run_id, name)
                waiting[name] = thinned(waiting.get(name, []) + fresh, POINTS_SENT)

    def note(self, run_id: str) -> None:
        """Have a run's state told when its time has come."""
        self._reported.add(run_id)

    def forget(self, run_id: str) -> None:
        """Send nothing more about a run."""
        self._reported.discard(run_id)
        self._points.pop(run_id, None)
        self._before.pop(run_id, None)
        self._sent.pop(run_id, None)

    def forget_all(self) -> None:
        """Drop what waits; revisions go on."""
        for run_id in self._reported | set(self._points):
            self.forget(run_id)

    def last_of(self, state: RunState, head: int) -> list[VolatileMessage]:
        """What waits of a run that is about to end: its views take nothing after the end.

        Parameters
        ----------
        state
            As it is just before the last event.
        head
            The offset just before the last event.
        """
        messages = self._messages_about(state, head, state.run_id in self._reported)
        self.forget(state.run_id)
        return messages

    def due(
        self, state_of: Callable[[str], RunState | None], head: int, now: float
    ) -> list[VolatileMessage]:
        """The messages whose time has come.

        Parameters
        ----------
        now
            On a clock that only goes forward, in seconds.
        """
        messages: list[VolatileMessage] = []
        for run_id in sorted(self._reported | set(self._points)):
            sent = self._sent.get(run_id, -PROGRESS_INTERVAL_S)
            is_report_due = run_id in self._reported and now - sent >= PROGRESS_INTERVAL_S
            if not is_report_due and run_id not in self._points:
                continue
            state = state_of(run_id)
            if state is None or has_ended(state.status):
                self.forget(run_id)
                continue
            if is_report_due:
                self._sent[run_id] = now
            messages += self._messages_about(state, head, is_report_due)
        return messages

    def _messages_about(
        self, state: RunState, head: int, has_report: bool
    ) -> list[VolatileMessage]:
        run_id, time = state.run_id, state.updated_time or ""
        points = self._metrics_message(run_id, head, time)
        messages = [points] if points else []
        if has_report:
            self._reported.discard(run_id)
            messages.append(self._message("training_progress", run_id, head, time, state))
        return messages

    def _metrics_message(self, run_id: str, head: int, time: str) -> VolatileMessage | None:
        series = self._points.pop(run_id, None)
        before = self._before.pop(run_id, {})
        if not series:
            return None
        found = {
            name: [[step, None if value != value else value] for step, value in points]
            for name, points in series.items()
        }
        return self._message(
            "metrics_appended", run_id, head, time, {"series": found, "from": before}
        )

    def _message(self, type: str, run_id: str, head: int, time: str, data: Any) -> VolatileMessage:
        self._revision += 1
        return VolatileMessage(
            type=type, after=head, revision=self._revision, time=time, run_id=run_id, data=data
        )
