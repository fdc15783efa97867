"""Early stopping on the live score, and time limits: real fits, and what their runs say."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.svm import SVC

from jupyter_progress.core.durations import duration
from jupyter_progress.core.ending import status_words
from jupyter_progress.core.run_limits import EarlyStopping
from jupyter_progress.errors import InvalidRequest
from jupyter_progress.models.persistence import load_model
from jupyter_progress.training.early_stopping import EarlyEnd, check_can_end_early
from jupyter_progress.training.fitting.choose import can_end_early, keep_first
from jupyter_progress.training.last_words import out_of_time

from .runs import digits, feed_of, lines_of, start, state_of, train_here, wait_for_end
from .test_post_mortem import hostile

HIST = "sklearn.ensemble.HistGradientBoostingClassifier"


class Nothing:
    to_stop = False

    def check(self) -> None:
        pass


def steps_until_over(rule: EarlyStopping, values: list[float | None]) -> tuple[int, int | None]:
    """After which of the looks, ten steps apart, a fit ends; and the best step then."""
    early = EarlyEnd(rule, Nothing())
    for look, value in enumerate(values, start=1):
        early.observe(10 * look, {"live_accuracy": value})
        if early.to_stop:
            return look, early.best_step
    return 0, early.best_step


def test_patience_counts_looks_or_steps_since_the_best_score():
    values: list[float | None] = [0.5, 0.7, 0.7, 0.69, 0.71, 0.7, None, 0.7, 0.7]
    assert steps_until_over(EarlyStopping(patience=2), values) == (4, 20)
    assert steps_until_over(EarlyStopping(patience=4), values) == (9, 50)
    assert steps_until_over(EarlyStopping(patience=4, min_delta=0.02), values) == (6, 20)
    assert steps_until_over(EarlyStopping(patience_steps=25), values) == (8, 50)
    assert steps_until_over(EarlyStopping(patience=5), values) == (0, 50)
    assert steps_until_over(EarlyStopping(patience=1), [None, None, None]) == (0, None)


def test_score_of_the_scorer_counts_before_accuracy_and_a_loss_never():
    early = EarlyEnd(EarlyStopping(patience=1), Nothing())
    early.observe(1, {"live_accuracy": 0.9, "live_score": -0.5})
    early.observe(2, {"loss": 3.0})
    assert not early.is_over
    early.observe(3, {"live_accuracy": 0.8, "live_score": -0.4})
    assert (early.best_step, early.is_over) == (3, False)
    assert early.best == {"live_accuracy": 0.8, "live_score": -0.4}


def xgboost(**params: Any) -> Any:
    return pytest.importorskip("xgboost").XGBClassifier(n_estimators=20, n_jobs=1, **params)


def lightgbm(**params: Any) -> Any:
    library = pytest.importorskip("lightgbm")
    return library.LGBMClassifier(n_estimators=20, n_jobs=1, verbose=-1, **params)


@pytest.mark.parametrize("make", [xgboost, lightgbm])
def test_other_librarys_boosters_are_cut_back_to_their_first_rounds(make):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 5))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    whole, few = make().fit(X, y), make().set_params(n_estimators=7).fit(X, y)
    before = whole.predict_proba(X)
    assert can_end_early(whole)
    assert keep_first(whole, 7)
    whole = pickle.loads(pickle.dumps(whole))
    assert np.array_equal(whole.predict_proba(X), few.predict_proba(X))
    assert not np.array_equal(before, few.predict_proba(X))


def test_booster_whose_later_rounds_change_earlier_ones_is_not_cut_back():
    X, y = np.arange(40.0).reshape(20, 2), np.array([0, 1] * 10)
    model = xgboost(booster="dart").fit(X, y)
    assert not keep_first(model, 3)
    assert model.get_booster().num_boosted_rounds() == 20


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(20, random_state=0),
        ExtraTreesRegressor(20, bootstrap=True, random_state=0),
        BaggingClassifier(n_estimators=20, random_state=0),
        GradientBoostingClassifier(n_estimators=20, subsample=0.7, random_state=0),
        HistGradientBoostingClassifier(max_iter=20, random_state=0),
        AdaBoostClassifier(n_estimators=20, random_state=0),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_first_members_are_what_a_plain_fit_of_so_many_gives(estimator):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 5))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    size = "max_iter" if hasattr(estimator, "max_iter") else "n_estimators"
    whole = clone(estimator).fit(X, y)
    few = clone(estimator).set_params(**{size: 7}).fit(X, y)
    said = "predict_proba" if hasattr(whole, "predict_proba") else "predict"
    before = getattr(whole, said)(X)
    assert keep_first(whole, 7)
    assert np.array_equal(getattr(whole, said)(X), getattr(few, said)(X))
    assert not np.array_equal(before, getattr(few, said)(X))
    assert can_end_early(estimator)


def test_model_ends_with_its_best_step(data_dir):
    # A learning rate at which it soon gets worse: what is kept is better than the whole.
    params = {"max_iter": 200, "learning_rate": 5.0, "random_state": 0}
    asked = digits(HIST, params, early_stopping=EarlyStopping(patience=3), max_overhead=1.0)
    run = train_here(data_dir, asked)
    result = state_of(run).result
    told = result["early_stopping"]
    assert (result["stopped"], result["stopped_early"]) == (False, True)
    assert told["restored"] is True
    assert told["best_step"] < told["last_step"] < 200
    assert result["steps"] == {"done": told["best_step"], "total": 200}
    model = load_model(run.model_dir, key=data_dir.key())
    assert model.n_iter_ == told["best_step"]
    scores = [p for line in lines_of(run, "worker-1") if line.type == "metrics_appended"
              for p in line.data["series"].get("live_accuracy", [])]  # fmt: skip
    assert told["best_score"] == max(value for _step, value in scores)
    assert result["validation"]["live_accuracy"] == told["best_score"]
    texts = [line["text"] for line in feed_of(run)]
    assert any(text.startswith("Early stopping at step") and "kept" in text for text in texts)
    assert any("early, for its score rose no more" in text for text in texts)
    assert "stopped early at step" in status_words(state_of(run))


def test_early_stopping_without_its_grounds_is_refused_in_words():
    for split in (None, {"validation": 0.0}):
        with pytest.raises(InvalidRequest, match="goes by the score on validation rows"):
            digits(early_stopping=EarlyStopping(), split=_split(split))
    with pytest.raises(InvalidRequest, match="SVC: its fit shows no steps"):
        check_can_end_early(SVC())
    with pytest.raises(InvalidRequest, match="patience: is 0"):
        digits(early_stopping=EarlyStopping(patience=0))
    with pytest.raises(InvalidRequest, match="time_limit: is 0"):
        digits(time_limit=0.0)


def _split(given: dict[str, Any] | None) -> Any:
    from jupyter_progress.core.requests import Split

    return None if given is None else Split(**given)


@pytest.mark.slow
def test_run_at_its_time_limit_keeps_what_it_has(data_dir, scaled):
    limit_s = scaled(7.0)
    run = start(data_dir, digits(params={"n_estimators": 1_000_000}, time_limit=limit_s))
    state = wait_for_end(run, scaled(90))
    assert state.status == "completed", state.error
    assert (state.result["stopped"], state.result["stopped_by"]) == (True, "time_limit")
    assert state.elapsed_time >= 0.8 * limit_s
    assert state.result["test"]["accuracy"] > 0.9
    texts = [line["text"] for line in feed_of(run)]
    told = f"is at its time limit of {duration(limit_s)}: it keeps what it has"
    assert any(told in text for text in texts)
    assert any("finished early, at its time limit" in text for text in texts)
    assert "stopped early at its time limit" in status_words(state)


@pytest.mark.slow
def test_fit_that_cannot_end_with_a_model_has_failed_at_its_time_limit(data_dir, scaled):
    limit_s = scaled(6.0)
    run = hostile(data_dir, "hang", time_limit=limit_s)
    state = wait_for_end(run, scaled(40))
    assert (state.status, state.error["reason"]) == ("failed", "time_limit")
    assert state.error["message"] == (
        f"the run was at its time limit of {duration(limit_s)} in train, and its fit cannot be "
        "ended with what it has"
    )


def test_function_that_did_not_end_at_its_time_limit_is_told_how_it_can():
    error = out_of_time(5.0, None, was_asked=True, is_function=True)
    assert error["reason"] == "time_limit"
    assert "at its time limit of 5.0 s, and it was asked to finish" in error["message"]
    assert "jp.track" in error["hint"]
    assert "fewer rows" in out_of_time(5.0, "train")["hint"]
