"""Forgetting a run; and, seldom and in a thread of its own, all that is beyond the limits."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from ..core.retention import Removal
from ..core.state import RunState
from ..core.transitions import is_active
from ..errors import LockTaken, RunGoingOn, ShuttingDown, UnknownRun
from ..store.pruning import prune

if TYPE_CHECKING:
    from .services import Services

FIRST_AFTER_S = 60.0  # a server that has just started has better things to do
ALL_RUNS = 1_000_000

log = logging.getLogger(__name__)


def delete_run(services: Services, state: RunState, who: str) -> None:
    """Forget a run: the fact first, so that a server that is killed in between forgets it too.

    Raises
    ------
    RunGoingOn
        It has not ended.
    """
    newest = services.indexer.live_state(state.run_id) or state
    if is_active(newest.status):
        raise RunGoingOn(
            f"run {state.run_id} is {newest.status}; cancel it, and delete it once it has ended"
        )
    # Not while a repeated request looks whether its run is there.
    with services.creating:
        place = services.facts.about_server(
            "run_deleted", {}, name=newest.name, who=who, run_id=state.run_id
        )
        try:
            services.data.run(state.run_id).delete()
        except UnknownRun:
            services.text_log.debug("run %s had no directory any more", state.run_id)
    services.facts.wait(place)


class Retention:
    """Holds a server's data directory to its limits.

    Parameters
    ----------
    every_s
        Seconds between two looks.
    """

    def __init__(self, services: Services, every_s: float) -> None:
        self._services = services
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress-retention", daemon=True)

    def start(self) -> None:
        """Begin to look, now and then."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a look that is under way is waited for, up to a limit."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10.0)

    def _run(self) -> None:
        wait_s = min(FIRST_AFTER_S, self._every_s)
        while not self._stopping.wait(wait_s):
            wait_s = self._every_s
            try:
                self.look()
            except LockTaken:
                continue  # somebody else does it
            except Exception:
                # What cannot be tidied up today must not end the tidying for good.
                log.exception("old runs could not be looked through")

    def look(self) -> list[Removal]:
        """Forget what is beyond the limits now.

        Returns
        -------
        list of Removal
            What was removed.

        Raises
        ------
        LockTaken
            Another process is at it.
        """
        services = self._services
        if not services.indexer.caught_up(0.0):
            return []  # a log that is being made again does not know yet what is needed
        states, _next = services.reader.runs(limit=ALL_RUNS)
        removed = prune(
            services.data,
            states,
            services.options.limits,
            in_service=services.registry.runs_in_service(),
            delete_run=self._delete,
            scratch=services.uploads.scratch,
        )
        if removed:
            freed = sum(removal.size_bytes for removal in removed)
            services.text_log.info(
                "jupyter-progress removed %d old things (%d bytes): %s",
                len(removed), freed, ", ".join(f"{r.kind} {r.id}" for r in removed[:20]),
            )  # fmt: skip
        return removed

    def _delete(self, state: RunState) -> None:
        if self._stopping.is_set():
            raise ShuttingDown("the server is going down")
        delete_run(self._services, state, "")
