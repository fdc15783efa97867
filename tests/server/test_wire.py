"""Every key of every answer and message that the interface promises, held to a run's whole life."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_progress.core.wire import REVISIONS_PER_OPENING

from .conftest import DIGITS, Stream

STATE = {
    "run_id", "name", "tags", "kind", "status", "resumable", "current_stage", "stages",
    "stages_completed", "progress", "stage_progress", "step", "total_steps", "start_time",
    "elapsed_time", "estimated_remaining", "estimated_range", "live_accuracy", "live_score",
    "metrics", "predictions_processed", "throughput", "monitoring_overhead", "resources",
    "running", "error", "result", "spec",
}  # fmt: skip
STAGE = {"id", "title", "status", "estimated_s", "elapsed_s", "progress"}
RESULT = {"test", "confusion_matrix", "classes", "rows", "split", "stopped", "steps", "model"}
SNAPSHOT = {"log_id", "offset", "server", "health", "runs", "activity", "models"}
EVENTS = {"log_id", "offset", "head", "more", "recovered", "events", "volatile", "snapshot"}
HEALTH = {
    "status", "reasons", "cpu", "memory", "swap", "disk", "network", "load", "processes",
    "uptime_s", "response_times", "event_loop_lag", "gpus",
}  # fmt: skip
DURABLE = {
    "training_queued": {"name", "spec", "who"},
    "training_started": {"name", "stages"},
    "stage_started": {"stage", "title", "index", "estimated_s"},
    "stage_completed": {
        "stage", "title", "index", "estimated_s", "elapsed_s", "progress", "elapsed_time", "metrics"
    },
    "training_completed": {"result", "elapsed_time"},
    "activity_update": {"id", "level", "kind", "text", "who"},
    "model_registered": {"name", "version", "previous"},
    "model_deployed": {"name", "version", "previous"},
    "run_updated": {"name", "tags", "notes"},
    "run_deleted": set(),
    "training_stopping": {"action", "who"},
    "training_cancelled": {"stage", "elapsed_time", "who"},
    "training_failed": {"error"},
}  # fmt: skip
ERROR = {"type", "message", "stage", "traceback", "reason", "hint"}


def check_state(state: dict[str, Any]) -> None:
    assert set(state) >= STATE, STATE - set(state)
    assert all(set(stage) >= STAGE for stage in state["stages"])
    assert state["who"]  # who bears the server's token is whom it runs as


async def live_through(ask: Any, stream: Stream, until_ended: Any) -> dict[str, str]:
    """A run that completes, one that fails and one that is cancelled."""
    bad = {"class": "sklearn.ensemble.RandomForestClassifier", "params": {"n_jobs": 0}}
    long = {**DIGITS["estimator"], "params": {"n_estimators": 20_000}}
    ids = {}
    for end, change in (
        ("completed", {"register_as": "digits"}), ("failed", {"estimator": bad}),
        ("cancelled", {"estimator": long}),
    ):  # fmt: skip
        answer = await ask("POST", "runs", {**DIGITS, **change})
        assert answer.status == 201
        check_state(answer.json)
        ids[end] = answer.json["run_id"]
    for end, run_id in ids.items():
        if end == "cancelled":
            # One that still waits would be cancelled without a stop under way.
            while (await stream.until("stage_started"))["run_id"] != run_id:
                continue
            assert (await ask("POST", f"runs/{run_id}/cancel")).status == 202
        assert (await until_ended(run_id))["status"] == end
    return ids


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_answers_and_messages_have_the_keys_that_are_promised(
    ask: Any, open_stream: Any, until_ended: Any
) -> None:
    stream = await open_stream(since=0)
    hello = await stream.next()
    assert hello is not None
    assert {"type", "log_id", "offset", "recovered", "heartbeat_s"} == set(hello)
    ids = await live_through(ask, stream, until_ended)
    done = (await ask("GET", f"runs/{ids['completed']}")).json
    assert set(done["result"]) >= RESULT
    assert set(done["result"]["test"]) >= {"accuracy", "balanced_accuracy", "f1_macro"}
    assert set(done["result"]["rows"]) == {"train", "validation", "test"}
    assert len(done["result"]["split"]["stratified"]) == 2
    failed = (await ask("GET", f"runs/{ids['failed']}")).json
    assert set(failed["error"]) >= ERROR

    assert (await ask("POST", "models/digits/deploy", {"version": 1})).status == 200
    changed = await ask("PATCH", f"runs/{ids['failed']}", {"notes": "why"})
    check_state(changed.json)
    assert (await ask("DELETE", f"runs/{ids['cancelled']}")).status == 204
    await stream.until("run_deleted")
    check_messages(stream.messages[1:])
    await check_answers(ask, ids["completed"])


def check_messages(messages: list[dict[str, Any]]) -> None:
    seen = set()
    newest: dict[Any, int] = {}
    for message in messages:
        kind = message["type"]
        seen.add(kind)
        if kind == "heartbeat":
            assert set(message) == {"type", "offset", "time"}
        elif kind in DURABLE:
            assert set(message) == {"type", "offset", "time", "run_id", "data"}
            assert set(message["data"]) >= DURABLE[kind], (kind, message["data"])
        elif kind != "snapshot":
            assert set(message) == {"type", "after", "revision", "time", "run_id", "data"}
            about = (message["run_id"], kind)
            assert message["revision"] > max(newest.get(about, 0), REVISIONS_PER_OPENING)
            newest[about] = message["revision"]
            check_volatile(kind, message["data"])
        if "time" in message:
            assert message["time"].endswith("Z")
    assert seen >= {*DURABLE, "heartbeat", "training_progress"} - {"snapshot"}, seen


def check_volatile(kind: str, data: dict[str, Any]) -> None:
    if kind == "training_progress":
        check_state(data)
    elif kind == "metrics_appended":
        assert set(data) == {"series", "from"}
        assert set(data["from"]) == set(data["series"])
    else:
        assert kind == "system_metrics"
        assert set(data) >= HEALTH


async def check_answers(ask: Any, run_id: str) -> None:
    async def get(path: str, **params: Any) -> Any:
        answer = await ask("GET", path, params=params)
        assert answer.status == 200, path
        return answer.json

    status = await get("status")
    assert set(status) == SNAPSHOT
    assert all(set(run) >= STATE for run in status["runs"])
    events = await get("events", since=0, limit=3)
    assert set(events) == EVENTS
    assert (events["offset"], events["more"], events["snapshot"]) == (3, True, None)
    for params in ({}, {"since": 1, "log_id": "another"}, {"since": 10**18}):
        whole = await get("events", **params)
        assert (whole["recovered"], whole["events"]) == (False, [])
        assert set(whole["snapshot"]) == SNAPSHOT
        assert whole["offset"] == whole["snapshot"]["offset"]
    health = await get("health")
    assert set(health) >= HEALTH
    assert {"percent", "used", "limit"} <= set(health["memory"])
    assert set(health["network"]) == {"in", "out"}
    assert set(health["response_times"]["rest"]) == {"p50", "p95"}
    activity = await get("activity", limit=1)
    assert set(activity) == {"activity", "next"}
    assert set(activity["activity"][0]) >= {"id", "time", "level", "kind", "text", "who", "run_id"}
    assert (await get("models"))["models"] == [{"name": "digits", "deployed": 1, "latest": 1}]
    model = await get("models/digits")
    assert set(model) >= {"name", "deployed", "versions"}
    assert set(model["versions"][0]) >= {"version", "run_id", "time", "result"}
    series = (await get(f"runs/{run_id}/metrics"))["series"]
    assert "live_accuracy" in series  # and live_score, where a scorer is named or for a regressor
    assert set(await get(f"runs/{run_id}/output")) == {"text"}
    assert set(await get("health/history", minutes=1)) == {"samples"}
