"""What a worker prints, kept in a file that cannot grow without bound.

The worker writes into a pipe and the keeper into the file: a print of gigabytes costs the worker
time and the disk nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import threading
from pathlib import Path

LIMIT_BYTES = 10 * 2**20
_CHUNK_BYTES = 1 << 20
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of <linux/fcntl.h>


class OutputTail:
    """Copies a pipe to a file, keeping the newest part.

    Parameters
    ----------
    pipe
        The reading end; closed at the end of the copy.
    path
        The file.
    limit_bytes
        When the file would be longer, its older half is dropped.
    """

    def __init__(self, pipe: int, path: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._pipe = pipe
        self._path = path
        self.limit_bytes = limit_bytes
        #: How much was printed, kept or not.
        self.printed_bytes = 0
        #: Whether not all of it was kept.
        self.has_dropped = False
        # A worker that prints much waits for fewer turns of this thread; elsewhere it waits more.
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe, _SET_PIPE_SIZE, _CHUNK_BYTES)
        self._thread = threading.Thread(target=self._copy, name="output", daemon=True)
        self._thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for the end of the output: all holders of the pipe's other end are gone."""
        self._thread.join(timeout_s)

    def _copy(self) -> None:
        # Reading goes on when the disk is full: a worker must not hang on a print.
        length = self._path.stat().st_size if self._path.exists() else 0
        broken = False
        try:
            while chunk := os.read(self._pipe, _CHUNK_BYTES):
                self.printed_bytes += len(chunk)
                try:
                    if length + len(chunk) > self.limit_bytes:
                        length = self._drop_older()
                    length += self._append(_newest(chunk, self.limit_bytes))
                except OSError:
                    broken = True
        finally:
            if broken:
                self._note_loss()
            os.close(self._pipe)

    def _append(self, chunk: bytes) -> int:
        with self._path.open("ab", buffering=0) as file:
            return file.write(chunk) or 0

    def _drop_older(self) -> int:
        self.has_dropped = True
        kept = (
            _newest(self._path.read_bytes(), self.limit_bytes // 2) if self._path.exists() else b""
        )
        opening = b"[older output was dropped]\n"
        waiting = self._path.with_name(f".{self._path.name}.new")
        waiting.write_bytes(opening + kept)
        waiting.replace(self._path)
        return len(opening) + len(kept)

    def _note_loss(self) -> None:
        try:
            with self._path.open("ab") as file:
                file.write(b"\n[output was lost: the disk could not take it]\n")
        except OSError:
            return


def _newest(text: bytes, limit_bytes: int) -> bytes:
    """The whole lines at the end of a text that are within a limit; all of a text that is."""
    if len(text) <= limit_bytes:
        return text
    kept = text[-limit_bytes:]
    return kept[kept.find(b"\n") + 1 :]


def last_lines(path: Path, lines: int, limit_bytes: int = 8192) -> str:
    """The end of what a worker printed.

    Parameters
    ----------
    lines
        At most so many.
    limit_bytes
        At most so much of the file is read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - limit_bytes))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-lines:])
