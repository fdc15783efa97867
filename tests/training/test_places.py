"""The queue where there is no server: runs wait for a place, in their order, whoever is there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.core.requests import RunRequest
from jupyter_progress.notebook.local_backend import LocalBackend
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.store.locks import is_locked
from jupyter_progress.training.launch import available_processors, start_keeper
from jupyter_progress.training.recover import needs_recovery, recover_run

from ..jupyter_process import JupyterProcess
from .runs import (
    FOREST,
    digits,
    lines_of,
    state_of,
    submit,
    wait_for_end,
    wait_for_step,
    wait_until,
)

LONG = {"n_estimators": 100_000, "random_state": 0}
SHORT = {"n_estimators": 5, "random_state": 0}
# One processor makes it one run at a time, on whatever machine.
KERNEL = """
import json
import os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import jupyter_progress as jp
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
X, y = load_iris(return_X_y=True)
for _ in range(3):
    run = jp.train(RandomForestClassifier(60, random_state=0), X, y)
    print("run=" + run.run_id, flush=True)
os._exit(9)
"""


def queue(data: DataDirectory, params: dict[str, Any] | None = None) -> RunDirectory:
    """Start a run's keeper where one run trains at a time."""
    run = submit(data, digits(params=params or SHORT))
    start_keeper(run, data, places=1)
    wait_until(lambda: is_locked(run.lock_file), 60, "the keeper's start")
    return run


def is_waiting(run: RunDirectory) -> bool:
    return state_of(run).status == "queued" and is_locked(run.lock_file)


def span(run: RunDirectory) -> tuple[str, str]:
    """When a run began and ended."""
    state = state_of(run)
    assert state.status == "completed", state.error
    assert state.start_time
    assert state.end_time
    return state.start_time, state.end_time


@pytest.mark.slow
def test_run_beyond_the_places_waits_is_seen_waiting_and_can_be_cancelled(
    data_dir: DataDirectory, scaled: Any
) -> None:
    first = queue(data_dir, LONG)
    wait_for_step(first, scaled(40))
    second, third = queue(data_dir), queue(data_dir)
    backend = LocalBackend(data_dir.path)
    try:
        places = [backend.state(run.run_id).queue_place for run in (first, second, third)]
        assert places == [None, 1, 2]
        backend.cancel(second.run_id)
        assert wait_for_end(second, scaled(2)).status == "cancelled"
        wait_until(
            lambda: backend.state(third.run_id).queue_place == 1, scaled(2), "the line's moving up"
        )
        assert is_waiting(third)
        assert not third.worker_file.exists()
        backend.cancel(first.run_id)
    finally:
        backend.close()
    assert wait_for_end(first, scaled(10)).status == "cancelled"
    state = wait_for_end(third, scaled(40))
    assert state.status == "completed", state.error

    assert not second.worker_file.exists()
    assert [line.type for line in lines_of(second, "keeper")] == [
        "training_cancelled",
        "activity_update",
    ]
    assert list((data_dir.path / "places").glob("*.ticket")) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs an affinity of processors")
def test_runs_of_a_kernel_that_was_killed_go_on_one_after_the_other(
    data_dir: DataDirectory, scaled: Any
) -> None:
    kernel = subprocess.run(
        [sys.executable, "-c", KERNEL], stdout=subprocess.PIPE, text=True, check=False
    )
    assert kernel.returncode == 9
    runs = [data_dir.run(run_id) for run_id in re.findall(r"run=(\S+)", kernel.stdout)]
    assert len(runs) == 3
    for run in runs:
        wait_for_end(run, scaled(60))
    spans = [span(run) for run in runs]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert [run.request()["limits"]["threads"] for run in runs] == [1, 1, 1]


@pytest.mark.slow
def test_keeper_that_is_killed_while_it_waits_holds_nobody_up(
    data_dir: DataDirectory, scaled: Any
) -> None:
    first = queue(data_dir, LONG)
    second, third = queue(data_dir), queue(data_dir)
    wait_until(second.keeper_file.exists, scaled(10), "the keeper's note")
    os.kill(keeper_of(second), signal.SIGKILL)
    wait_until(lambda: needs_recovery(second), scaled(4), "the lock's release")
    assert recover_run(second)
    state = state_of(second)
    assert (state.status, state.error["reason"]) == ("failed", "keeper_killed")
    assert state.resumable
    os.kill(keeper_of(first), signal.SIGTERM)
    assert wait_for_end(first, scaled(20)).status == "interrupted"
    assert wait_for_end(third, scaled(60)).status == "completed"


@pytest.mark.slow
def test_server_that_starts_leaves_those_that_wait_to_their_keepers(
    tmp_path: Path, scaled: Any
) -> None:
    server = JupyterProcess(tmp_path, arguments=["--JupyterProgress.max_concurrent_runs=2"])
    data = DataDirectory(server.data_dir).ensure()
    first = queue(data, LONG)
    wait_for_step(first, scaled(40))
    second = queue(data, LONG)
    try:
        server.start()
        request = {
            "dataset": {"source": "sklearn", "name": "iris"},
            "estimator": {"class": FOREST, "params": LONG},
        }
        # One trains: there is room for one more of the server's own, and for no third.
        own = server.ask("POST", "runs", request)["run_id"]
        server.wait_for_run(own, "running", limit_s=scaled(40))
        last = server.ask("POST", "runs", request)["run_id"]
        time.sleep(2.0)
        listed = [server.ask("GET", f"runs/{run_id}") for run_id in (second.run_id, last)]
        assert [(run["status"], run["queue_place"]) for run in listed] == [
            ("queued", 1),
            ("queued", 2),
        ]
        assert not second.worker_file.exists()
        for run_id in (last, own, second.run_id, first.run_id):
            server.ask("POST", f"runs/{run_id}/cancel", {})
            server.wait_for_run(run_id, "cancelled", limit_s=scaled(20))
    finally:
        server.stop()


@pytest.mark.slow
def test_keeper_that_is_told_to_end_while_it_waits_leaves_a_run_to_resume(
    data_dir: DataDirectory, scaled: Any
) -> None:
    first = queue(data_dir, LONG)
    second = queue(data_dir)
    ticket = next((data_dir.path / "places").glob(f"*{second.run_id}.ticket"))
    wait_until(lambda: is_locked(ticket), scaled(10), "the wait")
    os.kill(keeper_of(second), signal.SIGTERM)
    state = wait_for_end(second, scaled(4))
    assert (state.status, state.resumable) == ("interrupted", True)
    backend = LocalBackend(data_dir.path)
    try:
        backend.cancel(first.run_id)
        backend.resume(second.run_id)
    finally:
        backend.close()
    assert wait_for_end(first, scaled(10)).status == "cancelled"
    assert wait_for_end(second, scaled(60)).status == "completed"


def test_run_of_a_kernel_alone_has_its_part_of_the_processors(data_dir: DataDirectory) -> None:
    backend = LocalBackend(data_dir.path)
    try:
        request: RunRequest = digits(params=SHORT)
        run_id = backend.submit(request).run_id
        backend.cancel(run_id)
    finally:
        backend.close()
    places = max(1, available_processors() // 2)
    limits = data_dir.run(run_id).request()["limits"]
    assert limits["threads"] == max(1, available_processors() // places)


def keeper_of(run: RunDirectory) -> int:
    """The process that looks after a run."""
    facts = run.keeper_file
    wait_until(facts.exists, 30, "the keeper's note")
    return int(json.loads(facts.read_text())["pid"])
