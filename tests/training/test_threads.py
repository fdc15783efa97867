"""How many threads a worker and the processes of its ``n_jobs`` use: no more than are theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from jupyter_progress.core.requests import RunRequest
from jupyter_progress.server.options import Options
from jupyter_progress.training.inner_threads import share_threads
from jupyter_progress.training.launch import (
    THREAD_VARIABLES,
    available_processors,
    worker_environment,
)
from jupyter_progress.training.process_tree import lower_priority

from .hostile import Parallel
from .runs import start, upload, wait_for_end


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_processors_are_shared_by_the_runs_that_train_at_once(tmp_path, at_once):
    limits = Options(data_dir=tmp_path, root_dir=tmp_path, max_concurrent_runs=at_once).run_limits
    assert limits["threads"] == max(1, available_processors() // at_once)


def test_workers_threads_stand_in_its_environment_but_where_the_user_has_set_them(monkeypatch):
    for name in THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    environment = worker_environment({"threads": 3})
    assert environment["OMP_NUM_THREADS"] == "7"
    assert environment["OPENBLAS_NUM_THREADS"] == "3"


@pytest.mark.skipif(available_processors() < 2, reason="one processor is all there is to share")
@pytest.mark.parametrize(("own", "jobs"), [(None, 1), ("2", 2)])
def test_n_jobs_of_all_processors_is_the_runs_share(monkeypatch, own, jobs):
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)
    if own is not None:
        monkeypatch.setenv("LOKY_MAX_CPU_COUNT", own)
    counted = subprocess.run(
        [sys.executable, "-c", "import joblib; print(joblib.effective_n_jobs(-1))"],
        env=worker_environment({"threads": 1}),
        capture_output=True,
        check=True,
        text=True,
    )
    assert int(counted.stdout) == jobs


def test_processes_of_n_jobs_share_the_threads(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "6")
    assert share_threads(SVC()) is None
    assert share_threads(RandomForestClassifier(n_jobs=1)) is None
    assert os.environ["OMP_NUM_THREADS"] == "6"
    inner = GridSearchCV(RandomForestClassifier(n_jobs=2), {"n_estimators": [1]}, n_jobs=3)
    assert share_threads(inner) == 2
    assert os.environ["OMP_NUM_THREADS"] == "2"
    assert share_threads(GridSearchCV(SVC(), {"C": [1]}, n_jobs=99)) == 1


def test_worker_leaves_the_others_their_turn():
    worker = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        assert lower_priority(worker.pid, 5) == []
        assert os.getpriority(os.PRIO_PROCESS, worker.pid) >= 5
        group = Path(f"/proc/{worker.pid}/autogroup")
        if group.exists():
            assert group.read_text().split()[-1] == "5"
    finally:
        worker.kill()
        worker.wait()
    assert lower_priority(worker.pid, 5) != []  # told, and no error


@pytest.mark.slow
def test_real_worker_and_its_processes_have_their_threads(data_dir, scaled, monkeypatch):
    for name in THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    request = RunRequest(
        dataset={"source": "sklearn", "name": "iris"},
        estimator={"upload": upload(data_dir, Parallel())},
    )
    run = start(data_dir, request, threads=4)
    state = wait_for_end(run, scaled(60))
    assert state.status == "completed", state.error
    printed = run.output.read_text()
    # OpenBLAS never takes more than the machine has; OpenMP takes what it is told.
    assert "threads own 4" in printed
    assert "threads inner 2" in printed
    assert state.result["threads"]["openmp"] == 4
