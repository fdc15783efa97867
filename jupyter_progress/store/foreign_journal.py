"""A journal that is written for somebody else: by a server, for a producer that shares no disk.

The producer numbers its lines itself and sends them again when an answer was lost. So what counts
is what the file holds: a line that was cut short was never answered, and is taken out; lines are on
disk before they count; and while one process appends, any other one waits.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ..core.events import JournalLine
from .durable_files import PRIVATE_FILE, PRIVATE_FOLDER, sync_folder, write_all
from .journal_reader import last_sequence_in
from .layout import RunDirectory
from .regular_files import open_regular

_ENCODER = msgspec.json.Encoder()


@contextmanager
def one_at_a_time(run: RunDirectory) -> Iterator[None]:
    """Hold what others write into a run's journals, for as long as the block lasts.

    It waits, also for other threads of this process. Not the run's own lock, which says that
    somebody looks after it.
    """
    descriptor = os.open(run.path / "intake.lock", os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def last_kept(path: Path) -> int:
    """The sequence of the last line that is kept; 0 where there is none.

    A line that was cut short is taken out: nobody was told that it was kept, so it comes again. To
    be called under :func:`one_at_a_time`.
    """
    try:
        descriptor = open_regular(path, os.O_RDWR)
    except FileNotFoundError:
        return 0
    try:
        whole = _end_of_whole_lines(descriptor)
        if whole < os.fstat(descriptor).st_size:
            os.ftruncate(descriptor, whole)
    finally:
        os.close(descriptor)
    return last_sequence_in(path)


def append_lines(path: Path, lines: Sequence[JournalLine]) -> None:
    """Append lines, all or none; they are on disk on return.

    To be called under :func:`one_at_a_time`, after :func:`last_kept`.

    Raises
    ------
    OSError
        The disk does not take them; the file is as it was.
    """
    is_new = not path.exists()
    path.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    descriptor = open_regular(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        before = os.fstat(descriptor).st_size
        try:
            write_all(descriptor, b"".join(_ENCODER.encode(line) + b"\n" for line in lines))
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, before)
            raise
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)


def _end_of_whole_lines(descriptor: int) -> int:
    end = os.fstat(descriptor).st_size
    while end > 0:
        start = max(0, end - (1 << 16))
        newline = os.pread(descriptor, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
