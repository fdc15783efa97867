"""Runs that train elsewhere: announced, told of by POST, shown like every other one."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.errors import UnknownRun
from jupyter_progress.server import external_runs
from jupyter_progress.store.foreign_journal import append_lines, last_kept
from jupyter_progress.store.journal_reader import read_journal
from jupyter_progress.store.layout import RunDirectory

ANNOUNCED = {"kind": "external", "name": "elsewhere", "stages": ["load", "fit"], "tags": ["gpu"]}
NOW = "2026-11-22T09:30:00Z"


def event(sequence: int, type: str, time: str = NOW, **data: Any) -> dict[str, Any]:
    return {"sequence": sequence, "type": type, "time": time, "data": data}


STORY = [
    event(1, "training_started"),
    event(2, "stage_started", stage="load", title="Load", index=0),
    event(3, "stage_completed", stage="load", title="Load", index=0, elapsed_s=0.5),
    event(4, "stage_started", stage="fit", title="Fit", index=1),
    event(5, "metrics_appended", series={"loss": [[1, 0.5], [2, 0.25], [3, None]]}),
    event(6, "training_progress", stage_progress=50.0, step=2, total_steps=4,
          live_score={"name": "r2", "value": 0.5}),
    event(7, "candidate_completed", candidate=0, params={"C": 1}, scores=[0.5], mean=0.5),
    event(8, "stage_completed", stage="fit", title="Fit", index=1, elapsed_s=2.0),
    event(9, "training_completed", result={"test": {"accuracy": 0.9}}, elapsed_time=3.0),
    event(10, "activity_update", level="success", kind="training_completed", text="done"),
]  # fmt: skip


@pytest.fixture
def producer(ask: Any) -> Any:
    """``await producer()``: a run, and a call that sends its events with its token alone."""

    async def announce(**change: Any) -> Any:
        answer = await ask("POST", "runs", {**ANNOUNCED, **change})
        assert answer.status == 201, answer.body
        run_id, token = answer.json["run_id"], answer.json["token"]
        assert answer.headers["Location"].endswith(f"/runs/{run_id}")
        assert len(token) >= 43

        async def send(*events: dict[str, Any], writer: str = "a1", run: str = run_id) -> Any:
            return await ask(
                "POST",
                f"runs/{run}/events",
                {"writer": writer, "events": events},
                headers={"Authorization": f"Bearer {token}"},
            )

        send.run_id, send.token = run_id, token  # type: ignore[attr-defined]
        return send

    return announce


async def test_run_elsewhere_is_told_live_and_kept(
    ask: Any, producer: Any, open_stream: Any, services: Any
) -> None:
    stream = await open_stream()
    send = await producer()
    state = (await ask("GET", f"runs/{send.run_id}")).json
    assert (state["status"], state["kind"], state["tags"]) == ("queued", "external", ["gpu"])
    answer = await send(*STORY[:6])
    assert (answer.status, answer.json) == (200, {"sequence": 6, "asked": None, "asked_by": ""})
    await stream.until("metrics_appended")
    state = (await ask("GET", f"runs/{send.run_id}")).json
    assert (state["status"], state["current_stage"]) == ("running", "fit")
    assert [stage["id"] for stage in state["stages"]] == ["load", "fit"]
    assert (state["step"], state["stage_progress"]) == (2, 50.0)
    assert state["live_score"] == {"name": "r2", "value": 0.5}
    assert (await send(*STORY[6:])).json["sequence"] == 10
    assert (await stream.until("training_completed"))["run_id"] == send.run_id
    state = (await ask("GET", f"runs/{send.run_id}")).json
    assert (state["status"], state["result"]["test"]) == ("completed", {"accuracy": 0.9})
    series = (await ask("GET", f"runs/{send.run_id}/metrics")).json["series"]
    assert series["loss"] == [[1, 0.5], [2, 0.25], [3, None]]
    # The producer's clock is days behind: what it followed stands before it all the same.
    kept = read_journal(services.data.run(send.run_id).journal("remote-a1"))
    assert kept.lines[0].follows == {f"server-{services.slot}": 2}
    assert [line.sequence for line in kept.lines] == list(range(1, 11))


async def test_repeats_are_ignored_and_a_gap_is_refused(producer: Any) -> None:
    send = await producer()
    assert (await send(*STORY[:4])).json["sequence"] == 4
    assert (await send(*STORY[1:5])).json["sequence"] == 5
    assert (await send(*STORY[:2])).json["sequence"] == 5
    answer = await send(STORY[6])
    assert (answer.status, answer.json["reason"]) == (409, "conflict")
    assert "the next sequence is 6" in answer.json["message"]
    answer = await send(STORY[0], writer="b2")
    assert answer.json["sequence"] == 1  # each writer counts for itself


async def test_two_at_once_on_one_writer_neither_repeat_nor_interleave(
    producer: Any, services: Any
) -> None:
    send = await producer()
    await send(STORY[0])
    points = [event(n, "metrics_appended", series={"a": [[n, 1.0]]}) for n in range(2, 62)]
    posts = [send(*points[at : at + 20]) for at in range(0, 41, 5) for _ in range(2)]
    await asyncio.gather(*posts)
    for at in range(0, 41, 5):  # who came before its turn comes again
        assert (await send(*points[at : at + 20])).status == 200
    part = read_journal(services.data.run(send.run_id).journal("remote-a1"))
    assert part.damaged == []
    assert [line.sequence for line in part.lines] == list(range(1, 62))


async def test_answer_tells_what_people_ask_and_an_ended_run_takes_no_more(
    ask: Any, producer: Any
) -> None:
    send = await producer()
    await send(*STORY[:2])
    assert (await ask("POST", f"runs/{send.run_id}/stop")).json["status"] == "stopping"
    assert (await send()).json["asked"] == "stop"
    await ask("POST", f"runs/{send.run_id}/cancel")
    assert (await send()).json["asked"] == "cancel"
    end = event(3, "training_cancelled", stage="load", elapsed_time=1.0)
    told = event(4, "activity_update", level="warning", kind="training_cancelled", text="over")
    assert (await send(end)).status == 200
    assert (await send(end, told)).json["sequence"] == 4
    for late in (told | {"sequence": 5}, event(5, "stage_started", stage="fit")):
        answer = await send(late)
        assert (answer.status, answer.json["reason"]) == (409, "run_has_ended")
    assert (await send(end, told)).status == 200  # its answer may have been lost
    assert (await send()).json["reason"] == "run_has_ended"
    assert (await ask("GET", f"runs/{send.run_id}")).json["status"] == "cancelled"


async def test_what_it_has_not_is_said_and_it_can_be_renamed_and_deleted(
    ask: Any, producer: Any
) -> None:
    send = await producer()
    path = f"runs/{send.run_id}"
    assert (await ask("DELETE", path)).json["reason"] == "run_going_on"
    await send(*STORY)
    answer = await ask("POST", f"{path}/register", {"name": "m"})
    assert (answer.status, answer.json["reason"]) == (409, "no_model")
    answer = await ask("POST", "models/m/deploy", {"run_id": send.run_id})
    assert (answer.status, answer.json["reason"]) == (409, "no_model")
    assert (await ask("GET", f"{path}/output")).json == {"text": ""}
    assert (await ask("PATCH", path, {"name": "renamed"})).json["name"] == "renamed"
    assert (await ask("DELETE", path)).status == 204
    assert (await send()).status == 403  # its token went with it


async def test_run_that_never_began_can_be_cancelled(ask: Any, producer: Any) -> None:
    send = await producer()
    answer = await send(event(1, "stage_started", stage="load"))
    assert (answer.status, answer.json["reason"]) == (409, "conflict")
    await ask("POST", f"runs/{send.run_id}/cancel")
    assert (await send(STORY[0])).json["reason"] == "run_has_ended"


async def test_interrupted_run_can_go_on(ask: Any, producer: Any) -> None:
    send = await producer()
    end = event(3, "training_interrupted", stage="load")
    await send(*STORY[:2])
    assert (await ask("POST", f"runs/{send.run_id}/stop")).status == 202
    assert (await send(end)).json["asked"] == "stop"
    answer = await send(event(4, "training_resumed"))
    assert (answer.status, answer.json["asked"]) == (200, None)  # that was before
    assert (await ask("GET", f"runs/{send.run_id}")).json["status"] == "running"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({"writer": "a"}, None),
        ({"writer": "../x", "events": []}, "writer"),
        ({"writer": "worker-1", "events": []}, "writer"),
        ({"writer": "a", "events": [], "token": "x"}, "token"),
        ({"writer": "a", "events": [event(0, "training_started")]}, "events[0].sequence"),
        ({"writer": "a", "events": [event(1, "training_queued")]}, "events[0].type"),
        ({"writer": "a", "events": [event(1, "run_deleted")]}, "events[0].type"),
        ({"writer": "a", "events": [event(1, "training_started", time="now")]}, "events[0].time"),
        ({"writer": "a", "events": [event(1, "training_started", kind="own")]},
         "events[0].data.kind"),
        ({"writer": "a", "events": [event(1, "training_started", stages=["x", "x"])]},
         "events[0].data.stages[1]"),
        ({"writer": "a", "events": [event(1, "training_progress", stage_progress=101)]},
         "events[0].data.stage_progress"),
        ({"writer": "a", "events": [event(1, "training_progress", step=10**40)]},
         "events[0].data.step"),
        ({"writer": "a", "events": [event(1, "metrics_appended", series={"a": [[1e20, 1]]})]},
         "events[0].data.series.a[0][0]"),
        ({"writer": "a", "events": [event(1, "metrics_appended", series={"a": [[2**53 + 1, 1]]})]},
         "events[0].data.series.a[0][0]: is 9007199254740993; expected a number from "
         "-9,007,199,254,740,992 to 9,007,199,254,740,992"),
        ({"writer": "a", "events": [event(10**30, "training_started")]},
         f"events[0].sequence: is {10**30}; expected 1 to 9,007,199,254,740,992"),
        ({"writer": "a", "events": [event(1, "metrics_appended", series={"a\n": [[1, 1]]})]},
         "events[0].data.series"),
        ({"writer": "a", "events": [event(1, "training_completed", result={"test": [1]})]},
         "events[0].data.result.test"),
        ({"writer": "a", "events": [event(1, "training_completed", result={"x": "y" * 300_000})]},
         "events[0].data"),
        ({"writer": "a", "events": [event(1, "activity_update", level="info", kind="health_changed",
                                          text="x")]}, "events[0].data.kind"),
    ],
)  # fmt: skip
async def test_what_cannot_be_right_is_refused_whole(
    ask: Any, producer: Any, services: Any, body: Any, field: str | None
) -> None:
    send = await producer()
    answer = await ask("POST", f"runs/{send.run_id}/events", body)
    if field is None:
        assert answer.status == 200  # a sign of life
        return
    assert answer.status == 400, answer.body
    assert answer.json["message"].startswith(field)
    assert not list(services.data.run(send.run_id).journals.glob("remote-*"))


async def test_bodies_that_are_no_json_numbers_are_refused(ask: Any, producer: Any) -> None:
    send = await producer()
    for body in (b"{", b"\xff", b'{"writer": "a", "events": [NaN]}', b"[" * 9000,
                 b'{"writer": "a", "events": [1e999]}'):  # fmt: skip
        answer = await ask("POST", f"runs/{send.run_id}/events", body)
        assert (answer.status, answer.json["reason"]) == (400, "malformed_body"), body


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"name": "a\x1bb"}, {"stages": ["a", "a"]}, {"stages": "a"}, {"tags": [1]},
     {"dataset": {}}, {"stages": ["x"] * 300}],
)  # fmt: skip
async def test_announcement_that_cannot_be_right_is_refused(ask: Any, change: Any) -> None:
    assert (await ask("POST", "runs", {**ANNOUNCED, **change})).status == 400


async def test_repeated_announcement_is_the_same_run_and_both_tokens_hold(
    ask: Any, producer: Any
) -> None:
    headers = {"Idempotency-Key": "once"}
    first = (await ask("POST", "runs", ANNOUNCED, headers=dict(headers))).json
    again = (await ask("POST", "runs", ANNOUNCED, headers=dict(headers))).json
    assert first["run_id"] == again["run_id"]
    assert first["token"] != again["token"]
    for at, token in enumerate((first["token"], again["token"]), 1):
        answer = await ask(
            "POST", f"runs/{first['run_id']}/events", {"writer": "a", "events": STORY[:at]},
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.json["sequence"] == at


async def test_events_of_a_run_that_trains_here_are_its_workers_alone(
    ask: Any, services: Any
) -> None:
    run_id = "20260101-000000-00000000"
    services.data.create_run(run_id, {"kind": "own", "name": "x"})
    answer = await ask("POST", f"runs/{run_id}/events", {"writer": "a", "events": []})
    assert (answer.status, answer.json["reason"]) == (409, "conflict")
    answer = await ask("POST", f"runs/{run_id[:-1]}1/events", {"writer": "a", "events": []})
    assert (answer.status, answer.json["reason"]) == (404, "unknown_run")


async def test_runs_token_opens_its_own_events_and_nothing_else(
    ask: Any, producer: Any, services: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    send, other = await producer(), await producer()
    assert (await send(STORY[0], run=other.run_id)).status == 403
    mine = f"runs/{send.run_id}"
    for method, path in (
        ("GET", "status"), ("GET", mine), ("POST", f"{mine}/cancel"), ("DELETE", mine),
        ("POST", "runs"), ("GET", f"{mine}/metrics"), ("GET", "events"), ("POST", "activity"),
    ):  # fmt: skip
        headers = {"Authorization": f"Bearer {send.token}"}
        answer = await ask(method, path, headers=headers)
        assert (answer.status, answer.json["reason"]) == (403, "denied"), (method, path)
    body = json.dumps({"writer": "a", "events": []}).encode()
    for headers, params in (
        ({"Authorization": f"token {send.token}"}, {}),
        ({"Authorization": "token none"}, {"token": send.token}),
        ({"Authorization": f"Bearer {send.token[:-1]}"}, {}),
        ({"Authorization": "Bearer "}, {}),
    ):
        answer = await ask("POST", f"{mine}/events", body, headers=headers, params=params)
        assert (answer.status, answer.json["reason"]) == (403, "denied"), headers
    await send(*STORY)
    told = json.dumps((await ask("GET", "events", params={"since": 0})).json) + caplog.text
    for path in services.data.path.rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o077 == 0, path
            told += path.read_bytes().decode("utf-8", "replace")
    assert send.run_id in told
    assert send.token not in told


async def test_silent_producer_fails_the_run(
    ask: Any, producer: Any, jp_serverapp: Any, services: Any
) -> None:
    assert services.external.silence_s == 1.0
    send, alive = await producer(), await producer()
    await send(*STORY[:2])
    await alive(*STORY[:2])
    deadline = time.monotonic() + 10
    while (await ask("GET", f"runs/{send.run_id}")).json["status"] == "running":
        assert time.monotonic() < deadline
        assert (await alive()).status == 200  # says nothing but that it lives
        await asyncio.sleep(0.2)
    state = (await ask("GET", f"runs/{send.run_id}")).json
    assert (state["status"], state["error"]["reason"]) == ("failed", "worker_silent")
    assert state["error"]["stage"] == "load"
    assert (await send(STORY[2])).json["reason"] == "run_has_ended"
    assert (await ask("GET", f"runs/{alive.run_id}")).json["status"] == "running"
    last = read_journal(services.data.run(send.run_id).journal(f"server-{services.slot}"))
    assert [line.follows for line in last.lines if line.type == "training_failed"] == [
        {"remote-a1": 2}
    ]


@pytest.fixture
def extension_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    is_short = request.node.name.startswith("test_silent")
    return {"external_silence_s": 1.0} if is_short else {}


def test_line_that_was_cut_short_was_never_kept(tmp_path: Path) -> None:
    from jupyter_progress.core.events import JournalLine

    path = tmp_path / "remote-a.jsonl"
    lines = [JournalLine(sequence=n, type="run_deleted", time=NOW) for n in (1, 2)]
    assert last_kept(path) == 0
    append_lines(path, lines)
    with path.open("ab") as file:
        file.write(b'{"sequence":3,"type":"ru')
    assert last_kept(path) == 2
    append_lines(path, [JournalLine(sequence=3, type="run_deleted", time=NOW)])
    assert [line.sequence for line in read_journal(path).lines] == [1, 2, 3]


async def test_series_with_a_comma_in_its_name_can_be_asked_for(ask: Any, producer: Any) -> None:
    send = await producer()
    points = {"a,b": [[2**53, 1.0]], "a": [[1, 2.0]], "b": [[1, 3.0]], "50%25": [[1, 4.0]]}
    assert (await send(STORY[0], event(2, "metrics_appended", series=points))).status == 200

    async def named(text: str) -> Any:
        path = f"runs/{send.run_id}/metrics"
        return (await ask("GET", path, params={"names": text})).json["series"]

    for _ in range(100):
        if await named("a"):
            break
        await asyncio.sleep(0.05)
    assert await named("a,b") == {"a": [[1, 2.0]], "b": [[1, 3.0]]}
    assert await named("a%2Cb") == {"a,b": [[2**53, 1.0]]}
    assert set(await named("a%2Cb,50%2525,b")) == {"a,b", "50%25", "b"}


async def test_text_that_turns_is_spelled_out_or_refused(ask: Any, producer: Any) -> None:
    send = await producer()
    error = {"type": "E", "message": "gpj\u202e.exe", "reason": "training_error"}
    assert (await send(STORY[0], event(2, "training_failed", error=error))).status == 200
    state = (await ask("GET", f"runs/{send.run_id}")).json
    assert state["error"]["message"] == r"gpj\u202e.exe"
    error["type"] = "E\u2066"
    refused = await send(event(3, "training_failed", error=error))
    assert r"error.type: holds the control character '\u2066'" in refused.json["message"]


class DeletedAt:
    """A run that somebody deletes when its events have come to a certain step."""

    def __init__(self, services: Any, step: int) -> None:
        self._services, self._left = services, step
        self.run_id = ""

    def pass_by(self, call: Any) -> Any:
        def passed(*arguments: Any, **named: Any) -> Any:
            if self._left == 0:
                self._services.data.run(self.run_id).delete()
            self._left -= 1
            return call(*arguments, **named)

        return passed


@pytest.mark.parametrize("step", range(6))
async def test_events_of_a_run_that_is_deleted_meanwhile_are_those_of_no_run(
    producer: Any, services: Any, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = await producer()
    assert (await send(STORY[0])).status == 200
    deleted = DeletedAt(services, step)
    deleted.run_id = send.run_id
    for name in ("one_at_a_time", "last_kept", "append_lines", "asked_of"):
        monkeypatch.setattr(external_runs, name, deleted.pass_by(getattr(external_runs, name)))
    silence = services.external._silence
    monkeypatch.setattr(silence, "hear", deleted.pass_by(silence.hear))
    monkeypatch.setattr(RunDirectory, "request", deleted.pass_by(RunDirectory.request))
    answer = await send(STORY[1])
    told = (answer.status, answer.json.get("reason"))
    # After the last step all was kept before the run was gone.
    assert told == ((404, "unknown_run") if step < 5 else (200, None))
    assert not (services.data.runs / send.run_id).exists()


async def test_fact_about_a_run_that_is_deleted_meanwhile_is_about_no_run(
    producer: Any, services: Any
) -> None:
    send = await producer()
    directory = services.data.run(send.run_id)
    directory.delete()
    with pytest.raises(UnknownRun):
        services.facts.about_run(directory, "run_updated", {"name": "late"}, name="late")
