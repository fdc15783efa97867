"""Which journals there are, and what in them is new.

Runs that are going on are looked at on every round, ended ones seldom: only a person who renames,
registers or deploys writes to those. Whoever knows better says so (:meth:`Watch.look_at`).
"""

from __future__ import annotations

import collections
import contextlib
import os
import time
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from ..core.events import DURABLE, JournalLine
from ..core.names import is_run_id, is_writer
from .batch import Cursor
from .journal_reader import PART_LIMIT_BYTES as PART_BYTES
from .journal_reader import parse_lines, read_journal
from .layout import DataDirectory, RunDirectory
from .regular_files import open_regular

DISCOVERY_S = 0.2  # the longest that a new run directory goes unnoticed
FULL_SCAN_S = 5.0  # where the folder's own time cannot be trusted (NFS)
RECENT_S = 10.0  # how long an ended run is still looked at as if it went on
ROTATION = 20  # other ended runs looked at in one round
ROTATION_S = 0.2
LIKELY = 200  # the newest runs are those that people do something to
# The clock of a file system ticks every few milliseconds; a change within a tick shows no new time.
_MTIME_DOUBT_S = 1.0
_FINGERPRINT_BYTES = 256
_TAIL_BYTES = 128
_USUAL_LINE_BYTES = 4096


class JournalFile:
    """One journal that is being read: what is logged of it, and what is read ahead.

    Parameters
    ----------
    origin, writer
        Whose it is.
    cursor
        What the log has of it.
    """

    def __init__(self, origin: str, writer: str, path: Path, cursor: Cursor) -> None:
        self.origin = origin
        self.writer = writer
        self.path = path
        self.waiting: collections.deque[tuple[JournalLine, int]] = collections.deque()
        self.sequence = cursor.sequence  # of the last line that was taken
        self.byte = cursor.byte  # after the last line that was taken
        self._read_byte = cursor.byte
        self._cursor = cursor
        self._is_verified = cursor.byte == 0
        self._marks: list[tuple[int, bytes]] = []  # what stood where, before _read_byte
        self._seen_mtime_ns = -1
        self.has_more = False
        self.retry_at = 0.0  # a file that could not be read is left alone until then

    def read(self) -> tuple[int, list[str]]:
        """Read on, if the file has grown and what was read before is used up.

        Returns
        -------
        (int, list of str)
            How many bytes were read, and what was damaged.
        """
        if self.waiting:
            return 0, []
        self.byte = self._read_byte  # damaged lines at the end are behind us
        found = self.path.stat()
        size = found.st_size
        # A file of the same size that was written since may have been cut and have grown again.
        if size == self._read_byte and not self._is_touched(found.st_mtime_ns):
            self.has_more = False
            return 0, []
        if not self._is_verified or size < self._read_byte or self._is_rewritten():
            self._verify(size)
        if size <= self._read_byte:
            self.has_more = False
            return 0, []
        start = self._read_byte
        part = read_journal(self.path, start, PART_BYTES)
        self._marks = _marks_of_last_line(self.path, part.next_byte)
        self._read_byte = part.next_byte
        self.has_more = start < part.next_byte < size
        known = self.sequence
        for line, end in zip(part.lines, part.ends, strict=True):
            if line.sequence > known:
                known = line.sequence
                self.waiting.append((line, end))
        if not self.waiting:
            self.byte = self._read_byte
        return part.next_byte - start, part.damaged

    @property
    def is_ahead(self) -> bool:
        """Whether more was taken than the log's cursor says."""
        return (self.byte, self.sequence) != (self._cursor.byte, self._cursor.sequence)

    def take(self) -> JournalLine:
        """The next line; it counts as logged from here on."""
        line, self.byte = self.waiting.popleft()
        self.sequence = line.sequence
        return line

    def cursor(self) -> Cursor:
        """How far this journal is taken in, to be written with what was taken."""
        known = self._cursor
        if not known.fingerprint_bytes and self.byte:
            length = min(self.byte, _FINGERPRINT_BYTES)
            # What was removed a moment ago was read all the same.
            with contextlib.suppress(FileNotFoundError):
                known = Cursor(0, 0, _fingerprint(self.path, length), length)
        self._cursor = Cursor(self.byte, self.sequence, known.fingerprint, known.fingerprint_bytes)
        return self._cursor

    def _is_touched(self, mtime_ns: int) -> bool:
        """Whether the file may have been written since it was looked at."""
        seen, self._seen_mtime_ns = self._seen_mtime_ns, mtime_ns
        return mtime_ns != seen or abs(time.time() - mtime_ns / 1e9) < _MTIME_DOUBT_S

    def _is_rewritten(self) -> bool:
        """Whether the file was cut and has grown again to where it was read to, or beyond."""
        return bool(self._marks) and _marks_of(self.path, self._marks) != self._marks

    def _verify(self, size: int) -> None:
        """Begin anew where the file is not the one that the cursor is about."""
        at = self._cursor
        is_other = (
            size < self._read_byte
            or _fingerprint(self.path, at.fingerprint_bytes) != at.fingerprint
            or (self._is_verified and self._is_rewritten())
            # The end of it may have been lost with the machine, and others have written since.
            or (not self._is_verified and not _ends_with(self.path, at.byte, at.sequence))
        )
        self._is_verified = True
        if is_other:
            self._cursor = Cursor(0, at.sequence)
            self._read_byte = self.byte = 0
            self._marks = []
        elif self._read_byte:
            # Of a file that was read before this process began: it may still be cut and grow again.
            self._marks = _marks_of_last_line(self.path, self._read_byte)


class Origin:
    """A run, or a server, whose journals are watched."""

    def __init__(self, name: str, folder: Path, is_active: bool) -> None:
        self.name = name
        self.folder = folder
        self.is_run = is_run_id(name)
        self.is_active = is_active
        self.recent_until = 0.0
        self.journals: dict[str, JournalFile] = {}

    @property
    def has_waiting(self) -> bool:
        """Whether lines were read that are not logged yet."""
        return any(journal.waiting for journal in self.journals.values())

    @property
    def has_durable(self) -> bool:
        """Whether an event that has a place in the log is among them."""
        return any(
            line.type in DURABLE
            for journal in self.journals.values()
            for line, _end in journal.waiting
        )


class Watch:
    """All journals of a data directory, or of some of its runs.

    Parameters
    ----------
    data_directory
        Where they lie.
    cursors
        What the log has of each; kept current by the caller.
    ended, forgotten
        The runs that are known to have ended, and to have been deleted.
    run_ids
        The only runs to watch; None for all.
    """

    def __init__(
        self,
        data_directory: DataDirectory,
        cursors: dict[tuple[str, str], Cursor],
        *,
        ended: Iterable[str] = (),
        forgotten: Iterable[str] = (),
        run_ids: Iterable[str] | None = None,
    ) -> None:
        self._data_directory = data_directory
        self._cursors = cursors
        self._ended = set(ended)
        self._forgotten = set(forgotten)
        self._only = None if run_ids is None else frozenset(run_ids)
        self.origins: dict[str, Origin] = {}
        self._close: set[str] = set()  # looked at in every round
        self._rotation: collections.deque[str] = collections.deque()  # all others
        self._urgent: set[str] = set()
        self._runs_mtime = -1
        self._scan_after = 0.0
        self._full_scan_after = 0.0
        self._rotate_after = 0.0
        self.vanished: set[str] = set()

    def look_at(self, name: str) -> None:
        """Look at a run or a server in the next round; any thread may say so."""
        self._urgent.add(name)
        self._scan_after = 0.0

    def look_at_likely(self) -> None:
        """Look at all that is likely to have changed, new runs included."""
        self._urgent.update(sorted(self.origins, reverse=True)[:LIKELY])
        self._scan_after = self._full_scan_after = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether something may come any moment."""
        return bool(self._urgent) or any(self.origins[name].is_run for name in self._close)

    def due(self, *, everything: bool = False) -> list[Origin]:
        """Which origins to look at in this round."""
        now = time.monotonic()
        self._discover(now, everything)
        names = set(self._close)
        while self._urgent:
            names.add(self._urgent.pop())
        if everything:
            names.update(self.origins)
        elif now >= self._rotate_after:
            self._rotate_after = now + ROTATION_S
            for _ in range(min(ROTATION, len(self._rotation))):
                self._rotation.rotate(-1)
                names.add(self._rotation[-1])
        return [self.origins[name] for name in sorted(names) if name in self.origins]

    def settle(self) -> None:
        """After a round: look less often at what has ended and has nothing left."""
        now = time.monotonic()
        for name in list(self._close):
            origin = self.origins[name]
            if not origin.is_run or origin.is_active or origin.recent_until > now:
                continue
            if not origin.has_waiting:
                self._close.discard(name)
                self._rotation.append(name)

    def find_journals(self, origin: Origin) -> list[Path]:
        """Notice journals that have come since the last look at this origin.

        Returns
        -------
        list of Path
            What has a journal's name and is no regular file.
        """
        others: list[Path] = []
        try:
            with os.scandir(origin.folder) as entries:
                found = [entry for entry in entries if entry.name.endswith(".jsonl")]
        except FileNotFoundError:
            if origin.is_run and not self.has_directory(origin.name):
                self._drop(origin)
                self.vanished.add(origin.name)
            return others
        for entry in found:
            writer = entry.name.removesuffix(".jsonl")
            if writer in origin.journals or not is_writer(writer):
                continue
            path = origin.folder / entry.name
            if not entry.is_file(follow_symlinks=False):
                others.append(path)
                continue
            cursor = self._cursors.get((origin.name, writer), Cursor())
            origin.journals[writer] = JournalFile(origin.name, writer, path, cursor)
        return others

    def note_status(self, run_id: str, has_ended: bool) -> None:
        """Look at a run more often while it goes on."""
        origin = self.origins.get(run_id)
        if origin is None:
            return
        if origin.is_active and has_ended:
            origin.recent_until = time.monotonic() + RECENT_S
        origin.is_active = not has_ended
        if origin.is_active and run_id not in self._close:
            self._rotation.remove(run_id)
            self._close.add(run_id)

    def forget(self, run_id: str) -> None:
        """Stop watching a deleted run, for good."""
        self._forgotten.add(run_id)
        origin = self.origins.get(run_id)
        if origin is not None:
            self._drop(origin)

    def rewind(self, cursors: dict[tuple[str, str], Cursor]) -> None:
        """After a failed transaction: read again what was taken since the last that was written."""
        self._cursors = cursors
        for origin in self.origins.values():
            origin.journals.clear()

    def _discover(self, now: float, everything: bool) -> None:
        if now < self._scan_after and not everything:
            return
        self._scan_after = now + DISCOVERY_S
        for name in self._data_directory.server_names():
            if name not in self.origins:
                folder = self._data_directory.journal_of_server(name).parent
                self._add(Origin(name, folder, is_active=True))
        if not everything and now < self._full_scan_after and not self._runs_changed():
            return
        self._full_scan_after = now + FULL_SCAN_S
        self._runs_changed()
        there = self._data_directory.run_ids()
        self._notice_vanished(frozenset(there))
        for run_id in there:
            if run_id in self.origins or run_id in self._forgotten:
                continue
            if self._only is None or run_id in self._only:
                folder = RunDirectory(self._data_directory.runs / run_id).journals
                self._add(Origin(run_id, folder, is_active=run_id not in self._ended))

    def has_directory(self, run_id: str) -> bool:
        """Whether a run's directory is there; where all have gone with their folder, all count."""
        runs = self._data_directory.runs
        return (runs / run_id).is_dir() or not runs.is_dir()

    def _notice_vanished(self, there: frozenset[str]) -> None:
        for origin in list(self.origins.values()):
            if origin.is_run and origin.name not in there and not self.has_directory(origin.name):
                self._drop(origin)
                self.vanished.add(origin.name)

    def _add(self, origin: Origin) -> None:
        self.origins[origin.name] = origin
        self._close.add(origin.name)

    def _runs_changed(self) -> bool:
        try:
            mtime = self._data_directory.runs.stat().st_mtime_ns
        except FileNotFoundError:
            return False
        in_doubt = abs(time.time() - mtime / 1e9) < _MTIME_DOUBT_S
        changed = mtime != self._runs_mtime or in_doubt
        self._runs_mtime = mtime
        return changed

    def _drop(self, origin: Origin) -> None:
        self.origins.pop(origin.name, None)
        if origin.name in self._close:
            self._close.discard(origin.name)
        elif origin.name in self._rotation:
            self._rotation.remove(origin.name)


def _open(path: Path) -> IO[bytes]:
    return os.fdopen(open_regular(path), "rb")


def _fingerprint(path: Path, length: int) -> int:
    with _open(path) as file:
        return zlib.crc32(file.read(length))


def _bytes_before(path: Path, byte: int, length: int) -> bytes:
    start = max(0, byte - length)
    with _open(path) as file:
        file.seek(start)
        return file.read(byte - start)


def _marks_of_last_line(path: Path, byte: int) -> list[tuple[int, bytes]]:
    """The beginning and the end of the line before a position, each with its place.

    The beginning has the sequence and the time: two lines that say the same differ there.
    """
    before = _bytes_before(path, byte, _USUAL_LINE_BYTES)
    if b"\n" not in before[:-1] and byte > _USUAL_LINE_BYTES:
        before = _bytes_before(path, byte, PART_BYTES)
    head = before.rfind(b"\n", 0, -1) + 1
    end = before[-_TAIL_BYTES:]
    return [
        (byte - len(before) + head, before[head : head + _TAIL_BYTES]),
        (byte - len(end), end),
    ]


def _marks_of(path: Path, marks: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """What stands at the places of some marks now."""
    with _open(path) as file:
        found = []
        for place, known in marks:
            file.seek(place)
            found.append((place, file.read(len(known))))
    return found


def _ends_with(path: Path, byte: int, sequence: int) -> bool:
    """Whether the line before a position is the one of a sequence; what is unclear counts as no."""
    lines = _bytes_before(path, byte, _USUAL_LINE_BYTES).split(b"\n")
    if len(lines) < 3 and byte > _USUAL_LINE_BYTES:
        lines = _bytes_before(path, byte, PART_BYTES).split(b"\n")
    if len(lines) < 2 or lines[-1]:
        return False
    part = parse_lines(lines[-2] + b"\n", 0, "")
    return [line.sequence for line in part.lines] == [sequence]
