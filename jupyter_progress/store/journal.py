"""Journals: one writer's append-only file of events. This file writes them; reading is next door.

An append puts the fact into a list and returns; a thread encodes and writes it: at once where
nothing was written for ``flush_interval_s``, else together with all that comes until then. Nothing
that goes wrong with the disk reaches the training.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from ..core.activity import activity_for, activity_id
from ..errors import DiskFull, Unavailable
from .durable_files import PRIVATE_FOLDER, is_full
from .journal_lines import Waiting, bounded, encode_lines
from .journal_reader import JournalPart, last_sequence_in, read_journal
from .regular_files import open_regular

__all__ = ["JournalPart", "JournalWriter", "note", "read_journal", "tell"]

logger = logging.getLogger(__name__)

PENDING_LIMIT_BYTES = 16 << 20  # encoded lines kept while the disk takes none
FLUSH_INTERVAL_S = 0.025
_RETRY_S = 1.0
_writers: weakref.WeakSet[JournalWriter] = weakref.WeakSet()


class PointsSource(Protocol):
    """Metrics that their producer keeps until they are written, so that noting one costs nothing.

    Called under the journal's lock: it must call nothing of the journal.
    """

    @property
    def has_points(self) -> bool:
        """Whether there is something to take."""

    def cut(self) -> dict[str, list[tuple[float, float | None]]]:
        """Take all points noted so far: ``(step, value)`` in order, by the metric's name."""


class JournalWriter:
    """Appends events to one writer's journal. Any thread may; one process should.

    A forked child that appends goes on in a file of its own, ``child-<pid>.jsonl``.

    Parameters
    ----------
    path
        The file, named after its writer. It is made with the first line; an existing one is
        continued.
    clock
        Seconds since 1970-01-01 UTC.
    flush_interval_s
        How long a line may stay in memory: the time between two writes.
    after
        A sequence that is taken, be it in the file or not: a log may know a line that the disk lost
        when the machine went down, and takes another of its place for the same.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        clock: Callable[[], float] = time.time,
        flush_interval_s: float = FLUSH_INTERVAL_S,
        after: int = 0,
    ) -> None:
        self.path = Path(path)
        self._clock = clock
        self._flush_interval_s = flush_interval_s
        self._after = after
        self.dropped = 0
        self._sequence = -1  # not known before the file was looked at
        self._encoded = bytearray()
        self._descriptor: int | None = None
        #: Why the disk took nothing the last time; None where it did.
        self.trouble: OSError | None = None
        self._closed = False
        #: Where further metrics are; taken with every line but reports of progress.
        self.points_source: PointsSource | None = None
        self._start_empty()
        _writers.add(self)

    def _start_empty(self) -> None:
        self._lock = threading.RLock()  # guards the queue; never held during I/O but the first
        self._io_lock = threading.RLock()  # one drains at a time
        self._queue: list[Waiting] = []
        self._points: list[tuple[float, dict[str, Any]]] = []
        self._wake = threading.Event()
        #: Whether nobody writes unless somebody calls :meth:`wake`.
        self.is_asleep = True
        self._thread: threading.Thread | None = None

    @property
    def writer(self) -> str:
        """The writer's name: the file's, without its ending."""
        return self.path.stem

    @property
    def last_sequence(self) -> int:
        """The place of the last line that was appended; 0 where there is none."""
        with self._lock:
            self._know_sequence()
            self._cut_points()
            return self._sequence

    def append(
        self,
        type: str,
        data: dict[str, Any],
        *,
        run_id: str | None = None,
        follows: dict[str, int] | None = None,
        flush: bool = False,
        time_s: float | None = None,
    ) -> int:
        """Append an event.

        Parameters
        ----------
        type, data
            The fact. The caller leaves ``data`` alone from here on.
        run_id
            In a server's own journal: the run that the event is about.
        follows
            The last sequence of each other writer that must be logged before this line.
        flush
            Return only once the line is on disk.
        time_s
            When it happened, in seconds since 1970-01-01 UTC; by default now.

        Returns
        -------
        int
            The line's sequence.
        """
        now = self._clock() if time_s is None else time_s
        with self._lock:
            if self._sequence < 0:
                self._know_sequence()
            if type != "training_progress":
                self._cut_points()
            self._sequence = sequence = self._sequence + 1
            self._queue.append((sequence, type, now, data, run_id, follows))
        if self.is_asleep:
            self.wake()
        if flush:
            self.flush()
        return sequence

    def log_metrics(self, step: float, values: Mapping[str, Any]) -> None:
        """Note the metrics of a step; those of one flush become one line."""
        with self._lock:
            self._points.append((step, dict(values)))
        if self.is_asleep:
            self.wake()

    def flush(self) -> bool:
        """Return once all that was appended is on disk, or the disk has refused it.

        Returns
        -------
        bool
            False where it has: what was refused waits in memory, and ``trouble`` says why.
        """
        with self._io_lock:
            if not self._drain():
                return False
            return self._descriptor is None or self._attempt(os.fsync)

    def withdraw(self, first: int) -> bool:
        """Take lines back that still wait in memory, from a sequence to the end.

        Returns
        -------
        bool
            False where a part of them is in the file already.
        """
        with self._io_lock, self._lock:
            opening = b'{"sequence":%d,' % first
            place = self._encoded.find(b"\n" + opening) + 1
            if self._queue or not (place or self._encoded.startswith(opening)):
                return False
            del self._encoded[place:]
            if not self._encoded:
                self.trouble = None
            return True

    def drop(self) -> None:
        """Forget what waits in memory; a line of which a part is in the file stays torn."""
        with self._io_lock, self._lock:
            self._queue.clear()
            self._encoded.clear()
            self.trouble = None

    def close(self) -> None:
        """Write what is left and close the file; an append later opens it again."""
        self.flush()
        with self._io_lock, self._lock:
            self._closed = True
            self._wake.set()
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _know_sequence(self) -> None:
        if self._sequence < 0:
            self._sequence = max(self._after, last_sequence_in(self.path))

    def _cut_points(self) -> None:
        """Give the metrics noted so far their place in the file, ahead of what comes next."""
        if self._points:
            points, self._points = self._points, []
            self._queue_metrics(points)
        source = self.points_source
        if source is not None and source.has_points:
            self._queue_metrics({"series": source.cut()})

    def _queue_metrics(self, points: Any) -> None:
        self._know_sequence()
        self._sequence += 1
        self._queue.append((self._sequence, "metrics_appended", self._clock(), points, None, None))

    def wake(self) -> None:
        """Have what waits written, within ``flush_interval_s``."""
        with self._lock:
            self.is_asleep = False
            self._closed = False
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._flush_forever, name=f"journal {self.writer}", daemon=True
                )
                try:
                    self._thread.start()
                except RuntimeError:
                    # The interpreter is ending and starts no more threads; its last act is close().
                    self._thread, self.is_asleep = None, True
        self._wake.set()

    def _flush_forever(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            with self._io_lock:
                self._drain()
            # After the write, not before it: what comes alone does not wait for company.
            time.sleep(self._flush_interval_s if self.trouble is None else _RETRY_S)
            with self._lock:
                # In this order: who notes a point looks at `is_asleep` after it, and this looks
                # for points after it says so. One of the two sees the other.
                self.is_asleep = True
                self.is_asleep = not (self._queue or self._encoded or self._has_points)
                if self._closed and (self.is_asleep or self.trouble is not None):
                    self._thread = None
                    return
                if not self.is_asleep:
                    self._wake.set()

    @property
    def _has_points(self) -> bool:
        source = self.points_source
        return bool(self._points) or (source is not None and source.has_points)

    def _drain(self) -> bool:
        """Encode and write what waits; False where some of it could not be written."""
        with self._lock:
            self._cut_points()
            waiting, self._queue = self._queue, []
        if waiting:
            kept, dropped = bounded(waiting, PENDING_LIMIT_BYTES - len(self._encoded))
            self.dropped += dropped
            self._encoded += encode_lines(kept)
        while self._encoded:
            if not self._attempt(self._write_some):
                return False
        return True

    def _write_some(self, descriptor: int) -> None:
        # A write that was cut short goes on where it stopped: the line comes out whole.
        del self._encoded[: os.write(descriptor, self._encoded[: 1 << 20])]

    def _attempt(self, use: Callable[[int], object]) -> bool:
        try:
            if self._descriptor is None:
                self._descriptor = self._open()
            use(self._descriptor)
        except OSError as error:
            if self.trouble is None:
                logger.warning("%s cannot be written (%s); it is tried again", self.path, error)
            self.trouble = error
            return False
        self.trouble = None
        return True

    def _open(self) -> int:
        self.path.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        descriptor = open_regular(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            # A writer before this one was killed in mid-line; its line is lost, the next is not.
            self._encoded[:0] = b"\n"
        return descriptor

    def _continue_in_child(self) -> None:
        """After a fork: the parent writes what had come together; this process starts anew."""
        self._start_empty()
        self._encoded = bytearray()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self.path = self.path.with_name(f"child-{os.getpid()}.jsonl")
        self._sequence, self._after = -1, 0
        if "multiprocessing.util" in sys.modules:
            # Children of multiprocessing end without the interpreter's exit handlers, and what was
            # registered for their end before this hook has run is forgotten.
            from multiprocessing.util import Finalize, register_after_fork

            register_after_fork(
                self, lambda writer: Finalize(writer, writer.close, exitpriority=100)
            )


def tell(
    writer: JournalWriter,
    origin: str,
    type: str,
    data: dict[str, Any],
    name: str,
    who: str = "",
    run_id: str | None = None,
    follows: dict[str, int] | None = None,
    flush: bool = True,
) -> int:
    """Append a fact and, right after it, its line of the activity feed.

    Parameters
    ----------
    origin
        The run id or the server (``server-0``) whose journal this is.
    name
        What the run is called, for the sentence in the feed.
    who
        Who did it.

    Returns
    -------
    int
        The sequence of the last line, the activity where there is one.
    """
    with writer._lock:
        now = writer._clock()  # of both, so that hardly anything comes between them in the log
        sequence = writer.append(type, data, run_id=run_id, follows=follows, time_s=now)
        activity = activity_for(type, data, name, who)
        if activity is not None:
            facts = {"id": activity_id(origin, writer.writer, sequence + 1), **activity}
            sequence = writer.append("activity_update", facts, run_id=run_id, time_s=now)
    if flush:
        writer.flush()
    return sequence


def refuse_unwritten(writer: JournalWriter, first: int, *, goes_on: bool = False) -> None:
    """Raise where the disk did not take what was just told, which is forgotten then.

    Parameters
    ----------
    first
        The sequence of the first line that was told.
    goes_on
        Whether the writer stays, and completes a line of which a part is written: that is kept.

    Raises
    ------
    DiskFull, Unavailable
        Nothing was kept; to be asked again.
    """
    trouble = writer.trouble
    if trouble is None:
        return
    if not writer.withdraw(first):
        if goes_on:
            return
        writer.drop()
    if is_full(trouble):
        raise DiskFull(
            "nothing was kept: the disk that holds the data directory is full; free some space "
            "there, then ask again"
        ) from trouble
    raise Unavailable(f"nothing was kept: {writer.path.name} cannot be written ({trouble})")


def note(writer: JournalWriter, origin: str, level: str, text: str, who: str) -> int:
    """Append somebody's own line of the activity feed; see :func:`tell`."""
    with writer._lock:
        identity = activity_id(origin, writer.writer, writer.last_sequence + 1)
        said = {"id": identity, "level": level, "kind": "note", "text": text, "who": who}
        return writer.append("activity_update", said)


def _close_all() -> None:
    for writer in list(_writers):
        writer.close()


def _start_anew_in_child() -> None:
    for writer in list(_writers):
        writer._continue_in_child()


os.register_at_fork(after_in_child=_start_anew_in_child)
atexit.register(_close_all)
