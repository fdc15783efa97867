"""Several targets of a frame, of whatever types its columns are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_progress.training.sources.table import make_table, split_target
from jupyter_progress.training.sources.targets import as_targets

YES = [True, False, True]
ONES = [1, 0, 1]


def frame(first: Any, second: Any) -> pd.DataFrame:
    return pd.DataFrame({"a": first, "b": second})


@pytest.mark.parametrize(
    ("y", "dtype"),
    [
        (frame(YES, ONES), "int64"),
        (frame(YES, [0.5, 1.0, 2.0]), "float64"),
        (frame(pd.array(ONES, "Int64"), pd.array(ONES, "Int64")), "int64"),
        (frame(pd.array(ONES, "Int64"), ONES), "int64"),
        (frame(pd.array(ONES, "Int8"), pd.array([0.5, 1.0, 2.0], "Float64")), "float64"),
        (frame(pd.array(YES, "boolean"), pd.array(YES, "boolean")), "bool"),
        (frame(YES, pd.array(YES, "boolean")), "bool"),
        (frame(pd.Categorical(ONES), pd.Categorical(ONES)), "int64"),
    ],
)
def test_columns_of_numbers_are_stacked_as_numbers(y: pd.DataFrame, dtype: str) -> None:
    targets = as_targets(y, "y")
    assert targets.dtype == dtype
    assert targets.flags.f_contiguous
    assert [list(row) for row in targets] == [list(row) for row in y.itertuples(index=False)]
    table = make_table(np.zeros((3, 1)), y, "dataset")
    assert table.has_framed_targets
    assert table.take(np.array([2, 1])).y.dtype == dtype


def test_frame_of_one_type_is_taken_as_it_lies() -> None:
    y = frame([0.5, 1.0, 2.0], [1.0, 2.0, 3.0])
    assert np.shares_memory(as_targets(y, "y"), y.to_numpy())


def test_what_is_missing_is_nan() -> None:
    targets = as_targets(frame(pd.array([1, None, 3], "Int64"), ONES), "y")
    np.testing.assert_array_equal(targets, [[1, 1], [np.nan, 0], [3, 1]])
    one = as_targets(pd.Series(pd.array([True, None, False], "boolean")), "y")
    np.testing.assert_array_equal(one, [1, np.nan, 0])


def test_words_stay_words() -> None:
    targets = as_targets(frame(["x", "y", "x"], ONES), "y")
    assert targets.dtype == object
    assert targets.tolist() == [["x", 1], ["y", 0], ["x", 1]]
    assert as_targets(frame(["x", "y", "x"], ["x", "y", "x"]), "y").dtype == object


@pytest.mark.parametrize("kind", ["Int64", "boolean"])
def test_single_column_of_a_frame_is_numbers_as_well(kind: str) -> None:
    data = pd.DataFrame({"x": [0.5, 1.5, 2.5], "label": pd.array(ONES, "Int64").astype(kind)})
    table = split_target(data, "label", "dataset")
    assert table.y.shape == (3,)
    assert table.y.dtype.kind in "bi"
