"""Runs that are resumed through a server, with real keepers and workers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import Any

import pytest

from jupyter_progress.core.view import View

from .conftest import LONG
from .test_runs import start, take, until_training


@pytest.fixture
def extension_config() -> dict[str, Any]:
    return {"max_concurrent_runs": 1}


def kill_worker(services: Any, run_id: str) -> None:
    worker = json.loads(services.data.run(run_id).worker_file.read_text())
    os.kill(worker["pid"], signal.SIGKILL)


@pytest.mark.timeout(240)
async def test_killed_run_is_resumed_from_the_queue_once_however_often_it_is_asked_for(
    ask: Any, open_stream: Any, services: Any, until_ended: Any
) -> None:
    stream = await open_stream()
    run_id = (await start(ask, LONG))["run_id"]
    early = await ask("POST", f"runs/{run_id}/resume")
    assert (early.status, early.json["reason"]) == (409, "run_going_on")
    await until_training(stream, run_id)
    kill_worker(services, run_id)
    failed = await until_ended(run_id)
    assert (failed["status"], failed["resumable"]) == ("failed", True)

    other = (await start(ask, LONG))["run_id"]  # it takes the only place
    while (await stream.until("training_started", timeout_s=60))["run_id"] != other:
        pass
    answers = await asyncio.gather(*(ask("POST", f"runs/{run_id}/resume") for _ in range(6)))
    assert [(a.status, a.json["status"], a.json["attempt"]) for a in answers] == [
        (202, "queued", 2)
    ] * 6
    assert (await ask("POST", f"runs/{run_id}/resume", {"now": 1})).status == 400
    await asyncio.sleep(1.2)
    assert (await ask("GET", f"runs/{run_id}")).json["status"] == "queued"
    await ask("POST", f"runs/{other}/cancel")
    resumed = await stream.until("training_resumed", timeout_s=60)
    assert resumed["run_id"] == run_id
    await until_training(stream, run_id)
    again = await ask("POST", f"runs/{run_id}/resume")
    assert (again.status, again.json["status"]) == (202, "running")
    await ask("POST", f"runs/{run_id}/stop")
    state = await until_ended(run_id)
    assert (state["status"], state["result"]["stopped"]) == ("completed", True)
    over = await ask("POST", f"runs/{run_id}/resume")
    assert (over.status, over.json["reason"]) == (409, "not_resumable")

    told = [m for m in stream.durable if m["run_id"] == run_id and m["type"].startswith("train")]
    kinds = [m["type"] for m in told]
    assert kinds[:4] == [
        "training_queued", "training_started", "training_failed", "training_resuming",
    ]  # fmt: skip
    assert kinds.count("training_resuming") == kinds.count("training_resumed") == 1
    shown = take(View(), stream.messages).runs[run_id]
    assert (shown.attempt, shown.earlier_s) == (2, state["earlier_s"])


async def test_run_that_trains_elsewhere_is_not_resumed_from_here(ask: Any) -> None:
    made = (await ask("POST", "runs", {"kind": "external", "name": "far"})).json
    events = [
        {"sequence": 1, "type": "training_started", "time": "2026-01-01T00:00:00Z", "data": {}},
        {
            "sequence": 2, "type": "training_interrupted", "time": "2026-01-01T00:00:01Z",
            "data": {},
        },
    ]  # fmt: skip
    told = await ask(
        "POST", f"runs/{made['run_id']}/events", {"writer": "remote-1", "events": events}
    )
    assert told.status == 200, told.body
    answer = await ask("POST", f"runs/{made['run_id']}/resume")
    assert (answer.status, answer.json["reason"]) == (409, "not_resumable")
    assert "start it again there" in answer.json["message"]
