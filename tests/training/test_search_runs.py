"""Searches as runs, with real workers and real signals: killed, resumed, interrupted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV

from jupyter_progress.core.requests import Executor, RunRequest, Split
from jupyter_progress.core.state import RunState
from jupyter_progress.models.persistence import load_model
from jupyter_progress.store.control import append_control
from jupyter_progress.store.layout import DataDirectory, RunDirectory

from .runs import (
    WRITER,
    all_lines,
    feed_of,
    kill_worker,
    resume,
    start,
    upload,
    wait_for_end,
    wait_until,
)
from .search_estimators import CountedTree, fits_in

ROOT = str(Path(__file__).parents[2])
X, Y = load_iris(return_X_y=True)
DEPTHS = [1, 2, 3, 4, 5, 6, 7, 8]


def searching(data_dir: DataDirectory, counted: Path, n_jobs: int = 1) -> RunRequest:
    """A search of 24 folds whose fits leave a file each."""
    tree = CountedTree(folder=str(counted), wait_s=0.15)
    search = GridSearchCV(tree, {"max_depth": DEPTHS}, cv=3, n_jobs=n_jobs)
    return RunRequest(
        dataset={"source": "upload", "id": upload(data_dir, {"X": X, "y": Y})},
        estimator={"upload": upload(data_dir, search)},
        split=Split(),
        executor=Executor(sys_path=[ROOT]),
    )


def started(
    data_dir: DataDirectory, tmp_path: Path, seconds: float, n_jobs: int = 1
) -> RunDirectory:
    """A run of it that has fitted a third of its folds."""
    counted = tmp_path / "fits"
    counted.mkdir()
    run = start(data_dir, searching(data_dir, counted, n_jobs))
    wait_until(lambda: fits_in(counted) >= 8, seconds, "the eighth fit")
    return run


def resumed(data_dir: DataDirectory, run: RunDirectory, seconds: float) -> RunState:
    resume(data_dir, run)
    return wait_for_end(run, seconds)


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_killed_search_is_resumed_without_repeating_a_finished_fold(
    data_dir, scaled, tmp_path, n_jobs
):
    run = started(data_dir, tmp_path, scaled(60), n_jobs)
    kill_worker(run)
    killed = wait_for_end(run, scaled(10))
    assert killed.resumable
    state = resumed(data_dir, run, scaled(60))
    assert state.status == "completed", state.error
    # Those in the making when it was killed, and the refit of the best.
    assert fits_in(tmp_path / "fits") <= 24 + n_jobs + 1
    assert state.result["search"]["candidates"] == 8
    assert state.search.completed == 8
    model = load_model(run.model_dir, key=data_dir.key())
    with np.load(run.split_file) as split:
        train = split["train"]
    assert len(train) == 120  # no validation rows, though the request came with the usual split
    plain = GridSearchCV(CountedTree(), {"max_depth": DEPTHS}, cv=3).fit(X[train], Y[train])
    for name in ("mean_test_score", "std_test_score", "split1_test_score", "rank_test_score"):
        assert np.array_equal(model.cv_results_[name], plain.cv_results_[name])
    assert model.best_params_ == plain.best_params_


@pytest.mark.slow
def test_interrupted_search_keeps_its_folds_and_goes_on(data_dir, scaled, tmp_path):
    run = started(data_dir, tmp_path, scaled(60))
    append_control(run, "server-0", "interrupt", "")
    state = wait_for_end(run, scaled(15))
    assert (state.status, state.resumable) == ("interrupted", True)
    state = resumed(data_dir, run, scaled(60))
    assert state.status == "completed", state.error
    assert fits_in(tmp_path / "fits") <= 24 + 1 + 1


@pytest.mark.slow
def test_stopped_search_keeps_the_best_and_says_what_it_kept(data_dir, scaled, tmp_path):
    run = started(data_dir, tmp_path, scaled(60))
    append_control(run, WRITER, "skip", "ada", candidate=7)
    wait_until(
        lambda: any("candidate 7" in line["text"] for line in feed_of(run)),
        scaled(10),
        "the skipping",
    )
    append_control(run, WRITER, "stop", "ada")
    state = wait_for_end(run, scaled(30))
    assert state.status == "completed", state.error
    assert state.result["stopped"]
    assert 3 <= state.result["steps"]["done"] < state.result["steps"]["total"] == 24
    done = [line.data for _, line in all_lines(run) if line.type == "candidate_completed"]
    skipped = [fact["candidate"] for fact in done if fact["skipped"]]
    assert skipped == [7]
    best = max((fact for fact in done if not fact["skipped"]), key=lambda fact: fact["mean"])
    assert state.result["search"]["best"]["mean"] == best["mean"]
    assert state.live_score.value == best["mean"]
    results = json.loads(run.search_results.read_text())["results"]
    assert len(results["params"]) == 8
