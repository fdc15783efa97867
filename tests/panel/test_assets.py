"""The built front end is found, and nothing else is."""

from __future__ import annotations

import pytest

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
