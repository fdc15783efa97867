"""What a browser loads for the page and for a panel is within its size."""

from __future__ import annotations

import gzip

import pytest

from jupyter_progress.panel.assets import static_file

MOST_BYTES = 120_000


@pytest.mark.parametrize("names", [("page.js", "page.css"), ("view.js",)], ids=["page", "view"])
def test_front_end_is_within_its_size(names: tuple[str, ...]) -> None:
    sizes = {name: len(gzip.compress(static_file(name).read_bytes())) for name in names}
    assert sum(sizes.values()) <= MOST_BYTES, sizes
