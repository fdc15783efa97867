"""In each family a stop, or a cancel where there is none, takes effect within two seconds."""

from __future__ import annotations

import time
from typing import Any

import pytest
from lightgbm import LGBMClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

from jupyter_progress.core.requests import RunRequest
from jupyter_progress.errors import CannotStop
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.training.controls import ask_to_stop
from jupyter_progress.training.fitting.families import FAMILIES, REFUSED, family_of

from .hostile import Hostile
from .runs import WRITER, lines_of, start, state_of, upload, wait_for_end, wait_for_step, wait_until

EFFECT_S = 2.0
MANY = 100_000  # more than any of them does in a minute
STOPPED = [
    RandomForestClassifier(MANY),
    ExtraTreesClassifier(MANY),
    BaggingClassifier(n_estimators=MANY),
    BaggingClassifier(n_estimators=MANY, n_jobs=2),
    GradientBoostingClassifier(n_estimators=MANY),
    HistGradientBoostingClassifier(max_iter=MANY),
    AdaBoostClassifier(n_estimators=MANY, learning_rate=1e-9),
    MLPClassifier(max_iter=MANY, n_iter_no_change=MANY),
    XGBClassifier(n_estimators=MANY),
    LGBMClassifier(n_estimators=MANY, verbose=-1),
    GridSearchCV(RandomForestClassifier(20), {"max_depth": list(range(1, 2000))}, cv=3),
    make_pipeline(StandardScaler(), RandomForestClassifier(MANY)),
]
CANCELLED = [
    LogisticRegression(solver="lbfgs", max_iter=10**8, tol=0.0, C=1e12),
    SGDClassifier(max_iter=10**8, tol=None),
    Hostile("hang"),  # of all others: one call, which asks nobody
]


def training(data: DataDirectory, estimator: Any) -> RunDirectory:
    """A run of an estimator that trains for longer than the test."""
    return start(
        data,
        RunRequest(
            dataset={"source": "sklearn", "name": "digits"},
            estimator={"upload": upload(data, estimator)},
        ),
    )


def has_trained(run: RunDirectory) -> bool:
    return any(
        line.type == "stage_completed" and line.data["stage"] == "train"
        for line in lines_of(run, "worker-1")
    )


def name_of(estimator: Any) -> str:
    return type(estimator).__name__


def test_every_family_is_timed() -> None:
    stopped = {family_of(estimator).name for estimator in STOPPED}
    cancelled = {family_of(estimator).name for estimator in CANCELLED}
    assert stopped == {family.name for family in FAMILIES.values() if family.stop != REFUSED}
    assert cancelled == {family.name for family in FAMILIES.values() if family.stop == REFUSED}


@pytest.mark.slow
@pytest.mark.parametrize("estimator", STOPPED, ids=name_of)
def test_stop_ends_the_fit_within_two_seconds(
    estimator: Any, data_dir: DataDirectory, scaled: Any
) -> None:
    run = training(data_dir, estimator)
    state = wait_for_step(run, scaled(60))
    if state.search is not None:
        wait_until(lambda: state_of(run).search.best, scaled(60), "the first candidate's end")
        state = state_of(run)
    asked = time.monotonic()
    ask_to_stop(run, state, action="stop", who="ada", writer=WRITER)
    wait_until(lambda: has_trained(run), scaled(60), "the end of the fit")
    took = time.monotonic() - asked
    state = wait_for_end(run, scaled(60))
    assert state.status == "completed", state.error
    assert state.result["stopped"] is True
    assert took < scaled(EFFECT_S)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", CANCELLED, ids=name_of)
def test_fit_that_cannot_be_stopped_is_cancelled_within_two_seconds(
    estimator: Any, data_dir: DataDirectory, scaled: Any
) -> None:
    run = training(data_dir, estimator)
    wait_until(lambda: state_of(run).current_stage == "train", scaled(60), "the fit's begin")
    state = state_of(run)
    with pytest.raises(CannotStop):
        ask_to_stop(run, state, action="stop", who="ada", writer=WRITER)
    asked = time.monotonic()
    ask_to_stop(run, state, action="cancel", who="ada", writer=WRITER)
    state = wait_for_end(run, scaled(60))
    took = time.monotonic() - asked
    assert state.status == "cancelled"
    assert took < scaled(EFFECT_S)
