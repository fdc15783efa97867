"""Who will read what is displayed: somebody with a page, or later readers of a file."""

from __future__ import annotations

import os
import sys
from typing import Literal

from .kernel_state import kernel_shell

DISPLAY_VARIABLE = "JUPYTER_PROGRESS_DISPLAY"
_WAYS = ("auto", "html")
_told: set[str] = set()


def is_voila() -> bool:
    """Whether this kernel works for a page of Voilà.

    That has Jupyter's renderers, this project's among them, and mostly no server that feeds those:
    the widget, which the kernel feeds, would be hidden behind one that is offline.
    """
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


def is_executed() -> bool:
    """Whether a program that executes notebooks has sent the cell that runs, with nobody looking.

    nbclient, and with it papermill, `jupyter nbconvert --execute` and nbval, says that nobody can
    be asked for input. It stores the state of all widgets, too, and what is made of the notebook
    then shows a dead widget in place of the report. Voilà executes by the same means, but for a
    page.
    """
    shell = kernel_shell()
    if shell is None or is_voila():
        return False
    return not getattr(shell.kernel, "_allow_stdin", True)


def display_way() -> Literal["auto", "html"]:
    """What ``JUPYTER_PROGRESS_DISPLAY`` asks for: the best that can be shown, or plain HTML.

    A value that is neither is told once, and counts as ``auto``.
    """
    given = os.environ.get(DISPLAY_VARIABLE, "").strip().lower()
    if given in _WAYS or not given:
        return "html" if given == "html" else "auto"
    if given not in _told:
        _told.add(given)
        print(
            f"{DISPLAY_VARIABLE} is {given[:80]!r}, and taken for auto; expected html (plain HTML "
            "that is written anew, without widgets) or auto (the live panel)",
            file=sys.stderr,
        )
    return "auto"
