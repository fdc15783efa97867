"""Bagging of trees with two jobs: threads grow them, and what they have grown so far is scored."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.ensemble import BaggingClassifier, BaggingRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier, ExtraTreeRegressor

from jupyter_progress.training.asked import Cancelled
from jupyter_progress.training.fitting import bagging_in_threads, pace
from jupyter_progress.training.fitting.bagging_in_threads import grows_in_threads

from .test_fitting import Asked, data, predictions, watched_fit

S = {"random_state": 1, "n_jobs": 2}


@pytest.fixture
def portions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Has all fits observed, however short they are; how many members each call has grown to."""
    grown_to: list[int] = []
    plain = bagging_in_threads.listening

    def listening(ensemble: Any, made: list[Any]) -> Any:
        grown_to.append(ensemble.n_estimators)
        return plain(ensemble, made)

    monkeypatch.setattr(bagging_in_threads, "OBSERVED_FROM_S", 0.0)
    monkeypatch.setattr(pace, "TELLING_S", 0.0)
    monkeypatch.setattr(bagging_in_threads, "listening", listening)
    return grown_to


@pytest.mark.parametrize(
    "estimator",
    [
        BaggingClassifier(n_estimators=25, **S),
        BaggingClassifier(DecisionTreeClassifier(max_depth=3), 25, oob_score=True, **S),
        BaggingClassifier(n_estimators=25, max_samples=0.3, bootstrap=False, **S),
        BaggingRegressor(ExtraTreeRegressor(), 25, **S),
        BaggingRegressor(n_estimators=25, random_state=np.random.RandomState(3), n_jobs=2),
    ],
    ids=lambda e: str(e).replace("\n", "")[:60],
)
def test_what_threads_grow_is_what_plain_fit_grows(estimator: Any, portions: list[int]) -> None:
    X, y = data(is_classifier(estimator))
    plain = clone(estimator).fit(X[:300], y[:300])
    watched = clone(estimator)
    fitted, seen = watched_fit(watched, X, y)
    assert portions
    assert portions[-1] == 25
    assert not fitted.stopped
    assert not seen.warnings
    assert np.array_equal(plain.estimators_samples_, watched.estimators_samples_)
    assert getattr(plain, "oob_score_", None) == getattr(watched, "oob_score_", None)
    assert np.array_equal(predictions(plain, X), predictions(watched, X))
    score = "live_accuracy" if is_classifier(estimator) else "live_score"
    assert seen.scores[-1] == (25, {score: pytest.approx(plain.score(X[300:], y[300:]))})


def test_ten_scores_or_more_are_shown_of_a_fit_that_takes_a_while() -> None:
    X, y = data(True, rows=12_000)
    estimator = BaggingClassifier(n_estimators=60, **S)
    _, seen = watched_fit(estimator, X, y, max_overhead=0.2)
    steps = [step for step, _ in seen.scores]
    assert len(steps) >= 10
    assert steps == sorted(set(steps))
    assert seen.reports[-1]["step"] == seen.reports[-1]["total_steps"] == 60
    late = [scores["live_accuracy"] for step, scores in seen.scores if step >= 30]
    truth = estimator.score(X[9_000:], y[9_000:])
    # Each is measured on a part of the very members that the model has in the end.
    assert late == pytest.approx([truth] * len(late), abs=0.02)


def test_a_stop_ends_after_a_portion_with_the_plain_fit_of_so_many(portions: list[int]) -> None:
    X, y = data(True)
    asked = Asked()
    stopped = BaggingClassifier(n_estimators=20_000, **S)
    threading.Timer(0.7, lambda: setattr(asked, "to_stop", True)).start()
    fitted, _ = watched_fit(stopped, X, y, asked=asked)
    assert fitted.stopped
    grown = len(stopped.estimators_)
    assert 0 < grown < 20_000
    assert grown == portions[-1]
    plain = BaggingClassifier(n_estimators=grown, **S).fit(X[:300], y[:300])
    assert np.array_equal(predictions(plain, X), predictions(stopped, X))


def test_a_cancel_leaves_in_the_middle_of_a_portion() -> None:
    X, y = data(True, rows=12_000)
    asked = Asked()
    threading.Timer(1.5, lambda: setattr(asked, "to_cancel", True)).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        watched_fit(BaggingClassifier(n_estimators=200, **S), X, y, asked=asked)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("estimator", "is_one"),
    [
        (BaggingClassifier(n_jobs=2), True),
        (BaggingClassifier(DecisionTreeClassifier(), n_jobs=2), True),
        (BaggingClassifier(n_jobs=1), False),
        (BaggingClassifier(GaussianNB(), n_jobs=2), False),
        (BaggingClassifier(type("Own", (DecisionTreeClassifier,), {})(), n_jobs=2), False),
    ],
    ids=["default", "tree", "one job", "other members", "a subclass"],
)
def test_only_trees_are_grown_by_threads(estimator: Any, is_one: bool) -> None:
    assert grows_in_threads(estimator) is is_one


@pytest.mark.parametrize("max_features", [0.5, 1])
def test_members_with_columns_of_their_own_are_grown_in_increments(
    max_features: float, portions: list[int]
) -> None:
    X, y = data(True)
    estimator = BaggingClassifier(n_estimators=25, max_features=max_features, **S)
    plain = clone(estimator).fit(X[:300], y[:300])
    _, seen = watched_fit(estimator, X, y)
    assert not portions
    assert len(seen.scores) > 1
    assert not seen.warnings
    assert np.array_equal(predictions(plain, X), predictions(estimator, X))
