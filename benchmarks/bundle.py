"""What a browser has to load, compressed: the page, a panel, and what other widgets come with."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path

from .table import Figure

DIST = Path(__file__).parents[1] / "frontend" / "dist"


def measure() -> Iterator[Figure]:
    """Kilobytes, as a server sends them."""
    widgets = [
        Path(file.locate())
        for file in files("jupyterlab_widgets") or ()
        if file.suffix == ".js" and "static" in file.parts
    ]
    beside = sum(map(compressed, (path.read_bytes() for path in widgets)))
    parts = {
        "a panel": with_what_it_imports(DIST, "view.js").values(),
        "the page, until it shows something": [
            *with_what_it_imports(DIST, "page.js").values(),
            (DIST / "page.css").read_bytes(),
        ],
        "the page with all its places": [path.read_bytes() for path in DIST.glob("page.*")],
    }
    for what, contents in parts.items():
        size = sum(map(compressed, contents))
        yield Figure(
            f"{what}: code and styles, gzipped",
            size,
            "kB",
            "ipywidgets in Lab, all its files",
            beside,
        )
    loader = compressed((DIST / "loader.js").read_bytes())
    yield Figure("the loader of a panel over the comm, gzipped", loader, "kB")


def with_what_it_imports(folder: Path, name: str) -> dict[str, bytes]:
    """A built module, and all that it cannot begin without: contents by name."""
    found: dict[str, bytes] = {}
    wanted = [name]
    while wanted:
        one = wanted.pop()
        if one not in found:
            found[one] = (folder / one).read_bytes()
            wanted += re.findall(r'(?:from|import)"\./([^"]+)"', found[one].decode())
    return found


def compressed(content: bytes) -> float:
    """Kilobytes of a file as a server sends it."""
    return len(gzip.compress(content)) / 1000
