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
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from ..core.run_notice import NEWS_FOR_S, Cause, cause_of, notice_of, wait_s
from ..core.state import RunState
from ..core.times import from_iso, to_iso
from ..store.durable_files import create_once
from ..store.layout import DataDirectory, RunDirectory, read_json_object
from ..store.locks import FileLock
from .notice_post import NoticeAddress, NotTold, post

ALL_RUNS = 1_000_000
LOCK_EVERY_S = 2.0  # between two looks whether the sender has gone
MOST_WAITING = 1000
ARRIVED_KEPT = 10_000

Read = Callable[[], Iterable[RunState]]


@dataclass
class _Waiting:
    """A notice that is to be told."""

    cause: Cause
    body: bytes
    name: str
    until_s: float
    failures: int = 0
    due_s: float = 0.0


class NoticeSender:
    """Sends from a thread of its own.

    Parameters
    ----------
    all_runs
        Reads the states of all runs that the log knows.
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
        all_runs: Read,
        is_live: Callable[[], bool],
        log: logging.Logger,
    ) -> None:
        self._data = data
        self._address = address
        self._all_runs = all_runs
        self._is_live = is_live
        self._log = log
        self._lock = FileLock(data.path / "notify.lock")
        self._arrived: collections.deque[tuple[RunState, bool]] = collections.deque(
            maxlen=ARRIVED_KEPT
        )
        self._waiting: dict[tuple[str, str], _Waiting] = {}
        self._told: set[tuple[str, str]] = set()
        self._is_refused = False
        self._armed_s = 0.0
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress-notices", daemon=True)

    def committed(self, states: Iterable[RunState]) -> None:
        """Runs have changed; from the indexer's thread."""
        told = [state for state in states if cause_of(state) is not None]
        if told:
            is_live = self._is_live()
            self._arrived.extend((state, is_live) for state in told)
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
        if not self._lock.is_held:
            if not self._lock.acquire():
                self._arrived.clear()  # whoever holds it tells of them
                return LOCK_EVERY_S
            self._take_over()
        while self._arrived:
            self._expect(*self._arrived.popleft())
        now = time.monotonic()
        for key, notice in list(self._waiting.items()):
            if notice.due_s <= now and not self._stopping.is_set():
                self._send(key, notice)
        due = min((notice.due_s for notice in self._waiting.values()), default=now + 60.0)
        return max(0.05, due - time.monotonic())

    def _take_over(self) -> None:
        """Look for what nobody has told, now that this is the server that tells."""
        # From its first use on: what ended before anybody asked for notices is no news.
        armed = create_once(self._data.path / "notify-since", to_iso(time.time()).encode())
        self._armed_s = from_iso(armed.decode())
        for state in self._all_runs():
            self._expect(state, False)

    def _expect(self, state: RunState, is_live: bool) -> None:
        cause = cause_of(state)
        if cause is None or not (is_live or self._is_news(cause)):
            return
        key = (cause.run_id, cause.key)
        if key in self._waiting or key in self._told:
            return
        if self._is_recorded(cause):
            self._told.add(key)
            return
        if len(self._waiting) >= MOST_WAITING:
            oldest = next(iter(self._waiting))
            self._give_up(self._waiting.pop(oldest), "too many wait already")
        body = msgspec.json.encode(notice_of(state, cause))
        # By this process's own clock: that of who trains elsewhere may be days behind.
        until_s = time.monotonic() + NEWS_FOR_S
        self._waiting[key] = _Waiting(cause, body, state.name or state.run_id, until_s)

    def _is_news(self, cause: Cause) -> bool:
        try:
            at = from_iso(cause.time)
        except ValueError:
            at = 0.0  # a time that a foreign journal garbled
        # The clock of who trains elsewhere may be behind; this file was written by one of here.
        with contextlib.suppress(OSError):
            at = max(at, self._directory(cause).exit_file.stat().st_mtime)
        return at >= max(self._armed_s, time.time() - NEWS_FOR_S)

    def _send(self, key: tuple[str, str], notice: _Waiting) -> None:
        if not self._directory(notice.cause).path.is_dir():
            self._waiting.pop(key)  # deleted meanwhile
            return
        try:
            post(self._address, notice.body, f"{key[0]}-{key[1]}")
        except NotTold as error:
            self._failed(key, notice, error)
            return
        self._waiting.pop(key)
        self._record(notice.cause, "told")
        if notice.failures or self._is_refused:
            self._log.info("jupyter-progress: notify_url answers again")
        self._is_refused = False

    def _failed(self, key: tuple[str, str], notice: _Waiting, error: NotTold) -> None:
        notice.failures += 1
        notice.due_s = time.monotonic() + wait_s(notice.failures)
        if error.is_final or notice.due_s > notice.until_s:
            self._waiting.pop(key)
            self._give_up(notice, error.why)
        elif notice.failures == 1:
            self._log.warning(
                "jupyter-progress: notify_url (%s) could not be told that %s %s: %s; it is tried "
                "again for up to %.0f days",
                self._address.shown, notice.name, notice.cause.kind, error, NEWS_FOR_S / 86_400,
            )  # fmt: skip

    def _give_up(self, notice: _Waiting, why: str) -> None:
        self._is_refused = True
        self._log.error(
            "jupyter-progress: notify_url (%s) was not told that %s %s: %s; it is not tried again",
            self._address.shown, notice.name, notice.cause.kind, why,
        )  # fmt: skip
        self._record(notice.cause, "given_up")

    def _directory(self, cause: Cause) -> RunDirectory:
        return RunDirectory(self._data.runs / cause.run_id)

    def _is_recorded(self, cause: Cause) -> bool:
        record = read_json_object(self._directory(cause).notices_file)
        return record is not None and cause.key in record

    def _record(self, cause: Cause, outcome: str) -> None:
        """Write down that a notice is done with; only the holder of the lock does."""
        self._told.add((cause.run_id, cause.key))
        directory = self._directory(cause)
        record = read_json_object(directory.notices_file) or {}
        record[cause.key] = {"outcome": outcome, "time": to_iso(time.time())}
        try:
            directory.write_json(directory.notices_file, record)
        except FileNotFoundError:
            return  # deleted meanwhile
        except OSError as error:
            self._log.warning(
                "jupyter-progress: that a notice of run %s is %s could not be written down (%s); "
                "a restarted server may tell it again",
                cause.run_id, outcome.replace("_", " "), error.strerror,
            )  # fmt: skip
