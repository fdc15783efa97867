"""``preprocess="auto"`` on single columns and odd tables."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from jupyter_progress.training.preprocessing import build, make_plan

N = 60
Y = np.arange(N) % 2
LINEAR = LogisticRegression(max_iter=1000)
FOREST = RandomForestClassifier(5, random_state=0)
TEXT = ["red", "green", "blue"] * (N // 3)
GAPS = [None if i % 5 == 0 else float(i) for i in range(N)]


def prepared(estimator, X):
    """What the estimator gets; the rows themselves where nothing is done."""
    plan = make_plan(estimator, X, Y)
    if plan.is_empty:
        return X
    return build(plan, X).fit_transform(X)


@pytest.mark.parametrize(
    ("column", "touched_for_linear", "touched_for_forest"),
    [
        (np.arange(N), False, False),
        (np.arange(N) > 30, False, False),
        (GAPS, True, False),
        (pd.array([None if i % 4 == 0 else i for i in range(N)], dtype="Int64"), True, False),
        (pd.array([True, False, None] * (N // 3), dtype="boolean"), True, False),
        (TEXT, True, True),
        ([*TEXT[:-1], None], True, True),
        (pd.Categorical(TEXT), True, True),
        (pd.date_range("2026-01-01", periods=N), True, True),
        (pd.date_range("2026-01-01", periods=N, tz="Europe/Berlin"), True, True),
        ([pd.NaT, *pd.date_range("2026-01-01", periods=N - 1)], True, True),
        (pd.to_timedelta(np.arange(N), unit="h"), True, True),
        ([dt.date(2026, 1, 1 + i % 28) for i in range(N)], True, True),
        (pd.Series([1, 2.5, None] * (N // 3), dtype=object), True, True),
        (pd.Series([True, None, False] * (N // 3), dtype=object), True, True),
        ([float("nan")] * N, True, False),
    ],
    ids=lambda v: None if isinstance(v, bool) else f"{type(v).__name__}",
)
def test_column_reaches_each_estimator_as_it_can_take_it(
    column, touched_for_linear, touched_for_forest
):
    X = pd.DataFrame({"plain": np.linspace(0, 1, N), "odd": column})
    for estimator, touched in ((LINEAR, touched_for_linear), (FOREST, touched_for_forest)):
        made = prepared(estimator, X)
        assert (made is not X) == touched
        estimator.fit(made, Y).predict(made)
        assert list(made["plain"]) == list(X["plain"])


def test_array_with_gaps_is_imputed_by_the_medians_of_the_training_rows():
    X = np.arange(N * 3, dtype=float).reshape(N, 3)
    X[::7, 1] = np.nan
    plan = make_plan(LINEAR, X, Y)
    made = build(plan, X).fit(X[:30])
    filled = made.transform(X)
    assert not np.isnan(filled).any()
    assert filled[35, 0] == np.nanmedian(X[:30, 1])
    assert make_plan(FOREST, X, Y).is_empty


def test_categories_stay_with_the_estimator_that_takes_them():
    X = pd.DataFrame({"kind": pd.Categorical(TEXT), "x": GAPS})
    takes = HistGradientBoostingClassifier(categorical_features="from_dtype")
    assert make_plan(takes, X, Y).is_empty
    too_many = pd.DataFrame({"kind": pd.Categorical(range(300))})
    assert make_plan(takes, too_many, np.arange(300) % 2).one_hot == [0]


@pytest.mark.parametrize("names", [[0, 1], ["a", "a"], [0, "b"]], ids=str)
def test_columns_without_telling_names_are_treated_by_place(names):
    X = pd.DataFrame(dict(enumerate([TEXT, list(range(N))])))
    X.columns = names
    plan = make_plan(FOREST, X, Y)
    assert plan.one_hot == [0]


def test_names_that_would_clash_are_kept_apart():
    X = pd.DataFrame({"color": TEXT, "color_red": np.arange(N)})
    made = prepared(FOREST, X)
    assert made.shape == (N, 4)
    assert made.columns.is_unique


def test_search_over_a_pipeline_that_encodes_gets_raw_rows():
    inner = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    X = pd.DataFrame({"color": TEXT})
    assert make_plan(GridSearchCV(inner, {"logisticregression__C": [1]}), X, Y).is_empty
    scaling = make_pipeline(StandardScaler(), LogisticRegression())
    assert make_plan(GridSearchCV(scaling, {}), X, Y).one_hot == [0]


def test_many_categories_become_thirty_columns():
    X = pd.DataFrame({"who": [f"user {i % 45}" for i in range(N)]})
    assert prepared(FOREST, X).shape[1] == 30
