"""One journal as it is read on: what is logged, what is read ahead, whether it is still itself.

A journal only grows, by its nature. One that was cut (a disk that lost its end, a hand) and has
grown again is another file under the same name, and is read from its beginning.
"""

from __future__ import annotations

import collections
import contextlib
import os
import time
import zlib
from pathlib import Path
from typing import IO

from ..core.events import JournalLine
from .batch import Cursor
from .journal_reader import PART_LIMIT_BYTES as PART_BYTES
from .journal_reader import parse_lines, read_journal
from .regular_files import open_regular

# The clock of a file system ticks every few milliseconds; a change within a tick shows no new time.
MTIME_DOUBT_S = 1.0
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
        return mtime_ns != seen or abs(time.time() - mtime_ns / 1e9) < MTIME_DOUBT_S

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
