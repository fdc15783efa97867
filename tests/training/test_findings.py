"""What is said about the data, as the person reads it who brought them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jupyter_progress.training.findings import look
from jupyter_progress.training.sources.table import Table


def said(X, y, *, is_classifier: bool = True) -> list[str]:
    return [found.text for found in look(Table(X, np.asarray(y)), is_classifier=is_classifier)]


def rows(count: int = 40) -> pd.DataFrame:
    numbers = np.arange(float(count))
    return pd.DataFrame({"age": numbers, "height": numbers[::-1]})


TWO = [0, 1] * 20


def test_nothing_is_warned_of_where_all_is_well():
    assert said(rows(), TWO) == ["2 classes (rows of each: 1: 20, 0: 20)"]


@pytest.mark.parametrize(
    ("copies", "words"),
    [(1, "1 of 41 rows is an exact duplicate of an"), (3, "3 of 43 rows are exact duplicates of")],
)
def test_duplicates_are_counted_without_their_first(copies, words):
    X = pd.concat([rows(), rows().head(1).loc[[0] * copies]], ignore_index=True)
    assert any(text.startswith(words) for text in said(X, TWO + [0] * copies))


def test_same_row_with_another_target_is_no_duplicate():
    X = pd.concat([rows(), rows().head(1)], ignore_index=True)
    assert not any("duplicate" in text for text in said(X, [*TWO, 1]))


def test_missing_values_are_told_by_column():
    X = rows()
    X.loc[0, "age"] = np.nan
    assert "1 of 80 values is missing, in age (2.5 % of its rows)" in said(X, TWO)
    X.loc[:, "height"] = np.nan
    words = "41 of 80 values are missing, in height (all of its rows), age (2.5 % of its rows)"
    assert words in said(X, TWO)


def test_constant_columns_are_named():
    X = rows().assign(place="here", **{"x" * 500: 1})
    (words,) = [text for text in said(X, TWO) if "same value" in text]
    assert words.startswith("2 columns have the same value in every row: place, xxx")
    assert len(words) < 200


def test_classes_are_shown_as_they_stand_in_the_data():
    y = ["setosa"] * 37 + ["virginica"] * 3
    found = said(rows(), y)
    assert "2 classes (rows of each: 'setosa': 37, 'virginica': 3)" in found
    assert "1 class has fewer than 10 rows: 'virginica'" in found
    many = said(rows(), list(range(20)) * 2)
    assert "20 classes (2 rows of each)" in many
    assert "20 classes have fewer than 10 rows: 0, 1, 2, 3, 4 and 15 more" in many


def test_uneven_classes_are_told_with_what_to_go_by():
    found = said(rows(220), [0] * 10 + [1] * 210)
    assert any("21 times the rows of the smallest: go by the balanced" in text for text in found)


def test_targets_of_a_regressor_are_told_by_their_range():
    found = said(rows(), np.full(40, 2.5), is_classifier=False)
    assert "Targets from 2.5 to 2.5, on average 2.5" in found
    assert "Every row has the same target" in found


def test_more_columns_than_rows_are_told_with_what_it_means():
    found = said(np.arange(800.0).reshape(20, 40), [0, 1] * 10)
    assert any("fewer rows (20) than columns (40)" in text for text in found)
