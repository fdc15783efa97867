"""The public callbacks of other libraries: rounds and tasks are steps, with what is measured."""

from __future__ import annotations

import subprocess
import sys
import threading

import lightgbm
import pytest
import xgboost
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

import jupyter_progress as jp
from jupyter_progress.errors import RunCancelled
from jupyter_progress.store.control import append_control
from jupyter_progress.tracking.run import Run

from .conftest import facts_of, only_run, series_of, types_of

ROUNDS = 20
X, Y = load_iris(return_X_y=True)
XGB = {"objective": "multi:softprob", "num_class": 3, "nthread": 1}
LGB = {"objective": "multiclass", "num_class": 3, "num_threads": 1, "verbosity": -1}
ENDLESS = 100_000


def train_xgboost(rounds: int, callback: object) -> xgboost.Booster:
    rows = xgboost.DMatrix(X, Y)
    return xgboost.train(
        XGB, rows, rounds, evals=[(rows, "train")], verbose_eval=False, callbacks=[callback]
    )


def train_lightgbm(rounds: int, callback: object) -> lightgbm.Booster:
    rows = lightgbm.Dataset(X, Y)
    return lightgbm.train(
        LGB, rows, rounds, valid_sets=[rows], valid_names=["train"], callbacks=[callback]
    )


def xgboost_callback(**options: object) -> object:
    return jp.integrations.xgboost.RunCallback(**options)


def lightgbm_callback(**options: object) -> object:
    return jp.integrations.lightgbm.run_callback(**options)


@pytest.mark.parametrize(
    ("fit", "callback", "metric"),
    [
        (train_xgboost, xgboost_callback, "train/mlogloss"),
        (train_lightgbm, lightgbm_callback, "train/multi_logloss"),
    ],
    ids=["xgboost", "lightgbm"],
)
def test_each_round_is_a_step_with_what_is_measured(data, fit, callback, metric):
    fit(ROUNDS, callback(display=False))
    points = series_of(only_run(data))[metric]
    assert [step for step, _ in points] == list(range(1, ROUNDS + 1))
    assert points[-1][1] < points[0][1]
    assert types_of(only_run(data)) == [
        "training_started", "stage_started", "stage_completed", "training_completed"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fit", "callback"),
    [(train_xgboost, xgboost_callback), (train_lightgbm, lightgbm_callback)],
    ids=["xgboost", "lightgbm"],
)
def test_stop_keeps_the_rounds_so_far_and_cancel_is_raised(data, fit, callback):
    for action in ("stop", "cancel"):
        with Run(action, display=False) as run:
            ask = (run._record.directory, "kernel-00000001", action, "me")
            threading.Timer(0.3, append_control, ask).start()
            if action == "stop":
                booster = fit(ENDLESS, callback())
                count = getattr(booster, "num_boosted_rounds", None) or booster.num_trees
                assert 0 < count() < 3 * ENDLESS
            else:
                with pytest.raises(RunCancelled):
                    fit(ENDLESS, callback())


def test_two_fits_in_one_run_follow_each_other(data):
    with Run("both", display=False) as run, run.stage("fit"):
        callback = lightgbm_callback()
        train_lightgbm(3, callback)
        train_lightgbm(5, callback)
    assert run.state.status == "completed"
    assert [facts["stage"] for facts in facts_of(only_run(data), "stage_started")] == ["fit"]


def test_tasks_of_a_search_are_counted_and_the_refit_with_them(data):
    search = GridSearchCV(LogisticRegression(max_iter=500), {"C": [1, 2]}, cv=2)
    if not hasattr(search, "set_callbacks"):
        pytest.skip("scikit-learn before 1.9 has no callbacks")
    callback = jp.integrations.sklearn.RunCallback(display=False)
    search.set_callbacks(callback)
    search.fit(X, Y)
    reports = facts_of(only_run(data), "training_progress")
    assert (reports[-1]["step"], reports[-1]["total_steps"]) == (5, 5)
    (started,) = facts_of(only_run(data), "training_started")
    assert started["name"] == "GridSearchCV"


def test_libraries_are_imported_when_their_module_is_asked_for(data):
    code = (
        "import sys, jupyter_progress as jp; jp.integrations; "
        "assert not {'xgboost', 'lightgbm', 'sklearn'} & set(sys.modules); "
        "jp.integrations.xgboost.RunCallback; assert 'xgboost' in sys.modules; "
        "assert 'lightgbm' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
