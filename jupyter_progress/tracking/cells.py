"""Code that stands in a notebook's cells: under which heading it is shown, and with which lines.

A cell has no file. Its lines are in the ``linecache`` of the kernel that ran it, and nowhere else:
a worker that is to show them in a traceback has to be given them.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CELLS_LIMIT = 200
CELL_LIMIT_CHARACTERS = 200_000
ALL_LIMIT_CHARACTERS = 2_000_000
HEADING_LIMIT = 100

_headings: dict[str, str] = {}


@dataclass(frozen=True)
class Cell:
    """One cell's source.

    Parameters
    ----------
    filename
        What its code objects say; there is no such file.
    heading
        What the notebook shows in a traceback: ``Cell In[3]``.
    source
        Its lines.
    """

    filename: str
    heading: str
    source: str


def heading_of(filename: str) -> str | None:
    """What the notebook calls the cell that this code stands in; None for code of elsewhere."""
    known = _headings.get(filename)
    if known is not None:
        return known
    compiler = getattr(_shell(), "compile", None)
    describe = getattr(compiler, "format_code_name", None)
    words = describe(filename) if describe is not None else None
    return " ".join(words) if words else None


def _shell() -> Any:
    """IPython's shell in this process; None in plain Python, which must not import IPython."""
    shells = sys.modules.get("IPython.core.interactiveshell")
    if shells is None or not shells.InteractiveShell.initialized():
        return None
    return shells.InteractiveShell.instance()


def find_cells(filenames: Iterable[str]) -> list[Cell]:
    """The cells of this kernel among some code's file names, within the limits.

    A cell that is too large is left out: its part of a traceback then comes without its lines.
    """
    found: list[Cell] = []
    left = ALL_LIMIT_CHARACTERS
    for filename in sorted(set(filenames)):
        heading = heading_of(filename)
        if heading is None or len(found) == CELLS_LIMIT:
            continue
        source = "".join(linecache.getlines(filename))
        if source and len(source) <= min(left, CELL_LIMIT_CHARACTERS):
            left -= len(source)
            found.append(Cell(filename, heading, source))
    return found


def to_plain(cells: Iterable[Cell]) -> list[tuple[str, str, str]]:
    """Cells as they are sent to a worker."""
    return [(cell.filename, cell.heading, cell.source) for cell in cells]


def register_cells(sent: Any) -> None:
    """Have tracebacks of this process show cells that were sent to it.

    What is not of the right form, or too large, is left out: a traceback without its lines is no
    reason not to train.
    """
    if not isinstance(sent, list):
        return
    for entry in sent[:CELLS_LIMIT]:
        if not _is_cell(entry):
            continue
        filename, heading, source = entry
        # A file that exists here speaks for itself.
        if len(source) > CELL_LIMIT_CHARACTERS or _is_file(filename):
            continue
        _headings[filename] = heading[:HEADING_LIMIT]
        # Without a time of change the entry is kept, though there is no such file to look at.
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)


def _is_cell(entry: Any) -> bool:
    return (
        isinstance(entry, tuple)
        and len(entry) == 3
        and all(isinstance(part, str) for part in entry)
        and entry[1].isprintable()
    )


def _is_file(filename: str) -> bool:
    try:
        return Path(filename).exists()
    except (OSError, ValueError):
        return False  # too long for a path, or with a NUL byte
