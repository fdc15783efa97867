"""The part of a traceback that is the user's, with the headings and lines that a notebook shows."""

from __future__ import annotations

import re
import sysconfig
import traceback
from collections.abc import Collection
from pathlib import Path
from typing import Any

from ..core.names import shorten
from .cells import heading_of
from .messages import as_text

OWN_PACKAGE = str(Path(__file__).parent.parent) + "/"
LIBRARY_PATHS = tuple(
    {sysconfig.get_path(name) + "/" for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
FRAMES_FIRST, FRAMES_LAST = 8, 20
LIBRARY_FRAMES = 4  # where no frame is the user's
LINE_LIMIT = 300
WORDS_LIMIT = 2000
TRACEBACK_LIMIT = 16_000
GROUP_SHOWN = 3
_FRAME = re.compile(r'^ *File "([^"\n]+)", line ([0-9]{1,9}), in (.+)$', re.MULTILINE)


class _Stack(traceback.StackSummary):
    """Frames that are headed as in the notebook, in lines of a bounded length."""

    def format_frame_summary(self, frame_summary: traceback.FrameSummary, **how: Any) -> str:
        lines = super().format_frame_summary(frame_summary, **how).splitlines()
        heading = heading_of(frame_summary.filename)
        if lines and heading is not None:
            lines[0] = f"  {heading}, line {frame_summary.lineno}, in {frame_summary.name}"
        return "".join(f"{shorten(line, LINE_LIMIT)}\n" for line in lines)


def users_traceback(
    exception: BaseException,
    *,
    generated: Collection[str] = (),
    depth: int = 2,
    libraries: bool = True,
) -> str:
    """The traceback without this package's frames, and cut where a library begins.

    What leads from the user's code into a library is shown, what happens inside of it is not.

    Parameters
    ----------
    exception
        What was raised.
    generated
        File names that stand for code which nobody wrote, such as ``<string>``.
    depth
        How deeply the members of an exception group are told.
    libraries
        Whether, where there is no frame of the user's at all, the last ones of the library are
        shown; otherwise the answer is empty then.
    """
    frames = list(traceback.extract_tb(exception.__traceback__))
    own = [frame for frame in frames if not frame.filename.startswith(OWN_PACKAGE)]
    users = [frame for frame in own if _is_users(frame, generated)]
    if not users:
        users = [frame for frame in _remote_frames(exception) if _is_users(frame, generated)]
    if not (users or libraries or isinstance(exception, BaseExceptionGroup)):
        return ""
    shown = users or ((own or frames)[-LIBRARY_FRAMES:] if libraries else [])
    lines = ["Traceback (most recent call last):\n", *_format(shown)] if shown else []
    text = "".join(lines) + shorten(_last_words(exception), WORDS_LIMIT)
    if isinstance(exception, BaseExceptionGroup) and depth:
        for inner in exception.exceptions[:GROUP_SHOWN]:
            told = users_traceback(inner, generated=generated, depth=depth - 1)
            text += "\n" + "\n".join(f"  | {line}" for line in told.splitlines())
    return as_text(shorten(text, TRACEBACK_LIMIT))


def _is_users(frame: traceback.FrameSummary, generated: Collection[str]) -> bool:
    name = frame.filename
    if name in generated or name.startswith(("<frozen", OWN_PACKAGE, *LIBRARY_PATHS)):
        return False
    return not ("/site-packages/" in name or "/dist-packages/" in name or ".pyx" in name)


def _format(frames: list[traceback.FrameSummary]) -> list[str]:
    """Lines of some frames; of a deep recursion, the first and the last."""
    left_out = len(frames) - FRAMES_FIRST - FRAMES_LAST
    if left_out <= 0:
        return _lines(frames)
    between = f"  … {left_out:,} frames are left out\n"
    return [*_lines(frames[:FRAMES_FIRST]), between, *_lines(frames[-FRAMES_LAST:])]


def _lines(frames: list[traceback.FrameSummary]) -> list[str]:
    stack = _Stack()
    stack.extend(frames)
    return stack.format()


def _remote_frames(exception: BaseException) -> list[traceback.FrameSummary]:
    """The frames of a process of ``n_jobs``, which come as text.

    joblib and multiprocessing both chain a ``_RemoteTraceback`` with that text to the exception.
    """
    told = getattr(exception.__cause__, "tb", None)
    if type(exception.__cause__).__name__ != "_RemoteTraceback" or not isinstance(told, str):
        return []
    return [
        traceback.FrameSummary(name, int(line), function)
        for name, line, function in _FRAME.findall(told)
    ]


def _last_words(exception: BaseException) -> str:
    return "".join(traceback.format_exception_only(exception)).rstrip()
