"""The built front end is found, and nothing else is."""

from __future__ import annotations

import gzip
import re

import pytest

from benchmarks.bundle import with_what_it_imports
from jupyter_progress.panel.assets import UnknownStaticFile, static_file


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../pyproject.toml", "a/b", "a\\b", "a\0b", "no.js"]
)
def test_only_plain_names_of_built_files_are_found(name: str) -> None:
    with pytest.raises(UnknownStaticFile):
        static_file(name)


def test_loader_is_small_enough_to_be_saved_with_each_notebook() -> None:
    assert 500 < static_file("loader.js").stat().st_size < 4096
    assert static_file("view.js").is_file()


BUNDLE_LIMIT_BYTES = 120_000  # gzipped: what comes over the network before something is shown


def test_page_and_panel_are_small_enough_to_be_there_at_once() -> None:
    dist = static_file("page.js").parent
    page = with_what_it_imports(dist, "page.js") | {"page.css": (dist / "page.css").read_bytes()}
    for bundle in (page, with_what_it_imports(dist, "view.js")):
        size = sum(len(gzip.compress(content)) for content in bundle.values())
        assert 20_000 < size <= BUNDLE_LIMIT_BYTES, (size, sorted(bundle))
    # The places of the page come later, and by names that tell their content.
    late = re.findall(r'import\("\./([^"]+)"\)', page["page.js"].decode())
    assert len(late) >= 5
    assert not set(late) & set(page)
    assert all(static_file(name).is_file() for name in late)
