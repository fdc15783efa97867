"""Runs from request to end, with a real keeper and worker, seen by REST and by the stream."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from typing import Any

import pytest

from jupyter_progress.core.stages import STAGE_IDS
from jupyter_progress.core.view import View
from jupyter_progress.core.wire import Message

from .conftest import DIGITS, LONG, Stream

FIELDS = set(Message.__struct_fields__)


def take(view: View, messages: list[dict[str, Any]]) -> View:
    for message in messages:
        view.apply(Message(**{key: value for key, value in message.items() if key in FIELDS}))
    return view


@pytest.fixture
def extension_config() -> dict[str, Any]:
    return {"max_concurrent_runs": 2}


async def start(ask: Any, body: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    answer = await ask("POST", "runs", {**(body or DIGITS), **changes})
    assert answer.status == 201, answer.body
    state: dict[str, Any] = answer.json
    assert answer.headers["Location"].endswith(f"runs/{state['run_id']}")
    return state


async def until_training(stream: Stream, run_id: str) -> dict[str, Any]:
    """Read until the run trains and has a live score."""
    while True:
        message = await stream.until("training_progress", "training_failed", timeout_s=60)
        assert message["type"] == "training_progress", message
        data: dict[str, Any] = message["data"]
        if message["run_id"] == run_id and data["current_stage"] == "train" and data["step"]:
            return data


@pytest.mark.timeout(120)
async def test_run_goes_through_all_stages_live_and_is_deployed(
    ask: Any, open_stream: Any, until_ended: Any
) -> None:
    stream = await open_stream()
    await stream.until("snapshot")
    queued = await start(ask, name="digits forest", tags=["digits"], register_as="digits")
    assert queued["status"] in ("queued", "running")
    run_id = queued["run_id"]
    await stream.until("training_completed", timeout_s=60)
    state = await until_ended(run_id)
    assert state["status"] == "completed"
    assert state["stages_completed"] == list(STAGE_IDS)
    assert state["progress"] == 100.0
    assert state["result"]["test"]["accuracy"] > 0.9
    assert state["live_accuracy"] > 0.9
    assert state["result"]["model"] == {"name": "digits", "version": 1}

    offsets = [message["offset"] for message in stream.durable]
    assert offsets == list(range(offsets[0], offsets[0] + len(offsets)))
    view = take(View(), stream.messages)
    assert view.runs[run_id].status == "completed"
    snapshot = (await ask("GET", "status")).json
    assert [run["run_id"] for run in snapshot["runs"]] == [run_id]
    assert snapshot["models"][0]["latest"] == 1

    metrics = (await ask("GET", f"runs/{run_id}/metrics", params={"names": "live_accuracy"})).json
    assert len(metrics["series"]["live_accuracy"]) >= 3
    feed = (await ask("GET", "activity", params={"limit": 200})).json["activity"]
    texts = [line["text"] for line in feed]
    assert any("finished" in text and "accuracy" in text for text in texts), texts
    assert (await ask("GET", f"runs/{run_id}/output")).status == 200
    await deploys_and_predicts(ask, stream, run_id)


async def deploys_and_predicts(ask: Any, stream: Stream, run_id: str) -> None:
    assert (await ask("POST", "models/digits/predict", {"rows": [[0] * 64]})).status == 409
    answer = await ask("POST", "models/digits/deploy", {"version": 1})
    assert answer.status == 200, answer.body
    assert (await stream.until("model_deployed"))["data"]["version"] == 1
    answer = await ask("POST", "models/digits/predict", {"rows": [[0] * 64, [1] * 64]})
    assert answer.status == 200, answer.body
    assert answer.json["version"] == 1
    assert len(answer.json["predictions"]) == 2
    wrong = await ask("POST", "models/digits/predict", {"rows": [[0] * 64, [1, 2]]})
    assert wrong.status == 400
    assert "rows[1]" in wrong.json["message"]
    told = len([m for m in stream.messages if m["type"] == "model_deployed"])
    same = await ask("POST", "models/digits/deploy", {"version": 1})
    assert (same.status, same.json) == (
        200, {"name": "digits", "deployed": 1, "previous": 1, "changed": False},
    )  # fmt: skip
    again = await ask("POST", "models/other/deploy", {"run_id": run_id})
    assert again.json["changed"] is True
    assert again.json["previous"] is None
    assert (await stream.until("model_deployed"))["data"]["name"] == "other"
    # Nothing changed, so nothing was told.
    assert len([m for m in stream.messages if m["type"] == "model_deployed"]) == told + 1
    assert again.status == 200, again.body
    assert (await ask("GET", "models/other")).json["versions"][0]["run_id"] == run_id
    same = await ask("POST", f"runs/{run_id}/register", {"name": "other"})
    assert same.json["version"] == 1
    artifact = await ask("GET", "models/digits/1/artifact")
    assert artifact.status == 200
    assert len(artifact.body) > 1000
    models = (await ask("GET", "models")).json["models"]
    assert {(model["name"], model["deployed"]) for model in models} == {
        ("digits", 1), ("other", 1)
    }  # fmt: skip
    assert (await ask("POST", "models/digits/deploy", {"version": 7})).status == 404
    assert (await ask("POST", "models/digits/deploy", {})).status == 400


@pytest.mark.timeout(120)
@pytest.mark.slow
async def test_file_below_the_root_directory_is_trained_on(
    ask: Any, jp_root_dir: Any, until_ended: Any
) -> None:
    folder = jp_root_dir / "data"
    folder.mkdir()
    rows = "\n".join(f"{i % 7},{i % 3},{'yes' if i % 7 > 3 else 'no'}" for i in range(200))
    (folder / "rows.csv").write_text(f"a,b,label\n{rows}\n")
    run = await start(
        ask,
        dataset={"source": "file", "path": "data/rows.csv", "target": "label"},
        estimator={"class": "sklearn.tree.DecisionTreeClassifier"},
    )
    state = await until_ended(run["run_id"])
    assert state["status"] == "completed", state["error"]
    assert state["result"]["test"]["accuracy"] == 1.0
    assert state["result"]["classes"] == ["no", "yes"]


@pytest.mark.timeout(120)
async def test_killed_worker_or_keeper_is_a_failure_with_its_reason_within_two_seconds(
    ask: Any, open_stream: Any, services: Any, scaled: Any, jp_serverapp: Any
) -> None:
    stream = await open_stream()
    assert not jp_serverapp.extension_manager.any_activity()
    runs = [(await start(ask, LONG))["run_id"] for _ in range(2)]
    for run_id in runs:
        await until_training(stream, run_id)
    assert jp_serverapp.extension_manager.any_activity()  # no culler takes this for idle
    for run_id, victim, reason in (
        (runs[0], "worker", "worker_killed"),
        (runs[1], "keeper", "keeper_killed"),
    ):
        directory = services.data.run(run_id)
        worker = json.loads(directory.worker_file.read_text())["pid"]
        keeper = json.loads(directory.keeper_file.read_text())["pid"]
        os.kill(worker if victim == "worker" else keeper, signal.SIGKILL)
        killed = time.monotonic()
        failed = await stream.until("training_failed")
        assert time.monotonic() - killed < scaled(2.0)
        assert failed["run_id"] == run_id
        assert (failed["data"]["error"]["reason"], failed["data"]["error"]["stage"]) == (
            reason, "train",
        )  # fmt: skip
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


@pytest.mark.timeout(120)
async def test_stop_keeps_the_best_so_far_and_cancel_drops_it(
    ask: Any, open_stream: Any, until_ended: Any, scaled: Any
) -> None:
    stream = await open_stream()
    run_id = (await start(ask, LONG))["run_id"]
    second = (await start(ask, LONG))["run_id"]
    assert (await ask("POST", f"runs/{run_id}/stop", {"now": 1})).status == 400
    early = await ask("POST", f"runs/{run_id}/stop")
    assert (early.status, early.json["reason"]) == (409, "nothing_to_keep")
    await until_training(stream, run_id)
    await until_training(stream, second)
    assert (await ask("DELETE", f"runs/{run_id}")).json["reason"] == "run_going_on"
    stopping = await ask("POST", f"runs/{run_id}/stop")
    assert (stopping.status, stopping.json["status"]) == (202, "stopping")
    again = await ask("POST", f"runs/{run_id}/stop")
    assert again.status in (202, 409)  # 409 only where it has ended meanwhile
    asked = time.monotonic()
    assert (await ask("POST", f"runs/{second}/cancel")).status == 202
    # Whoever stops what is being dropped learns the state; unless it has ended meanwhile.
    late = await ask("POST", f"runs/{second}/stop")
    assert (late.status, late.json.get("status", late.json.get("reason"))) in (
        (202, "stopping"), (202, "cancelled"), (409, "run_has_ended"),
    )  # fmt: skip
    await stream.until("training_cancelled")
    assert time.monotonic() - asked < scaled(2.5)
    state = await until_ended(run_id)
    assert (state["status"], state["result"]["stopped"]) == ("completed", True)
    assert (await ask("POST", f"runs/{run_id}/cancel")).json["reason"] == "run_has_ended"
    again = await ask("POST", f"runs/{run_id}/stop")
    assert (again.status, again.json["status"]) == (202, "completed")
    again = await ask("POST", f"runs/{second}/cancel")
    assert (again.status, again.json["status"]) == (202, "cancelled")
    assert (await ask("POST", f"runs/{second}/stop")).json["reason"] == "run_has_ended"
    asked_for = [m for m in stream.messages if m["type"] == "training_stopping"]
    assert len([m for m in asked_for if m["run_id"] == run_id]) == 1
    dropped = [m["data"]["action"] for m in asked_for if m["run_id"] == second]
    assert dropped == ["cancel"]


@pytest.mark.slow
async def test_run_whose_directory_is_broken_fails_and_keeps_no_other_waiting(
    ask: Any, services: Any, until_ended: Any
) -> None:
    services.queue._max_concurrent = 0  # nothing starts yet
    broken = (await start(ask))["run_id"]
    healthy = (await start(ask))["run_id"]
    (services.data.run(broken).path / "request.json").write_text("{")
    services.queue._max_concurrent = 2
    state = await until_ended(broken, 10)
    assert (state["status"], state["error"]["reason"]) == ("failed", "keeper_not_started")
    assert (await until_ended(healthy))["status"] == "completed"


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_runs_wait_for_room_and_a_waiting_one_can_be_cancelled(
    ask: Any, services: Any, until_ended: Any
) -> None:
    services.queue._max_concurrent = 1
    first = (await start(ask, LONG))["run_id"]
    second = (await start(ask))["run_id"]
    third = (await start(ask))["run_id"]
    await asyncio.sleep(1.2)
    waiting = [(await ask("GET", f"runs/{run_id}")).json for run_id in (first, second, third)]
    assert [state["status"] for state in waiting] == ["running", "queued", "queued"]
    assert [state["queue_place"] for state in waiting] == [None, 1, 2]
    listed = (await ask("GET", "runs")).json["runs"] + (await ask("GET", "status")).json["runs"]
    assert [run["queue_place"] for run in listed] == [2, 1, None] * 2
    assert (await ask("POST", f"runs/{third}/cancel")).status == 202
    assert (await until_ended(third, 5))["status"] == "cancelled"
    assert (await ask("POST", f"runs/{first}/cancel")).status == 202
    assert (await until_ended(second))["status"] == "completed"
    assert (await until_ended(first))["status"] == "cancelled"


@pytest.mark.timeout(120)
async def test_repeated_post_with_the_same_key_answers_with_the_first_run(
    ask: Any, services: Any
) -> None:
    services.queue.stop(interrupt=False)  # the runs stay queued: this is about the requests
    headers = {"Idempotency-Key": "k-1"}
    both = await asyncio.gather(
        *(ask("POST", "runs", DIGITS, headers=dict(headers)) for _ in range(5))
    )
    assert {answer.status for answer in both} == {201}
    assert len({answer.json["run_id"] for answer in both}) == 1
    # Also when what it was to be trained on is gone.
    file = services.options.root_dir / "rows.csv"
    file.write_text("a,label\n" + "\n".join(f"{i},{i % 2}" for i in range(40)))
    body = {**DIGITS, "dataset": {"source": "file", "path": "rows.csv", "target": "label"}}
    first = await ask("POST", "runs", body, headers={"Idempotency-Key": "k-2"})
    file.unlink()
    again = await ask("POST", "runs", body, headers={"Idempotency-Key": "k-2"})
    assert (again.status, again.json["run_id"]) == (201, first.json["run_id"])
    other = await ask("POST", "runs", {**DIGITS, "name": "other"}, headers=dict(headers))
    assert (other.status, other.json["reason"]) == (409, "conflict")
    assert len(services.data.run_ids()) == 2


async def cancel_and_delete(ask: Any, run_id: str) -> None:
    assert (await ask("POST", f"runs/{run_id}/cancel")).status == 202
    assert (await ask("DELETE", f"runs/{run_id}")).status == 204


async def test_key_of_a_deleted_run_makes_a_new_one_and_no_orphan(ask: Any, services: Any) -> None:
    services.queue.stop(interrupt=False)
    headers = {"Idempotency-Key": "k"}
    seen = set()
    for _ in range(3):
        both = await asyncio.gather(
            *(ask("POST", "runs", DIGITS, headers=dict(headers)) for _ in range(4))
        )
        assert {answer.status for answer in both} == {201}
        assert len({answer.json["run_id"] for answer in both}) == 1
        run_id = both[0].json["run_id"]
        assert both[0].headers["Location"].endswith(f"/runs/{run_id}")
        assert run_id not in seen
        assert services.data.run_ids() == [run_id]
        assert [run["run_id"] for run in (await ask("GET", "runs")).json["runs"]] == [run_id]
        # The key is still that of this request alone.
        other = await ask("POST", "runs", {**DIGITS, "name": "x"}, headers=dict(headers))
        assert (other.status, other.json["reason"]) == (409, "conflict")
        seen.add(run_id)
        await cancel_and_delete(ask, run_id)
    assert services.data.run_ids() == []


async def test_repeated_post_while_its_run_is_deleted_leaves_one_run_or_none(
    ask: Any, services: Any
) -> None:
    services.queue.stop(interrupt=False)
    headers = {"Idempotency-Key": "k"}
    first = (await ask("POST", "runs", DIGITS, headers=dict(headers))).json["run_id"]
    assert (await ask("POST", f"runs/{first}/cancel")).status == 202
    gone, again = await asyncio.gather(
        ask("DELETE", f"runs/{first}"), ask("POST", "runs", DIGITS, headers=dict(headers))
    )
    assert gone.status == 204
    known = [run["run_id"] for run in (await ask("GET", "runs")).json["runs"]]
    assert services.data.run_ids() == known
    assert first not in known
    # It was answered with the first run just before that went, or with a new one.
    assert (again.status, known) in ((404, []), (201, []), (201, [again.json.get("run_id")]))


async def test_runs_are_paged_filtered_renamed_and_deleted(
    ask: Any, services: Any, open_stream: Any
) -> None:
    services.queue.stop(interrupt=False)
    for index in range(5):
        await start(ask, name=f"run {index}", tags=["even" if index % 2 == 0 else "odd"])
    first = (await ask("GET", "runs", params={"limit": 2})).json
    second = (await ask("GET", "runs", params={"limit": 10, "before": first["next"]})).json
    ids = [run["run_id"] for run in first["runs"] + second["runs"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 5
    assert second["next"] is None
    tagged = (await ask("GET", "runs", params={"tag": "even", "status": "queued"})).json["runs"]
    assert len(tagged) == 3
    changed = await ask("PATCH", f"runs/{ids[0]}", {"name": "new", "notes": "n", "tags": ["t"]})
    assert (changed.json["name"], changed.json["notes"], changed.json["tags"]) == (
        "new",
        "n",
        ["t"],
    )
    assert (await ask("PATCH", f"runs/{ids[0]}", {"name": ""})).status == 400
    assert (await ask("DELETE", f"runs/{ids[0]}")).status == 409
    await ask("POST", f"runs/{ids[0]}/cancel")
    for _ in range(50):
        if (await ask("GET", f"runs/{ids[0]}")).json["status"] == "cancelled":
            break
        await asyncio.sleep(0.05)
    stream = await open_stream()
    assert (await ask("DELETE", f"runs/{ids[0]}")).status == 204
    assert (await stream.until("run_deleted"))["run_id"] == ids[0]
    assert (await ask("GET", f"runs/{ids[0]}")).status == 404
    assert not (services.data.runs / ids[0]).exists()
    # What is left of it in the log does not break anyone who catches up.
    everything = (await ask("GET", "events", params={"since": 0, "limit": 5000})).json
    offsets = [event["offset"] for event in everything["events"]]
    assert offsets == list(range(1, everything["head"] + 1))


async def test_activity_is_paged(ask: Any) -> None:
    for index in range(5):
        await ask("POST", "activity", {"text": f"note {index}", "level": "warning"})
    page = (await ask("GET", "activity", params={"limit": 3, "level": "warning"})).json
    assert [line["text"] for line in page["activity"]] == ["note 4", "note 3", "note 2"]
    rest = (await ask("GET", "activity", params={"before": page["next"], "kind": "note"})).json
    assert [line["text"] for line in rest["activity"]] == ["note 1", "note 0"]
    assert rest["next"] is None


async def test_activity_of_one_run_is_paged_alone(ask: Any) -> None:
    ids = []
    for name in ("first", "second"):
        answer = await ask("POST", "runs", {"kind": "external", "name": name})
        ids.append(answer.json["run_id"])
    for index in range(4):
        note = {"text": f"note {index}", "run_id": ids[index % 2]}
        assert (await ask("POST", "activity", note)).status == 201
    asked = {"run_id": ids[0], "kind": "note", "limit": 1}
    page = (await ask("GET", "activity", params=asked)).json
    assert [line["text"] for line in page["activity"]] == ["note 2"]
    rest = (await ask("GET", "activity", params={**asked, "before": page["next"]})).json
    assert ([line["text"] for line in rest["activity"]], rest["next"]) == (["note 0"], None)
    lines = (await ask("GET", "activity", params={"run_id": ids[1]})).json["activity"]
    assert {line["run_id"] for line in lines} == {ids[1]}
    assert "second was queued" in [line["text"] for line in lines]
    unknown = await ask("GET", "activity", params={"run_id": "20260101-000000-00000000"})
    assert (unknown.status, unknown.json["reason"]) == (404, "unknown_run")


async def test_answer_to_a_note_is_the_note_as_the_feed_has_it(ask: Any) -> None:
    kept = await ask("POST", "activity", {"text": "seen"})
    assert kept.status == 201
    (line,) = (await ask("GET", "activity", params={"kind": "note"})).json["activity"]
    assert {key: line[key] for key in kept.json} == kept.json
    (event,) = [
        event
        for event in (await ask("GET", "events", params={"since": 0})).json["events"]
        if event["data"].get("kind") == "note"
    ]
    assert event["time"] == kept.json["time"]


async def test_what_a_run_can_name_is_listed(ask: Any) -> None:
    datasets = (await ask("GET", "datasets")).json["datasets"]
    assert {"name", "rows", "columns", "task"} <= set(datasets[0])
    assert "digits" in {found["name"] for found in datasets}
    estimators = (await ask("GET", "estimators")).json["estimators"]
    classes = {found["class"] for found in estimators}
    assert any(name.endswith("RandomForestClassifier") for name in classes)


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_runs_start_in_the_order_in_which_they_were_queued(
    ask: Any, open_stream: Any, services: Any, until_ended: Any
) -> None:
    services.queue._max_concurrent = 1
    stream = await open_stream()
    tree = {"class": "sklearn.tree.DecisionTreeClassifier"}
    queued = [(await start(ask, estimator=tree))["run_id"] for _ in range(4)]
    started = [(await stream.until("training_started"))["run_id"] for _ in queued]
    assert started == queued
    await until_ended(queued[-1])


@pytest.mark.slow
async def test_cancel_of_a_queued_run_is_answered_alike_however_often_it_comes(
    ask: Any, services: Any, until_ended: Any
) -> None:
    running = [await start(ask, LONG) for _ in range(services.options.max_concurrent_runs)]
    waiting = (await start(ask, LONG))["run_id"]
    answers = await asyncio.gather(*(ask("POST", f"runs/{waiting}/cancel") for _ in range(8)))
    assert [(a.status, a.json["status"]) for a in answers] == [(202, "cancelled")] * 8
    told = await ask("GET", "activity", params={"kind": "training_cancelled"})
    assert [line["run_id"] for line in told.json["activity"]].count(waiting) == 1
    for run in running:
        await ask("POST", f"runs/{run['run_id']}/cancel")
    for run in running:
        await until_ended(run["run_id"])
    whole = await start(ask, {**DIGITS, "dataset": {"source": "sklearn", "name": "iris"}})
    assert (await until_ended(whole["run_id"]))["status"] == "completed"
    for action in ("stop", "cancel"):
        answer = await ask("POST", f"runs/{whole['run_id']}/{action}")
        assert (answer.status, answer.json["reason"]) == (409, "run_has_ended")
