"""What this very process has printed, which its keeper writes down as it comes."""

from __future__ import annotations

import array
import contextlib
import fcntl
import sys
import termios
import time
from pathlib import Path

from .last_words import TAIL_LINES
from .output_tail import last_lines

WITHIN_S = 0.5
_FROM_PIPE_TO_FILE_S = 0.02


def flush_printed() -> None:
    """Let go of what Python keeps back of the output."""
    for stream in (sys.stdout, sys.stderr):
        # The user's code may have closed it, or put something else in its place.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()


def printed_so_far(output: Path) -> str:
    """The last lines that were printed, once the keeper has written them down.

    Parameters
    ----------
    output
        The file that it writes them to.
    """
    flush_printed()
    deadline = time.monotonic() + WITHIN_S
    while _unread_bytes() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(_FROM_PIPE_TO_FILE_S)
    try:
        return last_lines(output, TAIL_LINES)
    except OSError:
        return ""


def _unread_bytes() -> int:
    """What of the pipe the keeper has not read yet; 0 where the system does not tell."""
    found = array.array("i", [0])
    try:
        fcntl.ioctl(1, termios.FIONREAD, found)
    except OSError:
        return 0
    return found[0]
