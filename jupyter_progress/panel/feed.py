"""One follower for all the panels and waits of a process, and the second that polls.

Following costs a socket; so there is one for as many panels as are shown, started by the first that
listens and stopped after the last. Panels that have lost their page listen to the polling feed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from ..core.state import RunState
from ..core.view import View
from ..core.wire import Message

log = logging.getLogger(__name__)

Listener = Callable[[list[Message], str], None]


class FollowerLike(Protocol):
    """What both followers have in common: of a server, and of the local journals."""

    view: View
    lock: Any
    connection: Any
    last_heard: float | None

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def snapshot(self) -> Message: ...


class Feed:
    """Tells listeners what a follower hears.

    Parameters
    ----------
    make_follower
        Makes one that was not started yet, which goes on from the view and calls the listener.
    is_kept
        Go on when nobody listens any more: where beginning costs more than going on.
    """

    def __init__(
        self, make_follower: Callable[[View, Listener], FollowerLike], *, is_kept: bool = False
    ) -> None:
        self._make = make_follower
        self._is_kept = is_kept
        self._view = View()
        self._follower: FollowerLike | None = None
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._was_heard = threading.Event()

    @property
    def connection(self) -> str:
        """How this feed is fed; ``offline`` while nobody listens."""
        follower = self._follower
        return follower.connection if follower is not None else "offline"

    @property
    def error(self) -> Exception | None:
        """Why nothing comes, where that is known."""
        return getattr(self._follower, "error", None)

    @property
    def last_heard(self) -> float | None:
        """When the source was last heard, in seconds since 1970-01-01 UTC."""
        follower = self._follower
        return follower.last_heard if follower is not None else None

    def heard_within(self, timeout_s: float) -> bool:
        """Wait for the first word of the source: without it, nothing known is not nothing there."""
        return self._was_heard.wait(timeout_s)

    @property
    def next_attempt_s(self) -> float | None:
        """Seconds until a source that is silent is asked again; None where it is heard."""
        return getattr(self._follower, "next_attempt_s", None)

    def retry_now(self) -> None:
        """Ask a source that is silent at once, where it can be asked."""
        retry = getattr(self._follower, "retry_now", None)
        if retry is not None:
            retry()

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have a function called with what comes, in the follower's thread.

        What is known already comes first, in this thread.

        Returns
        -------
        Callable
            Ends the listening; may be called more than once.
        """
        with self._lock:
            self._listeners.append(listener)
            is_first = self._follower is None
            if self._follower is None:
                self._follower = self._make(self._view, self._tell)
                self._follower.start()
        # One that comes later has missed the beginning.
        known = None if is_first else self.snapshot()
        if known is not None:
            listener([known], self.connection)

        def end() -> None:
            follower = None
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)
                if not self._listeners and not self._is_kept:
                    follower, self._follower = self._follower, None
            if follower is not None:
                follower.stop()

        return end

    def snapshot(self) -> Message | None:
        """All that is known, as a message; None before anything is."""
        follower = self._follower
        if follower is None or not self._view.has_state:
            return None
        return follower.snapshot()

    def adopt(self, snapshot: Message | None) -> None:
        """Begin from what another feed knows, unless this one is going on or knows more."""
        with self._lock:
            if snapshot is not None and self._follower is None:
                self._view.apply(snapshot)
                self._was_heard.set()

    def run(self, run_id: str) -> RunState | None:
        """A run's state, where somebody listens and the run is among those that are followed."""
        follower = self._follower
        return self._view.runs.get(run_id) if follower is not None else None

    @property
    def position(self) -> tuple[str, int]:
        """The log and the offset that the view is at."""
        return self._view.log_id, self._view.offset

    def _tell(self, messages: list[Message], connection: str) -> None:
        self._was_heard.set()
        for listener in list(self._listeners):
            try:
                listener(messages, connection)
            except Exception:
                # One listener's fault must not take the news from the others.
                log.exception("a view could not take in what was heard")


class Feeds:
    """The two ways in which this process can follow.

    Parameters
    ----------
    stream
        The normal one.
    polling
        For panels whose page is gone; the same one where there is nothing to poll.
    """

    def __init__(self, stream: Feed, polling: Feed) -> None:
        self.stream = stream
        self.polling = polling


def snapshot_of(message: Message, run: RunState | None, run_id: str | None) -> dict[str, Any]:
    """A snapshot for one panel: of a panel's own run only that run.

    Parameters
    ----------
    message
        A snapshot of everything.
    run
        The panel's run as it is known otherwise, where the snapshot has not got it.
    run_id
        The panel's run; None where it shows everything.
    """
    told: dict[str, Any] = msgspec.to_builtins(message)
    if run_id is None:
        return told
    data = told.get("data") or {}
    runs = [known for known in data.get("runs", []) if known.get("run_id") == run_id]
    if not runs and run is not None:
        runs = [msgspec.to_builtins(run)]
    told["data"] = {**data, "runs": runs}
    return told
