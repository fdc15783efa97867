"""Where the built front end lies: inside the installed package, or beside it in a source tree."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..errors import NotFound

PACKAGED = Path(__file__).parent / "static"
BUILT = Path(__file__).parent.parent.parent / "frontend" / "dist"


class UnknownStaticFile(NotFound):
    """A file that the front end does not have, or that was not built."""

    kind = "static file"


def static_file(name: str) -> Path:
    """Find a file of the built front end.

    Parameters
    ----------
    name
        For example ``loader.js``: a plain name, for it may come from an address.

    Raises
    ------
    UnknownStaticFile
        There is no such file; in a source tree, `make ui` builds them.
    """
    if name in ("", ".", "..") or "/" in name or "\\" in name or "\0" in name:
        raise UnknownStaticFile(name)
    for folder in (PACKAGED, BUILT):
        path = folder / name
        if path.is_file():
            return path
    raise UnknownStaticFile(name)


@cache
def loader_source() -> str:
    """The widget's own module: a few kilobytes that fetch the rest."""
    return static_file("loader.js").read_text("utf-8")


def view_source() -> str:
    """The view's code, for a page that cannot take it from the server."""
    return static_file("view.js").read_text("utf-8")
