"""Tells ``notify_url`` of each run that ended, failed or stalled: once, whoever is killed.

Of the servers on one data directory that have this setting one sends: whoever holds the lock
``notify.lock``, which goes to another one when its holder dies. What was told stands in the run's
directory, written after the receiver has answered: a server that is killed between the answer and
that line tells it once more, with the same ``Idempotency-Key``. The other order could lose the one
notice that somebody waits for.

What is still to be told need not be written down anywhere: it is what the log holds and the run's
directory does not say to be told. A stall that is over by the time another server takes over is
no news any more.
"""

from __future__ import annotations

import collections
import logging
import threading
import time
from collections.abc import Callable, Iterable

import msgspec

from ..core.run_notice import NEWS_FOR_S, Cause, cause_of, notice_of, wait_s
from ..core.state import RunState
from ..store.layout import DataDirectory
from ..store.locks import FileLock
from ..store.reader import LogReader
from .notice_address import NoticeAddress
from .notice_post import NotTold, post
from .notice_record import NoticeRecord
from .untold import Untold
from .waiting_notices import WaitingNotice, WaitingNotices

LOCK_EVERY_S = 2.0  # between two looks whether the sender has gone
ARRIVED_KEPT = 10_000


class NoticeSender:
    """Sends from a thread of its own.

    Parameters
    ----------
    reader
        Of this server's log.
    is_live
        Whether what is committed now has just happened, and is not read again from old journals.
    log
        The server's own log of text lines.
    """

    def __init__(
        self,
        data: DataDirectory,
        address: NoticeAddress,
        *,
        reader: LogReader,
        is_live: Callable[[], bool],
        log: logging.Logger,
    ) -> None:
        self._address = address
        self._is_live = is_live
        self._log = log
        self._lock = FileLock(data.path / "notify.lock")
        self._record = NoticeRecord(data, log)
        self._waiting = WaitingNotices()
        self._arrived: collections.deque[tuple[RunState, bool]] = collections.deque(
            maxlen=ARRIVED_KEPT
        )
        # Whether the log may hold what is to be told and does not wait: after the lock is taken,
        # and while more is to be told than may wait.
        self._must_look = True
        self._look_failures = 0
        self._look_due_s = 0.0
        self._is_troubled = False
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._untold = Untold(data, reader, self._record, is_stopping=self._stopping.is_set)
        self._thread = threading.Thread(target=self._run, name="progress-notices", daemon=True)

    def committed(self, states: Iterable[RunState]) -> None:
        """Runs have changed; from the indexer's thread."""
        told = [state for state in states if cause_of(state) is not None]
        if told:
            is_live = self._is_live()
            self._arrived.extend((state, is_live) for state in told)
            if len(self._arrived) == ARRIVED_KEPT:
                self._must_look = True
            self._woken.set()

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send no more; what waits is told by whoever takes over."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                wait = LOCK_EVERY_S
                try:
                    wait = self._turn()
                except Exception:
                    # Nobody would be told anything any more if this thread ended.
                    self._log.exception("jupyter-progress: notices cannot be sent; tried again")
                self._woken.wait(wait)
                self._woken.clear()
        finally:
            # Not before: another one would send what is just being sent.
            self._lock.release()

    def _turn(self) -> float:
        """Send what is due; returns for how long there is nothing to do."""
        if not self._lock.is_held and not self._lock.acquire():
            self._arrived.clear()  # whoever holds it tells of them
            return LOCK_EVERY_S
        while not self._stopping.is_set():
            self._gather()
            notice = self._waiting.next_due(time.monotonic())
            if notice is None:
                break
            self._send(notice)
        now = time.monotonic()
        idle_s = self._waiting.idle_s(now)
        if self._look_failures:
            idle_s = min(idle_s, self._look_due_s - now)
        return max(0.05, idle_s)

    def _gather(self) -> None:
        """Have wait what is to be told, as far as there is room."""
        if self._must_look and self._waiting.is_low and time.monotonic() >= self._look_due_s:
            try:
                self._look()
            except Exception as error:
                # A full disk, a log that is being mended: what happens meanwhile is told, too.
                self._look_failed(error)
        while self._arrived and self._waiting.room:
            state, is_live = self._arrived.popleft()
            # What is read again from old journals is found by the look that is to come, in order.
            if is_live or not self._must_look:
                self._expect(state, is_live)

    def _look(self) -> None:
        """Look for what nobody has told, now that this is the server that tells."""
        self._must_look = False  # before: meanwhile too much may arrive
        try:
            states, has_more = self._untold.oldest(
                self._waiting.room, is_taken=self._waiting.__contains__
            )
            for state in states:
                self._expect(state, False)
        except BaseException:
            self._must_look = True
            raise
        self._look_failures = 0
        if has_more:
            self._must_look = True
            self._log.warning(
                "jupyter-progress: there is more to tell notify_url (%s) than may wait; the rest "
                "follows when the oldest is told",
                self._address.shown,
            )

    def _look_failed(self, error: Exception) -> None:
        self._look_failures += 1
        self._look_due_s = time.monotonic() + wait_s(self._look_failures)
        if self._look_failures == 1:
            self._log.warning(
                "jupyter-progress: what is still to be told to notify_url cannot be looked for "
                "(%s: %s); it is tried again",
                type(error).__name__, error,
            )  # fmt: skip

    def _expect(self, state: RunState, is_live: bool) -> None:
        cause = cause_of(state)
        if cause is None or cause in self._waiting:
            return
        if not (is_live or self._untold.is_news(cause)) or self._record.is_done(cause):
            return
        name = state.name or state.run_id
        try:
            body = msgspec.json.encode(notice_of(state, cause))
        except Exception as error:
            # Of whatever a foreign journal holds; those behind it are told.
            self._give_up(cause, name, f"it cannot be put into words ({type(error).__name__})")
            return
        # By this process's own clock: that of who trains elsewhere may be days behind.
        until_s = time.monotonic() + NEWS_FOR_S
        self._waiting.add(WaitingNotice(cause, body, name, until_s))

    def _send(self, notice: WaitingNotice) -> None:
        cause = notice.cause
        if not self._record.directory(cause).path.is_dir():
            self._waiting.remove(notice)  # deleted meanwhile
            self._record.drop(cause)
            return
        try:
            post(self._address, notice.body, f"{cause.run_id}-{cause.key}")
        except NotTold as error:
            self._failed(notice, error)
            return
        self._waiting.answered()
        self._waiting.remove(notice)
        self._record.write(cause, "told")
        if self._is_troubled:
            self._log.info("jupyter-progress: notify_url answers again")
        self._is_troubled = False

    def _failed(self, notice: WaitingNotice, error: NotTold) -> None:
        # One line for all that waits while nobody answers.
        is_new = notice.failures == 0 and not self._waiting.is_unreachable
        self._is_troubled = True
        if error.is_final:
            self._waiting.answered()
            self._waiting.remove(notice)
            self._give_up(notice.cause, notice.name, error.why)
            return
        self._waiting.failed(notice, time.monotonic(), is_unreachable=error.is_unreachable)
        for late in self._waiting.expired():
            self._waiting.remove(late)
            self._give_up(late.cause, late.name, error.why)
        if is_new and notice.cause in self._waiting:
            self._log.warning(
                "jupyter-progress: notify_url (%s) could not be told that %s %s: %s; this, and "
                "what follows, is tried again for up to %.0f days",
                self._address.shown, notice.name, notice.cause.kind, error, NEWS_FOR_S / 86_400,
            )  # fmt: skip

    def _give_up(self, cause: Cause, name: str, why: str) -> None:
        self._log.error(
            "jupyter-progress: notify_url (%s) was not told that %s %s: %s; it is not tried again",
            self._address.shown, name, cause.kind, why,
        )  # fmt: skip
        self._record.write(cause, "given_up")
