"""Runs under their keepers, with real processes and real signals."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_progress.core.requests import Executor, RunRequest
from jupyter_progress.core.stages import STAGE_IDS
from jupyter_progress.errors import CannotStop, RunHasEnded
from jupyter_progress.models.child_environment import child_environment
from jupyter_progress.models.persistence import load_model
from jupyter_progress.models.registry import Registry
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.store.locks import is_locked
from jupyter_progress.training.controls import ask_to_stop
from jupyter_progress.training.launch import start_keeper
from jupyter_progress.training.recover import needs_recovery, recover_run
from jupyter_progress.training.uploads import Uploads

from .runs import (
    FOREST,
    WRITER,
    digits,
    feed_of,
    kill_worker,
    lines_of,
    start,
    state_of,
    submit,
    upload,
    wait_for_end,
    wait_for_step,
    wait_until,
)

LONG = {"n_estimators": 100_000, "random_state": 0}


def test_run_goes_through_eight_stages_and_leaves_a_model(data_dir, scaled):
    asked = digits(params={"n_estimators": 60}, register_as="digits", max_overhead=0.5)
    run = start(data_dir, asked)
    state = wait_for_end(run, scaled(40))

    assert state.status == "completed", state.error
    assert state.stages_completed == list(STAGE_IDS)
    assert state.progress == 100.0
    assert state.result["test"]["accuracy"] > 0.9
    assert np.array(state.result["confusion_matrix"]).sum() == 360
    assert state.result["rows"] == {"train": 1077, "validation": 360, "test": 360}
    assert state.result["split"]["stratified"] == [True, True]
    assert state.result["model"] == {"name": "digits", "version": 1}
    assert 0.5 < state.live_accuracy <= 1.0
    assert state.predictions_processed >= 10 * 360
    assert state.resources.peak_memory > 50e6

    model = load_model(run.model_dir, key=data_dir.key())
    assert model.n_estimators == 60
    # What was unset was drawn once, and told.
    assert state.result["random_state"] == {"random_state": model.random_state}
    assert Registry(data_dir.models, data_dir.key()).get("digits")["versions"][0]["version"] == 1

    kinds = [line.type for line in lines_of(run, "worker-1")]
    assert kinds.index("model_registered") < kinds.index("training_completed")
    scores = [p for line in lines_of(run, "worker-1") if line.type == "metrics_appended"
              for p in line.data["series"].get("live_accuracy", [])]  # fmt: skip
    assert len(scores) >= 10
    assert scores[-1][0] == 60
    texts = [entry["text"] for entry in feed_of(run)]
    assert any("3 columns have the same value" in text for text in texts)
    assert run.exit()["exit_status"] == 0
    assert not is_locked(run.lock_file)


@pytest.mark.slow
def test_own_frame_is_trained_with_the_kernels_path_and_folder(data_dir, scaled, tmp_path):
    there = tmp_path / "project"
    (there / "lib").mkdir(parents=True)
    (there / "lib" / "own_model.py").write_text(
        "from sklearn.tree import DecisionTreeClassifier\n"
        "class OwnTree(DecisionTreeClassifier):\n"
        "    def fit(self, X, y, **more):\n"
        "        import os; print('fitting in', os.getcwd())\n"
        "        self.columns_seen_ = list(X.columns)\n"
        "        return super().fit(X, y, **more)\n"
    )
    sys.path.insert(0, str(there / "lib"))
    try:
        import own_model

        estimator = upload(data_dir, own_model.OwnTree(random_state=0))
    finally:
        sys.path.remove(str(there / "lib"))
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"size": rng.normal(size=200), "age": rng.integers(0, 9, 200)})
    y = np.where(X["size"] > 0, "large", "small")
    request = RunRequest(
        dataset={"source": "upload", "id": upload(data_dir, {"X": X, "y": y})},
        estimator={"upload": estimator},
        executor=Executor(python=sys.executable, cwd=str(there), sys_path=[str(there / "lib")]),
    )
    run = start(data_dir, request)
    state = wait_for_end(run, scaled(40))

    assert state.status == "completed", state.error
    assert state.result["classes"] == ["large", "small"]
    assert f"fitting in {there}" in run.output.read_text()
    manifest = json.loads((run.model_dir / "manifest.json").read_text())
    assert [column["name"] for column in manifest["columns"]] == ["size", "age"]
    assert manifest["sys_path"] == [str(there / "lib")]


def test_killed_worker_is_a_failure_with_its_reason_within_two_seconds(data_dir, scaled):
    run = start(data_dir, digits(params=LONG))
    wait_for_step(run, scaled(40))
    kill_worker(run)
    state = wait_for_end(run, scaled(2))

    assert state.status == "failed"
    assert state.error["reason"] == "worker_killed"
    assert state.error["stage"] == "train"
    last = lines_of(run, "keeper")[-2]
    assert last.type == "training_failed"
    assert last.follows["worker-1"] == lines_of(run, "worker-1")[-1].sequence
    assert run.exit()["signal"] == "SIGKILL"


@pytest.mark.slow
def test_keeper_waits_for_nothing_that_has_a_journals_name(data_dir, scaled):
    run = submit(data_dir, digits(params={"n_estimators": 5}))
    for folder in (run.journals, run.controls):
        os.mkfifo(folder / "pipe-1.jsonl")
        (folder / "folder-1.jsonl").mkdir()
        (folder / "device-1.jsonl").symlink_to("/dev/zero")
    deep = b'{"sequence": 1, "time": "t", "type": "x", "data": ' + b"[" * 99_000 + b"\n"
    (run.journals / "deep-1.jsonl").write_bytes(deep)
    start_keeper(run, data_dir)
    state = wait_until(run.exit_file.exists, scaled(40), "the end of the run") and run.exit()
    assert state["exit_status"] == 0
    assert [line.type for line in lines_of(run, "worker-1")][-2] == "training_completed"


def test_killed_keeper_takes_its_worker_along_and_the_run_is_recovered_once(data_dir, scaled):
    run = submit(data_dir, digits(params=LONG))
    keeper = start_keeper(run, data_dir)
    wait_for_step(run, scaled(40))
    assert not needs_recovery(run)
    assert not recover_run(run)
    worker = json.loads(run.worker_file.read_text())["pid"]
    keeper.kill()
    wait_until(lambda: needs_recovery(run), scaled(2), "the lock's release")

    assert recover_run(run)
    assert not recover_run(run)
    state = state_of(run)
    assert (state.status, state.error["reason"]) == ("failed", "keeper_killed")
    wait_until(lambda: not psutil.pid_exists(worker), scaled(2), "the worker's end")


def test_cancelled_run_ends_within_two_seconds_and_says_who(data_dir, scaled):
    run = start(data_dir, digits(params=LONG))
    state = wait_for_step(run, scaled(40))
    ask_to_stop(run, state, action="cancel", who="grace", writer="server-0")
    state = wait_for_end(run, scaled(2))
    assert state.status == "cancelled"
    assert lines_of(run, "keeper")[-2].data["who"] == "grace"
    journals = {path: path.read_bytes() for path in run.journals.iterdir()}
    ask_to_stop(run, state, action="cancel", who="ada", writer="server-0")  # that it is already
    assert {path: path.read_bytes() for path in run.journals.iterdir()} == journals
    with pytest.raises(RunHasEnded):
        ask_to_stop(run, state, action="stop", who="grace", writer="server-0")


@pytest.mark.slow
def test_cancel_ends_a_fit_that_never_asks(data_dir, scaled, tmp_path):
    (tmp_path / "stubborn.py").write_text(
        "import time\n"
        "from sklearn.base import BaseEstimator, ClassifierMixin\n"
        "class Stubborn(ClassifierMixin, BaseEstimator):\n"
        "    def fit(self, X, y):\n"
        "        print('begun', flush=True)\n"
        "        while True:\n"
        "            try: time.sleep(60)\n"
        "            except BaseException: pass\n"
        "    def predict(self, X): return X\n"
    )
    sys.path.insert(0, str(tmp_path))
    try:
        import stubborn

        estimator = upload(data_dir, stubborn.Stubborn())
    finally:
        sys.path.remove(str(tmp_path))
    request = RunRequest(
        dataset={"source": "sklearn", "name": "iris"},
        estimator={"upload": estimator},
        executor=Executor(sys_path=[str(tmp_path)]),
    )
    run = start(data_dir, request)
    wait_until(lambda: run.output.exists() and "begun" in run.output.read_text(), scaled(40), "fit")
    state = state_of(run)
    with pytest.raises(CannotStop):
        ask_to_stop(run, state, action="stop", who="ada", writer=WRITER)
    ask_to_stop(run, state, action="cancel", who="ada", writer=WRITER)
    assert wait_for_end(run, scaled(2.5)).status == "cancelled"


def test_stopped_run_keeps_the_best_so_far_and_finishes(data_dir, scaled):
    run = start(data_dir, digits(params={"n_estimators": 5000, "random_state": 3}))
    state = wait_for_step(run, scaled(40))
    for _ in range(2):  # asking again is no error, and no second fact
        ask_to_stop(run, state, action="stop", who="ada", writer=WRITER)
        state = state_of(run)
    state = wait_for_end(run, scaled(40))

    assert state.status == "completed", state.error
    assert state.result["stopped"] is True
    assert state.result["test"]["accuracy"] > 0.5
    model = load_model(run.model_dir, key=data_dir.key())
    assert 0 < len(model.estimators_) < 5000
    assert state.result["steps"] == {"done": len(model.estimators_), "total": 5000}
    kinds = [line.type for line in lines_of(run, WRITER)]
    assert kinds.count("training_stopping") == 1
    end = next(line for line in lines_of(run, "worker-1") if line.type == "training_completed")
    assert end.follows[WRITER] == len(kinds)


def test_failing_user_code_is_told_by_the_users_own_lines(data_dir, scaled, tmp_path):
    (tmp_path / "my_model.py").write_text(
        "from sklearn.linear_model import LogisticRegression\n"
        "class Mine(LogisticRegression):\n"
        "    def fit(self, X, y):\n"
        "        return self.prepare(X)\n"
        "    def prepare(self, X):\n"
        "        raise KeyError('no such column')\n"
    )
    sys.path.insert(0, str(tmp_path))
    try:
        import my_model

        estimator = upload(data_dir, my_model.Mine())
    finally:
        sys.path.remove(str(tmp_path))
    request = RunRequest(
        dataset={"source": "sklearn", "name": "iris"},
        estimator={"upload": estimator},
        executor=Executor(sys_path=[str(tmp_path)]),
    )
    state = wait_for_end(start(data_dir, request), scaled(40))
    error = state.error
    assert (state.status, error["reason"], error["stage"]) == ("failed", "fit_failed", "train")
    assert error["type"] == "KeyError"
    assert "return self.prepare(X)" in error["traceback"]
    assert "jupyter_progress" not in error["traceback"]


@pytest.mark.slow
def test_words_of_the_users_own_bring_no_hint_about_data_that_is_sound(data_dir, scaled):
    class Mine(LogisticRegression):
        def fit(self, X, y):
            raise ValueError("could not convert string to float: my own setting")

    request = RunRequest(
        dataset={"source": "sklearn", "name": "iris"},
        estimator={"upload": upload(data_dir, Mine())},
    )
    error = wait_for_end(start(data_dir, request), scaled(40)).error
    assert "my own setting" in error["message"]
    assert "text" not in error["hint"]
    assert "preprocess" not in error["hint"]


def test_worker_that_cannot_start_is_a_failure_that_names_the_interpreter(data_dir, scaled):
    request = digits(executor=Executor(python="/no/such/python"))
    state = wait_for_end(start(data_dir, request), scaled(5))
    assert state.error["reason"] == "worker_not_started"
    assert "/no/such/python" in state.error["message"]


def test_program_that_is_no_python_has_not_started(data_dir, scaled):
    request = digits(executor=Executor(python="/bin/ls"))
    run = start(data_dir, request)
    error = wait_for_end(run, scaled(10)).error
    assert (error["reason"], error["traceback"], error["stage"]) == ("worker_not_started", "", None)
    assert "/bin/ls ended with exit code 2" in error["message"]
    assert "Python interpreter" in error["hint"]


@pytest.mark.slow
def test_upload_that_is_no_pickle_is_named_as_such(data_dir, scaled):
    with Uploads(data_dir).begin("pickle") as handed:
        handed.write(b"<html>not found</html>")
        garbage = str(handed.finish()["id"])
    bad_estimator = RunRequest(
        dataset={"source": "sklearn", "name": "iris"}, estimator={"upload": garbage}
    )
    bad_rows = digits(dataset={"source": "upload", "id": garbage})
    for request in (bad_estimator, bad_rows):
        error = wait_for_end(start(data_dir, request), scaled(40)).error
        assert "not a pickle that this Python" in error["hint"]
        assert error["traceback"] == ""


@pytest.mark.slow
def test_crash_in_compiled_code_is_told_with_the_end_of_the_output(data_dir, scaled):
    class Crash:
        def __reduce__(self):
            return os.abort, ()

    request = RunRequest(
        dataset={"source": "upload", "id": upload(data_dir, Crash())},
        estimator={"class": FOREST, "params": {}},
    )
    state = wait_for_end(start(data_dir, request), scaled(40))
    assert state.error["reason"] == "worker_crashed"
    assert state.error["type"] == "SIGABRT"
    assert state.error["stage"] == "load_data"


def test_run_over_its_memory_limit_is_out_of_memory(data_dir, scaled):
    run = start(data_dir, digits(params=LONG), memory_bytes=60_000_000)
    state = wait_for_end(run, scaled(40))
    assert state.error["reason"] == "out_of_memory"
    assert run.exit()["limit"] == 60_000_000


def test_queued_run_is_cancelled_without_a_process(data_dir):
    run = submit(data_dir, digits())
    ask_to_stop(run, state_of(run), action="cancel", who="ada", writer=WRITER)
    assert state_of(run).status == "cancelled"
    assert run.exit() is not None
    assert not needs_recovery(run)


@pytest.mark.slow
def test_second_keeper_of_a_run_ends_at_once(data_dir, scaled):
    run = submit(data_dir, digits(params=LONG))
    first = start_keeper(run, data_dir)
    wait_until(run.worker_file.exists, scaled(20), "the worker's start")
    second = start_keeper(run, data_dir)
    wait_until(lambda: second.poll() is not None, scaled(10), "the second keeper's end")
    assert first.poll() is None
    first.send_signal(signal.SIGTERM)
    state = wait_for_end(run, scaled(15))
    assert state.status == "interrupted"


def test_servers_secrets_do_not_reach_the_worker():
    environment = {
        "JUPYTER_TOKEN": "a", "JUPYTERHUB_API_TOKEN": "b", "JPY_API_TOKEN": "c",
        "CONFIGPROXY_AUTH_TOKEN": "d", "JUPYTER_PROGRESS_TOKEN_FILE": "e", "PATH": "/bin",
        "JUPYTER_PROGRESS_DATA_DIR": "/data",
    }  # fmt: skip
    kept = child_environment(environment)
    assert kept == {"PATH": "/bin", "JUPYTER_PROGRESS_DATA_DIR": "/data"}


@pytest.mark.slow
def test_interrupted_run_saves_what_it_has(data_dir, scaled):
    from jupyter_progress.store.control import append_control

    run = start(data_dir, digits(params={"n_estimators": 20_000, "random_state": 0}))
    wait_for_step(run, scaled(40))
    append_control(run, "server-0", "interrupt", "")
    began = time.monotonic()
    state = wait_for_end(run, scaled(10))
    assert time.monotonic() - began < scaled(10)
    assert state.status == "interrupted"
    assert Path(run.model_dir, "manifest.json").exists()
    assert len(load_model(run.model_dir, key=DataDirectory(data_dir.path).key()).estimators_) > 0
