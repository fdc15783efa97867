"""What a load function returns becomes rows, or is told for what it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_progress.errors import InvalidRequest
from jupyter_progress.training.sources.called import rows_of

X = np.arange(60.0).reshape(20, 3)
Y = np.arange(20) % 2
FRAME = pd.DataFrame(X, columns=list("abc")).assign(y=Y)


@pytest.mark.parametrize(
    ("returned", "dataset"),
    [
        ((X, Y), {}),
        ({"X": X, "y": Y, "sample_weight": None}, {}),
        ({"X": X.tolist(), "y": Y.tolist()}, {}),
        (FRAME, {"target": "y"}),
        (FRAME.assign(w=1.0, g=1), {
            "target": "y", "sample_weight_column": "w", "groups_column": "g",
        }),
    ],
)  # fmt: skip
def test_rows_are_those_that_were_returned(returned: Any, dataset: dict[str, str]) -> None:
    table = rows_of(returned, dataset)
    assert np.array_equal(np.asarray(table.X), X)
    assert np.array_equal(table.y, Y)
    assert (table.sample_weight is None) == ("sample_weight_column" not in dataset)


NONSENSE: dict[str, tuple[Any, str]] = {
    "nothing": (None, r"load: returned None; expected \(X, y\)"),
    "a number": (5, "returned a value of type int"),
    "text": ("rows", "returned a value of type str"),
    "three": ((X, Y, Y), "type tuple of 3"),
    "too few targets": ((X, Y[:5]), "returned rows that cannot be used: .*20 rows and y has 5"),
    "no rows": ((X[:0], Y[:0]), "has no rows"),
    "rows of one dimension": ((Y, Y), "1 dimensions"),
    "a cube of targets": ((X, np.zeros((20, 2, 2))), r"or \(rows, targets\)"),
    "a frame without target": (FRAME, "returned rows that cannot be used: .*target"),
    "other keys": ({"X": X, "z": Y}, "a dictionary of 'X', 'z'"),
    "weights below 0": ({"X": X, "y": Y, "sample_weight": -Y}, "negative"),
    "groups that are missing": ({"X": X, "y": Y, "groups": [None] * 20}, "missing for 20 of 20"),
    "an array": (X, "of type ndarray"),
    "a type": (dict, "of type type"),
}


@pytest.mark.parametrize("case", NONSENSE)
def test_nonsense_is_told(case: str) -> None:
    returned, words = NONSENSE[case]
    with pytest.raises(InvalidRequest, match=words) as told:
        rows_of(returned, {})
    assert told.value.field == "load"


def test_target_beside_targets_is_told() -> None:
    with pytest.raises(InvalidRequest, match="target= names a column; leave it out"):
        rows_of((X, Y), {"target": "y"})
