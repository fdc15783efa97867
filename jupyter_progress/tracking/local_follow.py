"""Follow runs with no server: read the journals here, and show what a server would send.

The same reader of journals that a server has, over a log in memory, feeds a view: connection
``local``. Nothing is written to the data directory, so any number of these may look at it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ..client.follow import Connection, OnMessages
from ..client.snapshots import snapshot_message
from ..core.view import Applied, View
from ..core.wire import Message, durable_message
from ..errors import ProgressError
from ..store.indexer import Indexer
from ..store.layout import DataDirectory
from ..store.log import Log
from ..store.reader import LogReader
from ..store.telling import Committed

CAUGHT_UP_LOOK_S = 0.2
SNAPSHOT_OVER = 200  # events at once; more come as one snapshot

log = logging.getLogger(__name__)


class LocalFollower:
    """Keeps a view current from the run directories. The same interface as ``client.Follower``.

    Parameters
    ----------
    data_directory
        Where the runs are.
    run_ids
        Which runs to follow; all of them by default.
    view
        What to keep current; one of its own by default.
    on_messages
        As for ``client.Follower``; the first message is a snapshot.
    on_tick
        Called about every ``tick_s`` by a thread, for what somebody has to look after where no
        server does (recovering runs whose keeper was killed, for one).
    """

    def __init__(
        self,
        data_directory: DataDirectory,
        run_ids: Iterable[str] | None = None,
        *,
        view: View | None = None,
        on_messages: OnMessages | None = None,
        on_tick: Callable[[], object] | None = None,
        tick_s: float = 1.0,
    ) -> None:
        self.view = view or View()
        self.view.knows_queue = run_ids is None
        self.lock = threading.RLock()
        self.connection: Connection = "offline"
        self.error: ProgressError | None = None
        self._on_messages = on_messages
        self._on_tick = on_tick
        self._tick_s = tick_s
        self._has_begun = False
        self._health_samples = 0
        self._taking = 0  # the indexer's thread, while it tells what it has committed
        self._stopped = threading.Event()
        self._log = Log.open(":memory:", now=time.time())
        self._indexer = Indexer(
            data_directory,
            self._log,
            on_commit=self._take,
            run_ids=None if run_ids is None else list(run_ids),
        )
        self._ticker = threading.Thread(
            target=self._tick, name="jupyter-progress-local", daemon=True
        )

    @property
    def reader(self) -> LogReader:
        """Reads the log in memory: series, and runs that the view has forgotten."""
        return self._indexer.reader

    @property
    def last_heard(self) -> float | None:
        """When the disk was last looked at, in seconds since 1970-01-01 UTC: just now."""
        return time.time() if self.is_running and self._has_begun else None

    @property
    def is_running(self) -> bool:
        """Whether it follows: started and not stopped."""
        return self._ticker.is_alive() and not self._stopped.is_set()

    def start(self) -> None:
        """Begin."""
        if self._stopped.is_set() or self._ticker.is_alive():
            return
        self.view.apply(
            Message(type="snapshot", log_id=self._log.log_id, offset=self._log.head, data={})
        )
        self._indexer.start()
        self._ticker.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """End following; at most so long is waited for the ticking thread, which is a daemon."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self.connection = "offline"
        if threading.get_ident() == self._taking:
            # Called by whoever is being told: the log is in use in this very moment.
            threading.Thread(target=self._close, args=(timeout_s,), daemon=True).start()
        else:
            self._close(timeout_s)

    def _close(self, timeout_s: float) -> None:
        self._indexer.stop()
        if self._ticker.is_alive() and self._ticker is not threading.current_thread():
            self._ticker.join(timeout_s)
        self._log.close()

    def wake(self) -> None:
        """Look at once: something was written just now."""
        self._indexer.wake()

    def caught_up(self, timeout_s: float) -> bool:
        """Wait until all that was on disk at the start is known; False where it takes longer."""
        return self._indexer.caught_up(timeout_s)

    def shows(self, origin: str, writer: str, sequence: int, timeout_s: float) -> bool:
        """Wait until what somebody has journalled is in the view; False where it takes longer."""
        deadline = time.monotonic() + timeout_s
        if not self._indexer.logged(origin, writer, sequence, timeout_s):
            return False
        head = self.reader.head()
        while self.view.offset < head:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def tell_health(self, sample: dict[str, Any]) -> None:
        """Take in how the machine is, from whoever samples it here."""
        with self.lock:
            if self._stopped.is_set() or not self._has_begun:
                return
            self._health_samples += 1
            message = Message(
                type="system_metrics",
                time=sample["time"],
                after=self.view.offset,
                revision=(self._log.openings << 32) + self._health_samples,
                data=sample,
            )
            if self._apply(message):
                self._deliver([message])

    def snapshot(self) -> Message:
        """The view as one ``snapshot`` message, for a view of one's own that begins now."""
        with self.lock:
            return snapshot_message(self.view)

    def _take(self, committed: Committed) -> None:
        """Called by the indexer's thread for each commit."""
        self._taking = threading.get_ident()
        messages = [_message(durable_message(event)) for event in committed.events]
        messages += [_message(message) for message in committed.volatile]
        with self.lock:
            if self._stopped.is_set():
                return
            changed = [message for message in messages if self._apply(message)]
            if not self._has_begun:
                return
            if len(committed.events) > SNAPSHOT_OVER:
                self._deliver([snapshot_message(self.view)])
            elif changed:
                self._deliver(changed)

    def _apply(self, message: Message) -> bool:
        try:
            return self.view.apply(message) is Applied.CHANGED
        except msgspec.ValidationError as error:
            log.debug("an event of type %r was left out: %s", message.type, error)
            return False

    def _begin(self) -> None:
        self._has_begun = True
        self.connection = "local"
        self._deliver([snapshot_message(self.view)])

    def _deliver(self, messages: list[Message]) -> None:
        if self._on_messages is None:
            return
        try:
            self._on_messages(messages, "local")
        except Exception:
            # Whoever shows this must not end the following of it.
            log.exception("what was read could not be shown")

    def _tick(self) -> None:
        # What happened before is told as one snapshot, not event by event.
        while not self._indexer.caught_up(CAUGHT_UP_LOOK_S):
            if self._stopped.is_set():
                return
        with self.lock:
            self._begin()
        has_complained = False
        while not self._stopped.wait(self._tick_s):
            if self._on_tick is None:
                continue
            try:
                self._on_tick()
            except Exception:
                if not has_complained:
                    log.exception("looking after the runs failed; it is tried again")
                has_complained = True


def _message(sent: msgspec.Struct) -> Message:
    return msgspec.convert(msgspec.to_builtins(sent), Message)
