"""A real `jupyter server`, killed or stopped under a run, and started again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..jupyter_process import JupyterProcess

# Extensions of Jupyter's own that take their time to start.
BARE = [
    f"--ServerApp.jpserver_extensions={name}=False"
    for name in ("jupyterlab", "notebook", "notebook_shim", "jupyter_lsp")
]
FOREST = {"class": "sklearn.ensemble.RandomForestClassifier"}


def request(trees: int, **changes: Any) -> dict[str, Any]:
    return {
        "dataset": {"source": "sklearn", "name": "digits"},
        "estimator": {**FOREST, "params": {"n_estimators": trees, "random_state": 0}},
        **changes,
    }


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path, arguments=["--JupyterProgress.max_concurrent_runs=1", *BARE])
    process.start()
    try:
        yield process
        for run in process.get("runs")["runs"]:
            if run["status"] in ("queued", "running", "stopping"):
                process.ask("POST", f"runs/{run['run_id']}/cancel")
    finally:
        process.stop()


def until_step(server: JupyterProcess, run_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        state = server.get(f"runs/{run_id}")
        if state["current_stage"] == "train" and state["step"]:
            return state  # type: ignore[no-any-return]
        time.sleep(0.1)
    raise TimeoutError(state)


@pytest.mark.timeout(180)
def test_run_goes_on_while_the_server_is_dead_and_nothing_is_lost(server: JupyterProcess) -> None:
    status = server.get("status")
    run_id = server.ask("POST", "runs", request(1200))["run_id"]
    waiting = server.ask("POST", "runs", request(10, name="waits"))["run_id"]
    before = until_step(server, run_id)
    seen = server.get("events?since=0&limit=5000")["events"]
    server.kill()
    time.sleep(1.0)
    server.start()
    after = server.get("status")
    assert after["log_id"] == status["log_id"]
    assert after["server"]["slot"] == "server-0"
    # What was shown before is shown again, the live part too.
    again = server.get(f"runs/{run_id}")
    assert again["status"] in ("running", "completed")
    assert again["predictions_processed"] >= before["predictions_processed"]
    state = server.wait_for_run(run_id, "completed", "failed")
    assert state["status"] == "completed", state["error"]
    assert len(state["stages_completed"]) == 8
    everything = server.get("events?since=0&limit=5000")
    assert everything["events"][: len(seen)] == seen
    offsets = [event["offset"] for event in everything["events"]]
    assert offsets == list(range(1, everything["head"] + 1))
    assert server.wait_for_run(waiting, "completed", "failed")["status"] == "completed"


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_what_is_in_service_survives_a_kill(server: JupyterProcess) -> None:
    run_id = server.ask("POST", "runs", request(10, register_as="forest"))["run_id"]
    server.wait_for_run(run_id, "completed")
    server.ask("POST", "models/forest/deploy", {"version": 1})
    server.kill()
    server.start()
    assert server.get("status")["models"][0]["deployed"] == 1
    answer = server.ask("POST", "models/forest/predict", {"rows": [[0] * 64]})
    assert (answer["version"], len(answer["predictions"])) == (1, 1)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_stop_in_good_order_leaves_queued_runs_queued_and_running_ones_running(
    server: JupyterProcess,
) -> None:
    run_id = server.ask("POST", "runs", request(20_000))["run_id"]
    waiting = server.ask("POST", "runs", request(10))["run_id"]
    until_step(server, run_id)
    server.stop()
    runs = server.data_dir / "runs"
    assert not (runs / run_id / "exit.json").exists()
    assert not (runs / waiting / "keeper.json").exists()
    assert not list((server.data_dir / "servers").glob("token-*"))
    server.start()
    assert server.get(f"runs/{run_id}")["status"] == "running"
    assert server.get(f"runs/{waiting}")["status"] == "queued"
    server.ask("POST", f"runs/{run_id}/cancel")
    assert server.wait_for_run(waiting, "completed", "failed")["status"] == "completed"


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_under_a_hub_runs_save_what_they_have_and_end_as_interrupted(tmp_path: Path) -> None:
    server = JupyterProcess(
        tmp_path, arguments=["--JupyterProgress.keep_runs_on_shutdown=never", *BARE]
    )
    server.start()
    run_id = server.ask("POST", "runs", request(20_000))["run_id"]
    until_step(server, run_id)
    server.stop()
    assert json.loads((server.data_dir / "runs" / run_id / "exit.json").read_text())
    server.start()
    state = server.wait_for_run(run_id, "interrupted", "failed", "completed")
    server.stop()
    assert state["status"] == "interrupted"


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_two_servers_on_one_data_directory_see_the_same_and_take_over(tmp_path: Path) -> None:
    shared = {"JUPYTER_PROGRESS_DATA_DIR": str(tmp_path / "shared")}
    words = ["--JupyterProgress.max_concurrent_runs=1", *BARE]
    first = JupyterProcess(tmp_path / "a", arguments=words, environment=shared).start()
    second = JupyterProcess(tmp_path / "b", arguments=words, environment=shared).start()
    try:
        assert first.get("status")["server"]["slot"] == "server-0"
        assert second.get("status")["server"]["slot"] == "server-1"
        assert first.get("status")["log_id"] != second.get("status")["log_id"]
        going = first.ask("POST", "runs", request(20_000))["run_id"]
        waiting = first.ask("POST", "runs", request(10))["run_id"]
        until_step(first, going)
        until_step(second, going)
        assert second.get(f"runs/{waiting}")["status"] == "queued"
        first.kill()
        # The other one watches what goes on, may end it, and starts what was left waiting.
        second.ask("POST", f"runs/{going}/cancel")
        assert second.wait_for_run(going, "cancelled")
        assert second.wait_for_run(waiting, "completed", "failed")["status"] == "completed"
    finally:
        first.stop()
        second.stop()
