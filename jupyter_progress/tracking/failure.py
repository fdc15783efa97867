"""What an exception says to the person whose code raised it."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path
from types import TracebackType

from ..core.names import shorten

OWN_PACKAGE = str(Path(__file__).parent.parent) + "/"
LIBRARY_PATHS = tuple(
    {sysconfig.get_path(name) + "/" for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
MESSAGE_LIMIT = 4000
TRACEBACK_LIMIT = 20_000


def error_of(exception: BaseException, *, stage: str | None = None) -> dict[str, str | None]:
    """Describe an exception as ``training_failed`` wants it.

    Parameters
    ----------
    exception
        As it was raised.
    stage
        Where it happened.

    Returns
    -------
    dict
        The fields of :class:`~jupyter_progress.core.events.RunError`.
    """
    return {
        "type": type(exception).__name__,
        "message": shorten(str(exception), MESSAGE_LIMIT),
        "stage": stage,
        "traceback": shorten(users_traceback(exception), TRACEBACK_LIMIT),
        "reason": "out_of_memory" if isinstance(exception, MemoryError) else "training_error",
        "hint": "",
    }


def users_traceback(exception: BaseException) -> str:
    """The traceback without this package's frames, and cut where a library begins.

    What leads from the user's code into a library is shown, what happens inside of it is not. Where
    there is no frame of the user's at all, everything is.
    """
    frames = _frames(exception.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(OWN_PACKAGE)]
    users = [frame for frame in own if not frame.filename.startswith(LIBRARY_PATHS)]
    shown = traceback.StackSummary.from_list(users or own or frames)
    lines = ["Traceback (most recent call last):\n", *shown.format()] if shown else []
    return "".join([*lines, *traceback.format_exception_only(exception)]).rstrip()


def _frames(start: TracebackType | None) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(start))
