"""Saying what was committed: events in order, and volatile news not more often than views can use.

Before a run's last event, what was still to be said of it is said; views take nothing afterwards.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..core.events import Event
from ..core.state import RunState
from ..core.transitions import has_ended
from ..core.wire import VolatileMessage
from .assembly import Assembly
from .log import Log
from .volatile import VolatileMessages
from .watch import Origin

logger = logging.getLogger(__name__)

VOLATILE_INTERVAL_S = 0.02  # between two commits of a run that has nothing durable to tell


@dataclass(frozen=True)
class Committed:
    """What one transaction has added to the log.

    Parameters
    ----------
    events
        With their offsets, in order; ``head`` is that of the last.
    states
        The runs that changed, as they are now.
    volatile
        To be sent after the events.
    """

    events: list[Event] = field(default_factory=list)
    states: dict[str, RunState] = field(default_factory=dict)
    volatile: list[VolatileMessage] = field(default_factory=list)
    head: int = 0


class Telling:
    """Tells one listener what one log was given.

    Parameters
    ----------
    on_commit
        The listener.
    state_of
        A run's state with the newest reports of progress.
    """

    def __init__(
        self,
        on_commit: Callable[[Committed], object],
        log: Log,
        state_of: Callable[[str], RunState | None],
    ) -> None:
        self._on_commit = on_commit
        self._log = log
        self._state_of = state_of
        self._volatile = VolatileMessages(log.openings)
        self._not_before: dict[str, float] = {}

    def is_due(self, origin: Origin) -> bool:
        """Whether an origin's lines are to be taken now: at once, or not yet, if only volatile."""
        return origin.has_durable or time.monotonic() >= self._not_before.get(origin.name, 0.0)

    def took(self, origin: str) -> None:
        """Note that lines of an origin were taken."""
        self._not_before[origin] = time.monotonic() + VOLATILE_INTERVAL_S

    def expect(self, taken: Assembly) -> None:
        """Note what is volatile in a batch; to be called before it is in the log."""
        self._volatile.add(taken.reported, taken.batch.points, self._log.last_step)

    def tell(self, taken: Assembly, *, to_live_views: bool) -> None:
        """Tell a batch that was committed.

        Parameters
        ----------
        to_live_views
            Whether somebody may be watching what it tells; not while old journals are read.
        """
        batch = taken.batch
        told = 0
        for place, run_id, state in taken.endings:
            if not to_live_views or run_id in batch.forgotten:
                self._volatile.forget(run_id)
                continue
            head = batch.head + place
            volatile = self._volatile.last_of(state, head)
            if volatile:
                self._emit(Committed(batch.events[told:place], volatile=volatile, head=head))
                told = place
        for _place, run_id, _state in taken.endings:
            newest = batch.states.get(run_id)
            if newest is not None and not has_ended(newest.status):
                self._volatile.note(run_id)  # resumed since: how it stands is news again
        self._emit(Committed(batch.events[told:], dict(batch.states), self._due(), self._log.head))

    def tell_due(self) -> None:
        """Tell the volatile news whose time has come."""
        self._emit(Committed(volatile=self._due(), head=self._log.head))

    def ended(self, run_id: str) -> None:
        """Note that a run has ended."""
        self._not_before.pop(run_id, None)

    def forget(self, run_id: str) -> None:
        """Tell nothing more about a run."""
        self._not_before.pop(run_id, None)
        self._volatile.forget(run_id)

    def forget_all(self) -> None:
        """Drop what waits to be told."""
        self._volatile.forget_all()

    def _due(self) -> list[VolatileMessage]:
        if not self._volatile.is_pending:
            return []
        return self._volatile.due(self._state_of, self._log.head, time.monotonic())

    def _emit(self, committed: Committed) -> None:
        if not (committed.events or committed.states or committed.volatile):
            return
        try:
            self._on_commit(committed)
        except Exception:
            # A watcher's mistake must not end the indexing for everybody else.
            logger.exception("on_commit failed for the events up to offset %d", committed.head)
