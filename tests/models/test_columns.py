"""A frame's columns, held against those that a model takes."""

from __future__ import annotations

import pytest

from jupyter_progress.errors import InvalidRequest
from jupyter_progress.models.columns import check_columns

PIXELS = [f"pixel_0_{n}" for n in range(4)]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (PIXELS[1:], "rows: the rows have no column 'pixel_0_0'"),
        (PIXELS[2:], "rows: the rows have no columns 'pixel_0_0', 'pixel_0_1'"),
        ([*PIXELS, "label"], "rows: the model takes no column 'label'"),
        (
            ["Pixel 0 0", *PIXELS[1:3], "x"],
            "rows: the rows have no columns 'pixel_0_0', 'pixel_0_3'; the model takes no columns "
            "'Pixel 0 0', 'x'; did you mean 'pixel_0_0' by 'Pixel 0 0'?",
        ),
    ],
)
def test_all_that_differs_is_named_at_once(given: list[str], told: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_columns(given, PIXELS)
    assert str(refused.value) == told


def test_order_of_the_columns_does_not_matter() -> None:
    check_columns(PIXELS[::-1], PIXELS)


def test_very_many_names_are_cut() -> None:
    with pytest.raises(InvalidRequest, match=r"'c11' and 99,988 more$"):
        check_columns([], [f"c{n}" for n in range(100_000)])
