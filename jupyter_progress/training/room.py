"""Waiting for room on a full disk, with what a run has to write before it can go on or end.

What is told of a run meanwhile waits in memory (``store.journal``); this is for what cannot: files,
and the end of a process. The keeper imports this file; it needs the standard library alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from ..store.durable_files import has_no_room

T = TypeVar("T")

# So long a worker waits for room, and after it its keeper; then the run's files stay as they are.
ROOM_WAIT_S: Final = 300.0
#: What a worker exits with that has not got its last words to the disk (EX_IOERR of sysexits.h).
EXIT_DISK_FULL: Final = 74
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0


def when_there_is_room(write: Callable[[], T], may_wait: Callable[[], bool]) -> T:
    """Write something; where the disk is full, again and again until there is room.

    Parameters
    ----------
    write
        Can be called again after it has failed.
    may_wait
        Asked before each pause; once it says no, the error is raised.
    """
    pause_s = _FIRST_PAUSE_S
    while True:
        try:
            return write()
        except OSError as error:
            if not has_no_room(error) or not may_wait():
                raise
        time.sleep(pause_s)
        pause_s = min(_LONGEST_PAUSE_S, pause_s * 1.5)


def for_so_long(seconds: float) -> Callable[[], bool]:
    """A ``may_wait`` that says yes for so many seconds from now."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() < until
