"""What a panel shows, as this process knows it: a run or all, with its chart and leaderboard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import msgspec

from ..core.candidates import CandidateRow
from ..core.state import RunState
from ..core.times import to_iso
from ..core.transitions import has_ended
from ..core.wire import Activity, Message
from ..errors import ProgressError
from .bundle import mime_data, static_forms
from .feed import Feed, Feeds
from .scores import LIMIT, NAMES, Scores

# A report that asks waits so long for what there is to list.
FIRST_WORD_S = 2.0
# What takes an answer of a server is asked from these threads: a slow one must not hold up the
# kernel.
askers = ThreadPoolExecutor(4, thread_name_prefix="jupyter-progress-control")


class Actions(Protocol):
    """What a view can ask for, carried out by a server or by this process."""

    def state(self, run_id: str) -> RunState: ...
    def stop(self, run_id: str) -> None: ...
    def cancel(self, run_id: str) -> None: ...
    def skip(self, run_id: str, candidate: int | None) -> None: ...
    def resume(self, run_id: str) -> None: ...
    def deploy(self, name: str, version: int | None, run_id: str | None) -> Any: ...
    def note(self, text: str, run_id: str | None) -> None: ...
    def candidates(self, run_id: str) -> list[CandidateRow]: ...
    def output(self, run_id: str, tail: int) -> str: ...
    def series(
        self, run_id: str, names: list[str] | None, max_points: int | None = None
    ) -> dict[str, list[list[float | None]]]: ...


class Watched:
    """Follows what a panel shows.

    Parameters
    ----------
    run_id
        None: everything.
    feeds
        What is followed.
    actions
        Who can be asked for what no feed tells.
    heard
        Called in the follower's thread with what came; with nothing where a run's state became
        known otherwise.
    """

    def __init__(
        self,
        run_id: str | None,
        feeds: Feeds,
        actions: Actions,
        heard: Callable[[list[Message]], None],
    ) -> None:
        self.run_id, self.actions = run_id, actions
        self.feed: Feed = feeds.stream
        self._heard = heard
        self._guard = threading.RLock()
        self._run: RunState | None = None
        self._scores = Scores(run_id)
        self._fetched: str | None = None
        self._leaderboard: tuple[object, list[CandidateRow]] = (None, [])
        self._end_listening: Callable[[], None] | None = None

    # What is known

    @property
    def state(self) -> dict[str, Any] | None:
        """The run's state as ``GET runs/{id}`` has it, or the snapshot of everything."""
        if self.run_id is None:
            told = self.feed.snapshot()
            if told is None:
                return None
            return {**told.data, "log_id": told.log_id, "offset": told.offset}
        run = self.run
        return msgspec.to_builtins(run) if run is not None else None

    @property
    def run(self) -> RunState | None:
        """The state of the run that is shown, where it is one."""
        if self.run_id is None:
            return None
        followed, known = self.feed.run(self.run_id), self._run
        if followed is None or (known is not None and known.end_time and not followed.end_time):
            return known
        return followed

    @property
    def told_run(self) -> RunState | None:
        """The run as it was told last, for a snapshot that has not got it."""
        return self._run

    @property
    def age_s(self) -> float | None:
        """Seconds since the source was last heard; None before."""
        heard = self.feed.last_heard
        return None if heard is None else max(0.0, time.time() - heard)

    def is_told_by(self, messages: list[Message]) -> bool:
        """Whether messages are about the run: none at all mean that its state became known."""
        return not messages or any(message.run_id == self.run_id for message in messages)

    # How it becomes known

    def follow(self, feed: Feed) -> None:
        """Listen to this feed, and no longer to the one before."""
        before = self._end_listening
        if feed is not self.feed:
            feed.adopt(self.feed.snapshot())
        self._end_listening = feed.listen(self._take)
        self.feed = feed
        if before is not None:
            before()
        if self.run_id and self._run is None and feed.run(self.run_id) is None:
            askers.submit(self._look_up)

    def offer(self, run: RunState) -> None:
        """Take in the run's state from who knows it before the feed does."""
        with self._guard:
            self._run = run
        self._heard([])

    def _look_up(self) -> None:
        """A run that is no longer among the newest is not followed; its state is asked for once."""
        try:
            found = self.actions.state(self.run_id or "")
        except ProgressError:
            return  # the view says what it does not find; the feed says when it is offline
        with self._guard:
            self._run = self._run or found
        self._heard([])

    def _take(self, messages: list[Message], _connection: str) -> None:
        with self._guard:
            for message in messages:
                self._scores.add(message)
            run = self.feed.run(self.run_id) if self.run_id else None
            self._run = run or self._run
        self._heard(messages)

    # What is made of it

    def forms(
        self,
        *,
        problem: str,
        show: Sequence[str] | None = None,
        size: str = "panel",
        asks: bool = False,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The project's own MIME type, and the static forms beside it.

        Parameters
        ----------
        problem, show, size
            The panel's.
        asks
            Ask for what no feed tells, which may take a moment.
        """
        # A panel of a run has that run's state from who began it.
        waits = asks and self.run_id is None and not problem
        is_known = self.feed.heard_within(FIRST_WORD_S if waits else 0)
        told = self.feed.snapshot()
        known = told.data if told is not None else {}
        activity = msgspec.convert(known.get("activity", []), list[Activity], strict=False)
        runs = msgspec.convert(known.get("runs", []), list[RunState], strict=False)
        run, log_id = self.run, self.feed.position[0]
        own = mime_data(
            self.run_id, run, activity, log_id=log_id, time=to_iso(time.time()),
            problem=problem, show=show, size=size,
        )  # fmt: skip
        if run is not None and asks:
            self._ask(run)
        points, rows = self._scores.points, self._leaderboard[1]
        listed = runs if is_known else None
        return own, static_forms(self.run_id, run, listed, activity, points, rows, problem)

    @property
    def is_whole(self) -> bool:
        """Whether a report has all that there is to ask for."""
        run = self.run
        if run is None or not has_ended(run.status):
            return True
        return self._fetched == run.end_time and (
            run.search is None or self._leaderboard[0] == _board_key(run)
        )

    def _ask(self, run: RunState) -> None:
        """Ask for a search's candidates and for the scores that were measured before this began.

        Of a run that is over once; a report without an answer is one all the same.
        """
        is_over = has_ended(run.status)
        try:
            if run.search is not None and not (is_over and self._leaderboard[0] == _board_key(run)):
                self._leaderboard = (_board_key(run), self.actions.candidates(run.run_id))
            if self._fetched is None or (is_over and self._fetched != run.end_time):
                found = self.actions.series(run.run_id, list(NAMES), LIMIT)
                with self._guard:
                    self._scores.replace(found)
                self._fetched = run.end_time or ""
        except ProgressError:
            return


def _board_key(run: RunState) -> object:
    return run.run_id, run.status, run.end_time
