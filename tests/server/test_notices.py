"""`notify_url`: one POST for each run that ended, failed or stalled, to a real listener."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest

from ..jupyter_process import SCALE, JupyterProcess
from .listener import Listener
from .notice_machine import ERROR, FAILED, STALL, Machine, settle
from .test_restart import BARE


def test_ended_failed_and_stalled_are_told_once_each(machine: Machine, listener: Listener) -> None:
    machine.serve()
    ended = machine.end(machine.begin("digits"))
    listener.wait_for(1)
    failed = machine.begin("digits")
    machine.tell(failed, "stage_started", stage="train")
    machine.tell(failed, "training_stalled", since="2026-11-22T10:00:00.000Z", **STALL)
    listener.wait_for(2)
    machine.end(failed, FAILED)
    first, stalled, last = listener.wait_for(3)
    assert first == {
        "run_id": ended,
        "name": "digits",
        "status": "completed",
        "cause": "ended",
        "time": first["time"],
        "message": "digits finished in 3.0 s, accuracy 0.9000",
        "elapsed_time": 3.0,
        "result": {"test": {"accuracy": 0.9}, "stopped": False},
        "error": None,
    }
    assert (stalled["cause"], stalled["status"], stalled["run_id"]) == (
        "stalled",
        "running",
        failed,
    )
    assert stalled["message"].startswith("digits has stalled in Train: nothing heard for")
    assert stalled["time"] == "2026-11-22T10:00:00.000Z"
    assert (last["cause"], last["error"]) == ("failed", ERROR)
    settle()
    assert listener.causes == ["ended", "stalled", "failed"]
    keys = [headers["Idempotency-Key"] for headers in listener.headers]
    assert len(set(keys)) == 3
    assert keys[0].startswith(ended)


def test_listener_that_is_down_for_a_while_hears_of_everything_once(
    machine: Machine, listener: Listener, quick: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    listener.close()
    machine.serve()
    machine.end(machine.begin())
    settle(lambda: "tried again" in caplog.text, for_s=10 * SCALE)
    machine.end(machine.begin(), FAILED)
    settle()
    assert (
        caplog.text.count("ConnectionRefusedError") == 1
    )  # not for each attempt, nor for each run
    listener.open()
    listener.statuses = [503, 429]
    listener.wait_for(2)
    settle()
    assert sorted(listener.causes) == ["ended", "failed"]
    assert "answers again" in caplog.text


def test_refusal_for_good_is_given_up_and_said(
    machine: Machine, listener: Listener, quick: None, caplog: pytest.LogCaptureFixture
) -> None:
    listener.statuses = [410, 302]
    machine.serve()
    first = machine.end(machine.begin())
    assert machine.record(first)["ended-1"]["outcome"] == "given_up"
    second = machine.end(machine.begin())
    assert machine.record(second)["ended-1"]["outcome"] == "given_up"
    settle()
    assert listener.asked == ["/hooks/night"] * 2  # nobody went where it led
    assert "it answered 410; it is not tried again" in caplog.text
    assert "redirects are not followed" in caplog.text


def test_what_was_told_before_a_restart_is_not_told_again(
    machine: Machine, listener: Listener, quick: None
) -> None:
    machine.serve()
    told = machine.end(machine.begin())
    listener.wait_for(1)
    machine.record(told)
    machine.close()
    away = machine.end(machine.begin())  # while no server is there
    machine.serve()
    listener.wait_for(2)
    machine.record(away)
    machine.close()
    machine.serve()  # its log, too, is a new one
    settle()
    assert [body["run_id"] for body in listener.told] == [told, away]


def test_two_servers_tell_once_and_the_second_takes_over(
    machine: Machine, listener: Listener, quick: None
) -> None:
    first = machine.serve()
    machine.serve()
    machine.end(machine.begin())
    listener.wait_for(1)
    settle()
    first.stop()
    machine.end(machine.begin(), FAILED)
    listener.wait_for(2)
    settle()
    assert listener.causes == ["ended", "failed"]


def test_runs_from_before_anybody_asked_for_notices_are_no_news(
    machine: Machine, listener: Listener
) -> None:
    machine.end(machine.begin())
    time.sleep(0.01)
    machine.serve()
    new = machine.end(machine.begin())
    listener.wait_for(1)
    settle()
    assert [body["run_id"] for body in listener.told] == [new]


def test_run_that_is_deleted_meanwhile_is_not_told(
    machine: Machine, listener: Listener, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener.close()
    machine.serve()
    run_id = machine.end(machine.begin())
    settle(for_s=0.2)
    machine.data.run(run_id).delete()
    settle(for_s=0.2)
    listener.open()
    settle()
    assert listener.told == []


class TestInAServer:
    @pytest.fixture
    def extension_config(self, listener: Listener) -> dict[str, Any]:
        return {"notify_url": listener.url}

    async def test_run_elsewhere_is_told_without_a_token(
        self, ask: Any, listener: Listener, jp_auth_header: Any
    ) -> None:
        announced = {"kind": "external", "name": "elsewhere", "stages": ["fit"]}
        answer = (await ask("POST", "runs", announced)).json
        now = "2026-11-22T09:30:00Z"  # a clock that is days behind
        events = [
            {"sequence": 1, "type": "training_started", "time": now, "data": {}},
            {"sequence": 2, "type": "training_completed", "time": now, "data": {"result": {}}},
        ]
        headers = {"Authorization": f"Bearer {answer['token']}"}
        body = {"writer": "a1", "events": events}
        await ask("POST", f"runs/{answer['run_id']}/events", body, headers=headers)
        (told,) = listener.wait_for(1)
        assert (told["run_id"], told["cause"]) == (answer["run_id"], "ended")
        sent = json.dumps([listener.told, listener.headers])
        token = jp_auth_header["Authorization"].split()[1]
        assert token not in sent
        assert answer["token"] not in sent


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_server_killed_between_a_run_s_end_and_its_notice_tells_it_once_it_is_back(
    tmp_path: Path, listener: Listener
) -> None:
    words = [f"--JupyterProgress.notify_url={listener.url}", *BARE]
    server = JupyterProcess(tmp_path, arguments=words, environment={"no_proxy": "127.0.0.1"})
    server.start()
    try:
        listener.close()
        run_id = end_elsewhere(server)
        server.kill()
        listener.open()
        server.start()
        (told,) = listener.wait_for(1, within_s=30)
        assert (told["run_id"], told["cause"]) == (run_id, "failed")
        record = server.data_dir / "runs" / run_id / "notices.json"
        settle(record.exists, for_s=10 * SCALE)
        server.kill()
        server.start()
        settle(for_s=3.0)
        assert listener.causes == ["failed"]
    finally:
        server.stop()


def end_elsewhere(server: JupyterProcess) -> str:
    """A run that trains elsewhere, and fails there."""
    run = server.ask("POST", "runs", {"kind": "external", "name": "night", "stages": ["fit"]})
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    events = [
        {"sequence": 1, "type": "training_started", "time": now, "data": {}},
        {"sequence": 2, "type": "training_failed", "time": now, "data": {"error": ERROR}},
    ]
    server.ask("POST", f"runs/{run['run_id']}/events", {"writer": "a", "events": events})
    server.wait_for_run(run["run_id"], "failed")
    return str(run["run_id"])
