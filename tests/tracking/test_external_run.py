"""A run of this process, watched on a real server that shares no disk with it."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import jupyter_progress as jp
from jupyter_progress.core.events import JournalLine
from jupyter_progress.errors import Denied, InvalidRequest, RunCancelled
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.tracking.connection import Connection, connect
from jupyter_progress.tracking.spool import POINTS, Spool, facts_of

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .conftest import wait_until

SILENCE_S = 4.0 * SCALE
TIME = "2026-11-22T09:30:00.000Z"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(
        tmp_path_factory.mktemp("jupyter"),
        arguments=[f"--JupyterProgress.external_silence_s={SILENCE_S}"],
    )
    try:
        yield process.start()
    finally:
        process.stop()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def elsewhere(jupyter: JupyterProcess, token_file: Path) -> Connection:
    return jp.connect(jupyter.url, token_file)


def spooled_runs(connection: Connection) -> list[str]:
    return DataDirectory(connection.spool_dir).run_ids()


def durable(jupyter: JupyterProcess, run_id: str) -> list[str]:
    events = jupyter.get("events?since=0&limit=5000")["events"]
    return [
        event["type"]
        for event in events
        if event["run_id"] == run_id and event["type"] != "activity_update"
    ]


def test_run_is_seen_live_and_leaves_nothing_behind(
    jupyter: JupyterProcess, elsewhere: Connection, scaled: Any
) -> None:
    with elsewhere.run("far away", stages=["load", "train"], tags=["gpu"]) as run:
        assert jupyter.get(f"runs/{run.run_id}")["tags"] == ["gpu"]
        with run.stage("load"):
            run.note("the data are old", level="warning")
        with run.stage("train"):
            for step in jp.track(range(10)):
                run.log(loss=1.0 / (step + 1), accuracy=0.5)
                if step == 5:
                    wait_until(lambda: seen(jupyter, run.run_id)["step"] == 5, scaled(5))
                    state = seen(jupyter, run.run_id)
        assert (state["status"], state["current_stage"]) == ("running", "train")
        assert (state["kind"], state["live_accuracy"]) == ("external", 0.5)
    state = jupyter.get(f"runs/{run.run_id}")
    assert (state["status"], state["stages_completed"]) == ("completed", ["load", "train"])
    assert state["result"]["metrics"]["loss"] == 0.1
    loss = jupyter.get(f"runs/{run.run_id}/metrics")["series"]["loss"]
    assert loss == [[step, 1.0 / (step + 1)] for step in range(10)]
    texts = [line["text"] for line in jupyter.get("activity")["activity"]]
    assert "the data are old" in texts
    assert any(text.startswith("far away finished") for text in texts)
    assert spooled_runs(elsewhere) == []
    assert elsewhere.spooled == 0


def seen(jupyter: JupyterProcess, run_id: str) -> dict[str, Any]:
    state: dict[str, Any] = jupyter.get(f"runs/{run_id}")
    return state


@pytest.mark.timeout(90)
def test_killed_and_restarted_server_has_everything_once(
    jupyter: JupyterProcess, elsewhere: Connection
) -> None:
    slowest_s = 0.0
    with elsewhere.run("through a crash", stages=["a", "b"], flush_s=30 * SCALE) as run:
        for stage in ("a", "b"):
            with run.stage(stage):
                for step in range(60):
                    began = time.perf_counter()
                    run.log(loss=float(step), step=step + 60 * (stage == "b"))
                    slowest_s = max(slowest_s, time.perf_counter() - began)
                    time.sleep(0.01)
                    if (stage, step) == ("a", 30):
                        jupyter.kill()
            if stage == "a":
                assert run.spooled > 0
                jupyter.start()
    assert slowest_s < 0.5  # no call has waited for a server
    assert jupyter.wait_for_run(run.run_id, "completed")["result"]["stopped"] is False
    loss = jupyter.get(f"runs/{run.run_id}/metrics")["series"]["loss"]
    assert loss == [[step, step % 60] for step in range(120)]
    assert durable(jupyter, run.run_id) == [
        "training_queued", "training_started", "stage_started", "stage_completed",
        "stage_started", "stage_completed", "training_completed",
    ]  # fmt: skip
    assert spooled_runs(elsewhere) == []


def test_cancel_and_stop_reach_the_training(jupyter: JupyterProcess, elsewhere: Connection) -> None:
    def train() -> int:
        return sum(1 for _ in jp.track(range(2000)) if time.sleep(0.01) is None)

    run = elsewhere.run("cancel me").start()
    jupyter.ask("POST", f"runs/{run.run_id}/cancel")
    with pytest.raises(RunCancelled), run:
        train()
    assert jupyter.wait_for_run(run.run_id, "cancelled")["stages"][0]["title"] == "Loop"
    with elsewhere.run("stop me") as run:
        jupyter.ask("POST", f"runs/{run.run_id}/stop")
        assert train() < 2000
        assert run.stopping
    assert jupyter.wait_for_run(run.run_id, "completed")["result"]["stopped"] is True


def test_exception_fails_the_run_with_its_traceback(
    jupyter: JupyterProcess, elsewhere: Connection
) -> None:
    with pytest.raises(ZeroDivisionError), elsewhere.run("wrong") as run:
        run.log(loss=1 / 0)
    error = jupyter.wait_for_run(run.run_id, "failed")["error"]
    assert error["type"] == "ZeroDivisionError"
    assert "1 / 0" in error["traceback"]


@pytest.mark.slow
def test_quiet_step_is_not_silence_and_a_killed_process_is(
    jupyter: JupyterProcess, elsewhere: Connection, token_file: Path
) -> None:
    script = (
        "import sys, time, jupyter_progress as jp\n"
        f"run = jp.connect({jupyter.url!r}, {str(token_file)!r}).run('dies').start()\n"
        "print(run.run_id, flush=True)\n"
        "time.sleep(60)\n"
    )
    with (
        subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
        ) as dying,
        elsewhere.run("quiet") as run,
    ):
        assert dying.stdout is not None
        killed = dying.stdout.readline().strip()
        jupyter.wait_for_run(killed, "running")
        dying.send_signal(signal.SIGKILL)
        error = jupyter.wait_for_run(killed, "failed", limit_s=4 * SILENCE_S)["error"]
        assert error["reason"] == "worker_silent"
        assert jupyter.get(f"runs/{run.run_id}")["status"] == "running"


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_a_process_could_not_send_is_sent_by_the_next(
    jupyter: JupyterProcess, token_file: Path, tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    jupyter.kill()
    script = (
        "import jupyter_progress as jp\n"
        f"far = jp.connect({jupyter.url!r}, {str(token_file)!r}, spool_dir={str(spool)!r})\n"
        "with far.run('left behind', flush_s=0.2) as run:\n"
        "    for step in range(1000):\n"
        "        run.log(loss=float(step))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert "spooled in" in done.stderr
    assert TOKEN not in done.stderr
    jupyter.start()
    connection = connect(jupyter.url, token_file, spool_dir=spool)
    assert connection.flush(20 * SCALE)
    (state,) = [run for run in jupyter.get("runs")["runs"] if run["name"] == "left behind"]
    assert state["status"] == "completed"
    series = jupyter.get(f"runs/{state['run_id']}/metrics?max_points=5000")["series"]
    assert [step for step, _ in series["loss"]] == list(range(1000))
    assert spooled_runs(connection) == []
    for path in (p for p in (*spool.rglob("*"), *jupyter.data_dir.rglob("*")) if p.is_file()):
        assert path.parent.name == "servers" or TOKEN.encode() not in path.read_bytes(), path


def test_event_that_the_server_does_not_take_is_told_and_the_rest_arrives(
    jupyter: JupyterProcess, elsewhere: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    with elsewhere.run("odd") as run:
        assert run._record is not None
        run._record.journal.append("run_deleted", {})
        run.log(loss=1.0)
    assert jupyter.wait_for_run(run.run_id, "completed")["metrics"] == {"loss": 1.0}
    texts = [line["text"] for line in jupyter.get("activity")["activity"]]
    assert any(text.startswith("a run_deleted could not be sent") for text in texts)
    assert "does not take" in caplog.text


def test_run_that_the_server_has_ended_goes_on_here_and_stays_on_this_machine(
    jupyter: JupyterProcess, elsewhere: Connection, caplog: pytest.LogCaptureFixture, scaled: Any
) -> None:
    with elsewhere.run("ended there") as run:
        path = f"runs/{run.run_id}/events"
        end = {"sequence": 1, "type": "training_interrupted", "time": TIME, "data": {}}
        jupyter.ask("POST", path, {"writer": "other", "events": [end]})
        wait_until(lambda: "has ended" in caplog.text, scaled(5))
        run.log(loss=1.0)
    assert len(spooled_runs(elsewhere)) == 1
    assert run.spooled > 0
    assert connect(jupyter.url, elsewhere._token_file).spooled == 0  # not tried again


def test_run_that_was_deleted_on_the_server_is_not_made_again(
    jupyter: JupyterProcess, elsewhere: Connection, caplog: pytest.LogCaptureFixture, scaled: Any
) -> None:
    with elsewhere.run("deleted there") as run:
        path = f"runs/{run.run_id}"
        end = {"sequence": 1, "type": "training_interrupted", "time": TIME, "data": {}}
        jupyter.ask("POST", f"{path}/events", {"writer": "other", "events": [end]})
        jupyter.ask("DELETE", path)
        wait_until(lambda: "stays in" in caplog.text, scaled(8))
    assert [r for r in jupyter.get("runs")["runs"] if r["name"] == "deleted there"] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_metrics_of_a_forked_process_arrive(jupyter: JupyterProcess, elsewhere: Connection) -> None:
    with elsewhere.run("forks") as run:
        pid = os.fork()
        if pid == 0:
            run.log(inner=1.0)
            assert run._record is not None
            run._record.journal.close()
            os._exit(0)
        os.waitpid(pid, 0)
        run.log(outer=2.0)
    series = jupyter.get(f"runs/{run.run_id}/metrics")["series"]
    assert {name: points[0][1] for name, points in series.items()} == {"inner": 1.0, "outer": 2.0}


def test_token_file_must_be_private_and_hold_a_token(
    jupyter: JupyterProcess, token_file: Path
) -> None:
    token_file.chmod(0o644)
    with pytest.raises(InvalidRequest, match=f"mode 0644.*chmod 600 {token_file}"):
        jp.connect(jupyter.url, token_file)
    token_file.chmod(0o600)
    token_file.write_text("two words")
    with pytest.raises(InvalidRequest, match="holds no token"):
        jp.connect(jupyter.url, token_file)
    with pytest.raises(InvalidRequest, match="cannot be read"):
        jp.connect(jupyter.url, token_file.with_name("none"))
    token_file.write_text("wrong")
    with pytest.raises(Denied):
        jp.connect(jupyter.url, token_file)


@pytest.mark.parametrize(
    "url", [5, "", "localhost:8888", "ftp://x/", "http://x/?token=abc", "http://me:pw@x/"]
)
def test_address_that_cannot_be_right_is_refused(url: Any) -> None:
    with pytest.raises(InvalidRequest, match="url"):
        jp.connect(url)


def test_no_server_is_no_error_and_the_training_goes_on(
    token_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    connection = jp.connect("http://127.0.0.1:9/", token_file)
    caplog.set_level(logging.WARNING)
    began = time.monotonic()
    with connection.run("alone", flush_s=0.1) as run:
        run.log(loss=1.0)
    assert time.monotonic() - began < 10 * SCALE
    assert run.run_id == ""
    assert "spooled in" in caplog.text
    assert connection.spooled == run.spooled > 0
    assert not connection.flush(0.0)


def test_spool_numbers_alike_however_it_is_read(tmp_path: Path) -> None:
    points = [[step, 1.0] for step in range(POINTS + 7)]
    line = JournalLine(
        sequence=1,
        type="metrics_appended",
        time=TIME,
        data={"series": {"a": points, "b": [[0, 2]]}},
    )
    parts = [data["series"] for _, data in facts_of(line)]
    assert [sum(map(len, part.values())) for part in parts] == [POINTS, 8]
    assert parts[0]["a"] + parts[1]["a"] == points
    started = JournalLine(
        sequence=2,
        type="training_started",
        time=TIME,
        data={"name": "x", "kind": "own", "tags": []},
    )
    assert list(facts_of(started)) == [("training_started", {"name": "x"})]


def test_spool_goes_on_where_the_server_stands(tmp_path: Path) -> None:
    path = tmp_path / "kernel-a.jsonl"
    lines = [f'{{"sequence":{n},"type":"x","time":"{TIME}"}}\n' for n in range(1, 6)]
    path.write_text("".join(lines))
    spool = Spool(path, "a")
    assert [event.sequence for event in spool.next_events(2, 10_000)] == [1, 2]
    spool.keep(2)
    assert [event.sequence for event in spool.next_events(9, 10)] == [3]
    spool.rewind(3)
    assert [event.sequence for event in spool.next_events(9, 10_000)] == [4, 5]
    spool.replace_first("why")
    first = spool.next_events(1, 10_000)[0]
    assert (first.sequence, first.type) == (4, "activity_update")
    assert spool.count_waiting() == 2
