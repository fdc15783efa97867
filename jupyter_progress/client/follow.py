"""Follow a server: over its socket, over polling while the socket is down, and back.

Two threads. One keeps trying the socket and reads it; the other polls ``GET events`` whenever the
socket is down. Both bring what they hear to one :class:`~jupyter_progress.core.view.View`, which
takes every message once and in order, whichever way it came and however the two overlap. A message
that shows that something is missing ends the socket, which then goes on from the view's position.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from ..core.view import Applied, View
from ..core.wire import CLOSE_PERMISSION_WITHDRAWN, Message
from ..errors import Denied, ProgressError, Unavailable
from .channel import Channel, ChannelEnded
from .discovery import ServerAddress
from .rest import RestClient
from .snapshots import messages_of_answer, snapshot_message
from .timing import Timing

Connection = Literal["live", "polling", "local", "offline"]
OnMessages = Callable[[list[Message], Connection], None]

log = logging.getLogger(__name__)


class Follower:
    """Keeps a view current. One that was stopped is not started again: make another with its view.

    Parameters
    ----------
    address
        The server.
    view
        What to keep current; one of its own by default.
    on_messages
        Called with the messages that changed the view, in order, and how they came; with an empty
        list when only the connection changed. Never called by two threads at once. It may call
        :meth:`stop`; it must not wait for anything.
    polls_only
        Leave the socket alone and poll from the beginning.
    timing
        The bounds.

    Attributes
    ----------
    view
        Hold ``lock`` to read more than one thing of it.
    connection
        How the view is being fed: ``live``, ``polling`` or ``offline``.
    last_heard
        When the server was last heard, in seconds since 1970-01-01 UTC; None: not yet.
    error
        Why nothing comes, where that is known: ``Denied`` ends following, the others do not.
    """

    def __init__(
        self,
        address: ServerAddress,
        *,
        view: View | None = None,
        on_messages: OnMessages | None = None,
        polls_only: bool = False,
        timing: Timing | None = None,
    ) -> None:
        self.address = address
        self.view = view or View()
        self.lock = threading.RLock()
        self.connection: Connection = "offline"
        self.last_heard: float | None = None
        self.error: ProgressError | None = None
        self._on_messages = on_messages
        self._timing = timing or Timing()
        self._polls_only = polls_only
        self._client = RestClient(address, timeout_s=self._timing.poll_timeout_s)
        self._is_reachable = True
        self._is_in_grace = True
        self._next_poll = time.monotonic() + self._timing.hello_s
        self._next_socket = math.inf
        self._stopped = threading.Event()
        self._socket_is_up = threading.Event()
        self._poll_wanted = threading.Event()
        self._retry_wanted = threading.Event()
        self._channel: Channel | None = None
        self._threads: list[threading.Thread] = []

    @property
    def is_running(self) -> bool:
        """Whether it follows: started, neither stopped nor denied."""
        return bool(self._threads) and not self._stopped.is_set()

    def start(self) -> None:
        """Begin, from the view's position if it has one."""
        if self._threads:
            return
        targets = {"polling": self._keep_polling}
        if not self._polls_only:
            targets["socket"] = self._keep_socket
        self._next_poll = time.monotonic() + (0.0 if self._polls_only else self._timing.hello_s)
        self._threads = [
            threading.Thread(target=target, name=f"jupyter-progress-{name}", daemon=True)
            for name, target in targets.items()
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """End following; at most so long is waited for each thread (both are daemons)."""
        self._end()
        self._close_channel()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout_s)
        self.connection = "offline"

    @property
    def next_attempt_s(self) -> float | None:
        """Seconds until the server is asked again; 0 while it is, None while it is heard."""
        if self.connection != "offline" or not self.is_running or self._socket_is_up.is_set():
            return None
        return max(0.0, min(self._next_poll, self._next_socket) - time.monotonic())

    def retry_now(self) -> None:
        """Ask at once, over both ways, where something waits for its next attempt."""
        if self.connection == "offline" and self.is_running:
            self._next_poll = time.monotonic()
            self._poll_wanted.set()
            self._retry_wanted.set()

    def snapshot(self) -> Message:
        """The view as one ``snapshot`` message, for a view of one's own that begins now."""
        with self.lock:
            return snapshot_message(self.view)

    def _end(self) -> None:
        self._stopped.set()
        self._retry_wanted.set()
        self._poll_wanted.set()

    def _close_channel(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    # The socket's thread

    def _keep_socket(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            was_live, ended = self._attempt()
            self._socket_is_up.clear()
            is_over = self._stopped.is_set() or self._is_denied(ended)
            if not is_over:
                gives_grace = was_live and not ended.is_silent
                self._begin_polling(self._timing.grace_s if gives_grace else 0.0)
            # Only now: a silent peer lets a closing handshake wait as well.
            self._close_channel()
            if is_over:
                break
            if ended.is_final:
                log.warning("jupyter-progress follows by polling from now on: %s", ended)
                break
            failures = 0 if was_live else failures + 1
            delay_s = self._timing.delay_s(
                failures,
                random.random(),  # noqa: S311
                is_reachable=self._is_reachable,
            )
            self._next_socket = time.monotonic() + delay_s
            self._retry_wanted.wait(delay_s)
            self._retry_wanted.clear()
        self._next_socket = math.inf

    def _attempt(self) -> tuple[bool, ChannelEnded]:
        """Open the socket and read it to its end: whether it was of use, and how it ended."""
        was_live = False
        try:
            self._channel = channel = Channel(self.address, self._position(), self._timing.hello_s)
            self._socket_is_up.set()
            self._is_reachable = True
            silence_s = self._timing.silence_heartbeats * channel.heartbeat_s
            log_id: str | None = None
            while not self._stopped.is_set():
                messages = channel.receive(silence_s)
                log_id = next((each.log_id for each in messages if each.log_id), log_id)
                if not self._take(messages, log_id):
                    # Not "live": a server that always leaves a gap is not asked in a tight loop.
                    return False, ChannelEnded("something was missed")
                was_live = True
            return was_live, ChannelEnded("stopped")
        except ChannelEnded as ended:
            return was_live, ended
        except Exception as error:
            # Whatever a library raises, polling and the next attempt must go on.
            log.exception("the stream ended in a way that is not known here")
            return False, ChannelEnded(type(error).__name__)

    def _position(self) -> tuple[str, int] | None:
        with self.lock:
            return (self.view.log_id, self.view.offset) if self.view.has_state else None

    def _is_denied(self, ended: ChannelEnded) -> bool:
        if ended.close_code == CLOSE_PERMISSION_WITHDRAWN:
            self._give_up(Denied("the Jupyter server has withdrawn the permission to watch"))
            return True
        if not ended.is_refused:
            return False
        # A refused handshake does not say why (a proxy may have answered); REST does.
        try:
            self._client.get("status")
        except Denied as error:
            self._give_up(error)
            return True
        except ProgressError as error:
            self.error = error
        return False

    # The polling thread

    def _begin_polling(self, grace_s: float) -> None:
        """Have polling take over, unless it has already, after giving the socket a moment."""
        with self.lock:
            if self.connection == "live" and grace_s > 0:
                self._is_in_grace = True
                self._next_poll = time.monotonic() + grace_s
            elif self._is_in_grace or self.connection == "live":
                self._is_in_grace = False
                self._next_poll = time.monotonic()
        self._poll_wanted.set()

    def _keep_polling(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            is_up = self._socket_is_up.is_set()
            left = self._next_poll - time.monotonic()
            if is_up or left > 0:
                self._poll_wanted.wait(None if is_up else left)
                self._poll_wanted.clear()
                failures = 0 if is_up else failures
                continue
            self._is_in_grace = False
            succeeded, more = self._poll()
            failures = 0 if succeeded else failures + 1
            wait_s = 0.0 if more else self._timing.poll_s
            if not succeeded:
                wait_s = self._timing.delay_s(failures, random.random(), is_reachable=False)  # noqa: S311
            self._next_poll = time.monotonic() + wait_s

    def _poll(self) -> tuple[bool, bool]:
        """Ask once: whether that worked, and whether there is more to ask for at once."""
        log_id, since = self._position() or (None, None)
        try:
            answer = self._client.get("events", log_id=log_id, since=since)
            messages, more = messages_of_answer(answer)
        except Denied as error:
            self._give_up(error)
            return False, False
        except (ProgressError, msgspec.ValidationError) as error:
            known = error if isinstance(error, ProgressError) else Unavailable(str(error))
            self._poll_failed(known)
            return False, False
        if not self._is_reachable:
            self._is_reachable = True
            self._retry_wanted.set()  # the socket may be back as well
        self._take(messages, answer.get("log_id"))
        return True, more

    def _poll_failed(self, error: ProgressError) -> None:
        self._is_reachable = False
        self.error = error
        with self.lock:
            if not self._socket_is_up.is_set():
                self._deliver([], "offline")

    # Both

    def _take(self, messages: list[Message], log_id: str | None) -> bool:
        """Bring messages of a log to the view; False where something before them is missing."""
        with self.lock:
            if self._stopped.is_set():
                return True
            self.last_heard = time.time()
            self.error = None
            changed: list[Message] = []
            is_whole = True
            for message in messages:
                # The other thread may have taken the view to another log since this was sent.
                is_foreign = message.log_id is None and log_id not in (None, self.view.log_id)
                applied = Applied.GAP if is_foreign else self._apply(message)
                if applied is Applied.GAP:
                    is_whole = False
                    break
                if applied is Applied.CHANGED:
                    changed.append(message)
            self._deliver(changed, "live" if self._socket_is_up.is_set() else "polling")
            return is_whole

    def _apply(self, message: Message) -> Applied:
        try:
            return self.view.apply(message)
        except msgspec.ValidationError as error:
            # A later version's event: the position has moved past it, the rest can be shown.
            log.debug("a message of type %r was left out: %s", message.type, error)
            return Applied.IGNORED

    def _deliver(self, changed: list[Message], connection: Connection) -> None:
        is_news = bool(changed) or connection != self.connection
        self.connection = connection
        if self._on_messages is None or not is_news:
            return
        try:
            self._on_messages(changed, connection)
        except Exception:
            # Whoever shows this must not end the following of it.
            log.exception("what was heard could not be shown")

    def _give_up(self, error: ProgressError) -> None:
        with self.lock:
            self._end()
            self._socket_is_up.clear()
            self.error = error
            self._deliver([], "offline")
