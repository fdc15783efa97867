"""Each way to fit leaves the model that a plain ``fit`` gives, and scores it truly on the way."""

from __future__ import annotations

import threading
import time
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.base import clone, is_classifier
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import (
    LogisticRegression,
    Perceptron,
    Ridge,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.metrics import get_scorer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from jupyter_progress.training.asked import Cancelled
from jupyter_progress.training.fitting import Watch, choose_way
from jupyter_progress.training.fitting.histograms import fit_histograms
from jupyter_progress.training.fitting.plain import fit_plainly

FORESTS = (
    RandomForestClassifier,
    RandomForestRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
)
T = 24
S = {"random_state": 1}
ESTIMATORS = [
    RandomForestClassifier(T, **S),
    RandomForestClassifier(T, **S, n_jobs=2, oob_score=True, class_weight="balanced"),
    RandomForestClassifier(T, random_state=np.random.RandomState(4), max_samples=0.5),
    RandomForestRegressor(T, **S, oob_score=True),
    ExtraTreesClassifier(T, **S, bootstrap=True, oob_score=True),
    ExtraTreesRegressor(T, **S, n_jobs=2),
    BaggingClassifier(n_estimators=T, **S, oob_score=True, max_samples=0.7, max_features=0.5),
    BaggingClassifier(LogisticRegression(), n_estimators=T, **S),
    # Its members are fitted in processes, which take seconds to start.
    pytest.param(
        BaggingClassifier(n_estimators=T, **S, n_jobs=2, oob_score=True), marks=pytest.mark.slow
    ),
    BaggingRegressor(n_estimators=T, **S, oob_score=True),
    GradientBoostingClassifier(n_estimators=T, **S, subsample=0.7),
    GradientBoostingRegressor(n_estimators=T, **S, n_iter_no_change=3),
    HistGradientBoostingClassifier(max_iter=T, **S),
    HistGradientBoostingClassifier(max_iter=T, **S, early_stopping=True, n_iter_no_change=3),
    HistGradientBoostingRegressor(max_iter=T, **S, loss="poisson"),
    AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=T, **S),
    AdaBoostRegressor(n_estimators=T, **S),
    MLPClassifier(max_iter=T, **S),
    MLPClassifier(max_iter=T, **S, early_stopping=True, n_iter_no_change=3),
    MLPRegressor(max_iter=T, **S),
    MLPRegressor(max_iter=T, **S, solver="lbfgs"),
    SGDClassifier(max_iter=T, **S),
    SGDClassifier(max_iter=T, **S, average=True),
    SGDClassifier(max_iter=T, **S, n_jobs=2),
    SGDRegressor(max_iter=T, **S, early_stopping=True),
    Perceptron(max_iter=T, **S),
    SGDClassifier(max_iter=T, penalty=None, learning_rate="pa1", eta0=1.0, **S),
    make_pipeline(StandardScaler(), RandomForestClassifier(T, **S)),
    make_pipeline(StandardScaler(), MLPClassifier(max_iter=T, **S)),
    LogisticRegression(),
    LogisticRegression(solver="saga", max_iter=T, **S),
    Ridge(),
]
# Short fits do not converge.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Asked:
    """What a run is asked, set by the test."""

    def __init__(self) -> None:
        self.to_stop = False
        self.to_cancel = False

    def check(self) -> None:
        if self.to_cancel:
            raise Cancelled


class Seen:
    """What a fit reported."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self.scores: list[tuple[int, dict[str, float | None]]] = []
        self.warnings: list[str] = []
        self.told: list[str] = []

    def report(self, **facts: Any) -> None:
        self.reports.append(facts)

    def log(self, step: int, values: dict[str, float | None]) -> None:
        self.scores.append((step, values))


def data(classifier: bool, rows: int = 400) -> tuple[np.ndarray, np.ndarray]:
    if classifier:
        return make_classification(rows, 12, n_informative=6, n_classes=3, random_state=0)
    X, y = make_regression(rows, 12, noise=20, random_state=0)
    return X, np.abs(y)


def watched_fit(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    *,
    asked: Asked | None = None,
    scoring: str | None = None,
    max_overhead: float = 0.03,
) -> tuple[Any, Seen]:
    """Fit on the first three quarters, watched on the last."""
    seen = Seen()
    cut = 3 * len(y) // 4
    watch = Watch(
        X=X[cut:],
        y=y[cut:],
        is_classifier=is_classifier(estimator),
        scoring=scoring,
        max_overhead=max_overhead,
        asked=asked or Asked(),
        report=seen.report,
        log_metrics=seen.log,
        warn=seen.warnings.append,
        inform=seen.told.append,
        train_rows=cut,
    )
    fitted = choose_way(estimator)(estimator, X[:cut], y[:cut], watch)
    return fitted, seen


def predictions(model: Any, X: Any) -> np.ndarray:
    inner = model.steps[-1][1] if hasattr(model, "steps") else model
    if "n_jobs" in inner.get_params():
        # With threads the order in which trees are summed up, and the last bit, vary from call to
        # call; of a plainly fitted model, too.
        inner.set_params(n_jobs=1)
    return model.predict_proba(X) if hasattr(model, "predict_proba") else model.predict(X)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: str(e).replace("\n", "")[:60])
def test_watched_fit_leaves_what_plain_fit_leaves(estimator):
    X, y = data(is_classifier(estimator))
    cut = 3 * len(y) // 4
    plain = clone(estimator).fit(X[:cut], y[:cut])
    watched = clone(estimator)
    before = {k: v for k, v in watched.get_params().items() if k in ("n_estimators", "warm_start",
              "oob_score", "max_iter", "n_jobs")}  # fmt: skip
    fitted, seen = watched_fit(watched, X, y)

    assert not fitted.stopped
    assert {k: watched.get_params()[k] for k in before} == before
    for name in ("oob_score_", "n_iter_", "n_estimators_"):
        assert np.array_equal(getattr(plain, name, None), getattr(watched, name, None)), name
    if hasattr(plain, "estimators_samples_"):
        assert np.array_equal(plain.estimators_samples_, watched.estimators_samples_)
    assert np.array_equal(predictions(plain, X), predictions(watched, X))
    # The last live score is the score of the model, counted up from parts.
    score = "live_accuracy" if is_classifier(estimator) else "live_score"
    assert seen.scores[-1][1][score] == pytest.approx(plain.score(X[cut:], y[cut:]))


@pytest.mark.parametrize(
    "estimator",
    [e for e in ESTIMATORS if hasattr(e, "n_estimators") and not isinstance(e, FORESTS)],
    ids=lambda e: str(e).replace("\n", "")[:60],
)
def test_ensembles_show_ten_scores_or_more(estimator):
    X, y = data(is_classifier(estimator))
    if not hasattr(estimator, "warm_start") or hasattr(estimator, "validation_fraction"):
        # What is not grown shows nothing of a fit that is over in no time.
        has_many = isinstance(estimator, GradientBoostingClassifier)  # trees, three a step
        X, y = data(is_classifier(estimator), rows=8_000 if has_many else 20_000)
    plain = {"n_estimators": 40, "oob_score": False, "n_iter_no_change": None, "n_jobs": None}
    known = estimator.get_params()
    estimator = clone(estimator).set_params(**{k: v for k, v in plain.items() if k in known})
    # These fits take a fraction of a second: looking is a large share of that.
    _, seen = watched_fit(estimator, X, y, max_overhead=100.0)
    steps = [step for step, _ in seen.scores]
    assert len(steps) >= 10
    assert steps == sorted(set(steps))
    assert seen.reports[-1]["step"] == seen.reports[-1]["total_steps"] == 40
    assert seen.reports[-1]["predictions_processed"] == len(steps) * (len(y) // 4)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(100, **S),
        RandomForestRegressor(40, **S),
        ExtraTreesClassifier(300, **S),
        ExtraTreesRegressor(100, **S),
    ],
    ids=lambda e: type(e).__name__,
)
def test_forests_show_ten_scores_or_more_each_of_the_first_trees(estimator, jobs):
    X, y = data(is_classifier(estimator), rows=16_000)
    estimator = clone(estimator).set_params(n_jobs=jobs)
    # All rows at each look, but for the first one: what a plain forest of so many says of them.
    _, seen = watched_fit(estimator, X, y, max_overhead=100.0)
    steps = [step for step, _ in seen.scores]
    assert len(steps) >= 10
    assert steps == sorted(set(steps))
    assert seen.reports[-1]["step"] == seen.reports[-1]["total_steps"] == estimator.n_estimators
    step, scores = seen.scores[len(steps) // 2]
    first = clone(estimator).set_params(n_estimators=step).fit(X[:12_000], y[:12_000])
    score = "live_accuracy" if is_classifier(estimator) else "live_score"
    assert scores[score] == pytest.approx(first.score(X[12_000:], y[12_000:]), abs=1e-9)


@pytest.mark.parametrize("scoring", ["roc_auc_ovr", "f1_macro", "neg_log_loss"])
@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(T, **S),
        BaggingClassifier(n_estimators=T, **S),
        GradientBoostingClassifier(n_estimators=T, **S),
        HistGradientBoostingClassifier(max_iter=T, **S),
        LogisticRegression(),
    ],
    ids=lambda e: type(e).__name__,
)
def test_scorers_get_from_the_parts_what_they_get_from_the_model(estimator, scoring):
    X, y = data(True)
    watched = clone(estimator)
    _, seen = watched_fit(watched, X, y, scoring=scoring)
    truth = get_scorer(scoring)(watched, X[300:], y[300:])
    assert seen.scores[-1][1]["live_score"] == pytest.approx(truth)


@pytest.mark.parametrize(
    ("estimator", "members"),
    [
        (RandomForestClassifier(100_000, **S), "estimators_"),
        (RandomForestClassifier(4_000, n_jobs=2, oob_score=True, **S), "estimators_"),
        (ExtraTreesClassifier(4_000, **S), "estimators_"),
        (BaggingClassifier(n_estimators=100_000, **S), "estimators_"),
        (GradientBoostingClassifier(n_estimators=100_000, **S), "estimators_"),
        (HistGradientBoostingClassifier(max_iter=100_000, **S), "_predictors"),
        (AdaBoostClassifier(n_estimators=100_000, **S), "estimators_"),
    ],
    ids=lambda e: type(e).__name__ if not isinstance(e, str) else "",
)
def test_stopped_fit_is_the_plain_fit_of_fewer_members(estimator, members):
    X, y = data(True)
    asked = Asked()
    stopped = clone(estimator)
    threading.Timer(0.7, lambda: setattr(asked, "to_stop", True)).start()
    fitted, seen = watched_fit(stopped, X, y, asked=asked)

    assert fitted.stopped
    grown = len(getattr(stopped, members))
    size = "max_iter" if members == "_predictors" else "n_estimators"
    total = estimator.get_params()[size]
    assert 0 < grown < total
    last = seen.reports[-1]
    assert (last["step"], last["total_steps"]) == (grown, total)
    plain = clone(estimator).set_params(**{size: grown}).fit(X[:300], y[:300])
    assert np.array_equal(predictions(plain, X), predictions(stopped, X))


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(100_000, **S),
        RandomForestClassifier(4_000, n_jobs=2, **S),
        GradientBoostingClassifier(n_estimators=100_000, **S),
        HistGradientBoostingClassifier(max_iter=100_000, **S),
        AdaBoostClassifier(n_estimators=100_000, **S),
        MLPClassifier(max_iter=100_000, n_iter_no_change=100_000, **S),
        SGDClassifier(max_iter=1_000_000, tol=None, **S),
        xgboost.XGBClassifier(n_estimators=100_000, n_jobs=1),
        lightgbm.LGBMClassifier(n_estimators=100_000, n_jobs=1, verbosity=-1),
    ],
    ids=lambda e: type(e).__name__,
)
def test_cancelled_fit_is_left_soon(estimator):
    X, y = data(True)
    asked = Asked()
    threading.Timer(0.3, lambda: setattr(asked, "to_cancel", True)).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        watched_fit(clone(estimator), X, y, asked=asked)
    assert time.monotonic() - began < 5


def test_frame_with_categories_is_observed():
    X, y = data(True)
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    frame["kind"] = pd.Categorical(np.where(X[:, 0] > 0, "a", "b"))
    watched = HistGradientBoostingClassifier(max_iter=T, **S, categorical_features="from_dtype")
    plain = clone(watched).fit(frame[:300], y[:300])
    _, seen = watched_fit(watched, frame, y)
    assert np.array_equal(predictions(plain, frame), predictions(watched, frame))
    assert seen.scores[-1][1]["live_accuracy"] == plain.score(frame[300:], y[300:])


@pytest.mark.parametrize(
    ("estimator", "inner"),
    [
        (RandomForestClassifier(T, **S), "forest_votes.ForestVotes.add"),
        (GradientBoostingClassifier(n_estimators=T, **S), "boosting.Margins.add_up_to"),
        (HistGradientBoostingClassifier(max_iter=T, **S), "histograms.Margins.add_up_to"),
        (AdaBoostClassifier(n_estimators=T, **S), "adaboost.ClassVotes.add_up_to"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_fault_in_watching_is_told_once_and_does_not_reach_the_fit(estimator, inner, monkeypatch):
    def broken(self: Any, upto: int) -> None:
        raise AttributeError("no such attribute any more")

    monkeypatch.setattr(f"jupyter_progress.training.fitting.{inner}", broken)
    X, y = data(True)
    plain = clone(estimator).fit(X[:300], y[:300])
    watched = clone(estimator)
    _, seen = watched_fit(watched, X, y)
    assert np.array_equal(predictions(plain, X), predictions(watched, X))
    assert seen.reports[-1]["step"] == T
    assert len(seen.warnings) == 1
    assert "no such attribute any more" in seen.warnings[0]


def test_scorer_that_does_not_fit_the_data_leaves_the_accuracy():
    X, y = data(True)
    _, seen = watched_fit(RandomForestClassifier(T, **S), X, y, scoring="roc_auc")
    assert set(seen.scores[-1][1]) == {"live_accuracy"}
    assert len(seen.warnings) == 1
    assert "roc_auc cannot be measured: ValueError" in seen.warnings[0]


def test_subclass_and_missing_inner_parts_are_fitted_plainly(monkeypatch):
    class Own(RandomForestClassifier):
        pass

    assert choose_way(Own()) is fit_plainly
    assert choose_way(HistGradientBoostingClassifier()) is fit_histograms
    monkeypatch.delattr("sklearn.ensemble._hist_gradient_boosting.gradient_boosting."
                        "BaseHistGradientBoosting._preprocess_X")  # fmt: skip
    assert choose_way(HistGradientBoostingClassifier()) is fit_plainly


@pytest.mark.parametrize(
    "estimator",
    [
        MLPClassifier(max_iter=40, n_iter_no_change=40, **S),
        SGDClassifier(max_iter=40, tol=None, **S),
        Perceptron(max_iter=40, tol=None, **S),
    ],
    ids=lambda e: type(e).__name__,
)
def test_epochs_are_told_with_their_loss_and_scored_as_they_stand(estimator):
    X, y = data(True, rows=1_500 if hasattr(estimator, "coefs_") else 80_000)
    held_out = 3 * len(y) // 4
    _, seen = watched_fit(estimator, X, y, max_overhead=100.0)
    total = seen.reports[-1]["total_steps"]
    assert seen.reports[-1]["step"] == total == 40 * (1 if hasattr(estimator, "coefs_") else 3)
    assert sum("loss" in values for _, values in seen.scores) >= 3
    scores = [values["live_accuracy"] for _, values in seen.scores if "live_accuracy" in values]
    assert len(scores) >= 3
    assert scores[-1] == estimator.score(X[held_out:], y[held_out:])
    # With all classes begun, a model between two epochs is near the one at the end.
    assert scores[-2] == pytest.approx(scores[-1], abs=0.15)


def test_what_the_fit_prints_for_its_watcher_is_not_printed(capsys):
    X, y = data(True)
    watched_fit(SGDClassifier(max_iter=5, tol=None, **S), X, y)
    assert capsys.readouterr() == ("", "")
    loud = SGDClassifier(max_iter=5, tol=None, verbose=1, **S)
    watched_fit(loud, X, y)
    assert capsys.readouterr().out.count("-- Epoch") == 15
    assert loud.verbose == 1


def test_step_that_is_not_scored_repeats_no_score():
    X, y = data(True)
    _, seen = watched_fit(AdaBoostClassifier(n_estimators=60, **S), X, y)
    steps = [step for step, _ in seen.scores]
    assert steps == sorted(set(steps))
    assert len(steps) * 100 == seen.reports[-1]["predictions_processed"]


def test_warm_started_forest_goes_on_as_plain_fit_would():
    X, y = data(True)
    first = RandomForestClassifier(5, **S, warm_start=True).fit(X[:300], y[:300])
    first.set_params(n_estimators=9)
    watched_fit(first, X, y)
    again = RandomForestClassifier(5, **S, warm_start=True).fit(X[:300], y[:300])
    again.set_params(n_estimators=9).fit(X[:300], y[:300])
    assert np.array_equal(predictions(again, X), predictions(first, X))
