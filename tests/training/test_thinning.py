"""Where scoring all held-out rows would cost too much, looks score some, and the last one all."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from lightgbm import LGBMClassifier
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from xgboost import XGBClassifier

from jupyter_progress.training.fitting.looks import Looks
from jupyter_progress.training.fitting.thinning import (
    ROWS_LEAST,
    Asks,
    FirstLook,
    sample_of,
    some_of,
)

from .test_fitting import data, predictions, watched_fit

S = {"random_state": 1}


def first_look(took_s: float, copied_s: float = 0.0) -> FirstLook:
    """At a hundredth of a fit of 100 s, of which 3 s may be spent, and are planned with half."""
    return FirstLook(1000, copied_s, took_s, likely_s=100.0, part=0.01)


@pytest.mark.parametrize(
    ("first", "rows"),
    [
        (first_look(0.015), 1000),
        (first_look(0.0015), 10_000),
        (first_look(0.005, copied_s=1.0), 1000),
        (first_look(10.0), ROWS_LEAST),
        (first_look(0.0), 15 * 10**11),
    ],
)
def test_looks_that_add_up_cost_per_step_what_the_first_one_did(
    first: FirstLook, rows: int
) -> None:
    assert Asks.WHAT_IS_NEW.rows_within(first, 0.03) == pytest.approx(rows, abs=1)


@pytest.mark.parametrize(
    ("first", "rows"),
    [
        (first_look(0.15), 1000),
        (first_look(0.015), 10_000),
        (first_look(0.05, copied_s=1.0), 1000),
        (first_look(100.0), ROWS_LEAST),
    ],
)
def test_ten_looks_that_ask_the_whole_model_are_paid(first: FirstLook, rows: int) -> None:
    assert Asks.THE_WHOLE_MODEL.rows_within(first, 0.03) == pytest.approx(rows, abs=1)


@pytest.mark.parametrize("step_s", [0.01, 1.0, 30.0])
def test_the_likely_length_of_a_fit_is_that_of_its_steps(step_s: float) -> None:
    # Data are checked for 2 s, then a step is over every so often, and one looks 20 times a second.
    seen: list[FirstLook] = []
    watch = SimpleNamespace(
        elapsed_s=0.0, max_overhead=0.03, has_rows=True, held_out=80_000, is_thinned=False,
        guard=lambda look: look(), score_some=lambda _rows: None, tell=lambda *_facts: None,
    )  # fmt: skip

    def rows_within(first: FirstLook, _max_overhead: float) -> int:
        seen.append(first)
        return 80_000

    looks = Looks(watch, 500, asks=SimpleNamespace(rows_within=rows_within))  # type: ignore[arg-type]
    while not seen:
        watch.elapsed_s += 0.05
        done = int((watch.elapsed_s - 2) / step_s)
        if done > 0:
            looks.offer(done, lambda: None)
    assert seen[0].likely_s == pytest.approx(2 + 500 * step_s, rel=0.1)


def test_sample_of_the_first_look() -> None:
    assert sample_of(100) == 100
    assert sample_of(80_000) == 4_000


def test_some_rows_are_the_same_ones_each_time_in_their_order():
    X, y = np.arange(2000).reshape(1000, 2), np.arange(1000)
    rows, targets = some_of(X, y, 300)
    again, _ = some_of(X, y, 300)
    assert np.array_equal(rows, again)
    assert np.array_equal(rows[:, 0], 2 * targets)
    assert np.all(np.diff(targets) > 0)


@pytest.mark.parametrize(
    "estimator",
    [
        HistGradientBoostingClassifier(max_iter=60, early_stopping=False, **S),
        *(
            pytest.param(estimator, marks=pytest.mark.slow)
            for estimator in (
                HistGradientBoostingRegressor(max_iter=150, early_stopping=False, **S),
                XGBClassifier(n_estimators=60, n_jobs=1),
                LGBMClassifier(n_estimators=60, n_jobs=1, verbosity=-1),
            )
        ),
    ],
    ids=lambda e: type(e).__name__,
)
@pytest.mark.parametrize("max_overhead", [0.005, 100.0], ids=["thin", "all"])
def test_last_score_is_measured_on_all_rows(estimator, max_overhead):
    is_classifier = not isinstance(estimator, HistGradientBoostingRegressor)
    X, y = data(is_classifier, rows=24_000)
    watched = clone(estimator)
    _, seen = watched_fit(watched, X, y, max_overhead=max_overhead)
    plain = clone(estimator).fit(X[:18_000], y[:18_000])
    assert np.array_equal(predictions(plain, X[:500]), predictions(watched, X[:500]))
    name = "live_accuracy" if is_classifier else "live_score"
    assert seen.scores[-1][1][name] == pytest.approx(plain.score(X[18_000:], y[18_000:]), abs=1e-6)
    assert not seen.warnings
    counts = np.diff([0, *(r["predictions_processed"] for r in seen.reports)])
    assert counts[counts > 0][0] == sample_of(6000)
    assert counts[counts > 0][-1] == 6000 or max_overhead == 100.0
    if max_overhead < 1:
        assert max(counts[:-1], default=0) < 6000


@pytest.mark.parametrize(
    "max_overhead", [0.03, pytest.param(1e6, marks=pytest.mark.slow)], ids=["thin", "all"]
)
def test_fit_of_a_moment_is_scored_on_as_many_rows_as_are_within_the_share(max_overhead):
    X, y = data(True, rows=24_000)
    # All the work is in predict: most of a second for 6,000 rows, of a fit of milliseconds.
    model = KNeighborsClassifier(200, algorithm="brute", weights="distance")
    _, seen = watched_fit(model, X, y, max_overhead=max_overhead)
    processed = seen.reports[-1]["predictions_processed"]
    is_told = any("held-out rows: to predict all" in words for words in seen.told)
    ((step, scores),) = seen.scores
    assert step == 1
    if max_overhead > 1:
        assert not is_told
        assert scores["live_accuracy"] == pytest.approx(model.score(X[18_000:], y[18_000:]))
    else:
        assert is_told
        assert ROWS_LEAST <= processed < 6000
        assert 0.5 < scores["live_accuracy"] <= 1.0


def test_quick_predictions_are_scored_on_all_rows_however_short_the_fit():
    X, y = data(True, rows=24_000)
    model = GaussianNB()
    _, seen = watched_fit(model, X, y)
    assert seen.told == []
    assert seen.scores[-1][1]["live_accuracy"] == pytest.approx(model.score(X[18_000:], y[18_000:]))
