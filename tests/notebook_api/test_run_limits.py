"""``jp.train`` with a time limit and early stopping, as cells give them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier

import jupyter_progress as jp
from jupyter_progress.core.run_limits import EarlyStopping
from jupyter_progress.notebook.run_limits import read_early_stopping, read_time_limit

pytestmark = pytest.mark.usefixtures("alone")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (None, None),
        (False, None),
        (True, EarlyStopping()),
        (8, EarlyStopping(patience=8)),
        (
            {"patience_steps": 30, "min_delta": 0.01},
            EarlyStopping(patience_steps=30, min_delta=0.01),
        ),
        ({"restore_best": False}, EarlyStopping(restore_best=False)),
    ],
)
def test_early_stopping_is_read_as_a_cell_gives_it(given, read):
    assert read_early_stopping(given) == read


def test_time_limit_is_seconds_or_a_duration():
    assert read_time_limit(90) == 90.0
    assert read_time_limit(timedelta(minutes=2)) == 120.0
    assert read_time_limit(None) is None


@pytest.mark.slow
def test_fit_ends_early_with_its_best_step_and_says_so(scaled):
    X, y = load_digits(return_X_y=True)
    worsening = HistGradientBoostingClassifier(max_iter=300, learning_rate=5.0, random_state=0)
    run = jp.train(worsening, X, y, early_stopping=3, time_limit=timedelta(hours=1), display=False)
    assert run.state["spec"]["time_limit"] == 3600.0
    run.wait(scaled(90))
    told = run.result["early_stopping"]
    assert run.result["stopped_early"] is True
    assert run.model.n_iter_ == told["best_step"] < told["last_step"]
    assert "stopped early at step" in repr(run)
