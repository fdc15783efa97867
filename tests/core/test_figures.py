"""Sizes as a person reads them: a part in the unit of its whole."""

from __future__ import annotations

import pytest

from jupyter_progress.core.figures import size, size_of


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (23.8e9, 24e9, "23.8 of 24 GB"),
        (23.84e9, 25.77e9, "23.8 of 25.8 GB"),
        (400e6, 524e6, "400 of 524 MB"),
        (50e6, 2.5e9, "0.05 of 2.5 GB"),
        (90e9, 100e9, "90 of 100 GB"),
        (0, 900, "0 of 900 B"),
    ],
)
def test_part_is_told_in_the_unit_of_its_whole(part: float, whole: float, words: str) -> None:
    assert size_of(part, whole) == words
    assert size(whole).split()[1] == words.split()[-1]
