"""The golden streams, in Python; ``frontend/src/model`` has the same test in TypeScript."""

from __future__ import annotations

import json

import msgspec
import pytest

from jupyter_progress.core.wire import Message

from .streams import FOLDER, RUN, STREAMS, golden, known_by, replay


@pytest.mark.parametrize("name", STREAMS)
def test_stream_reduces_to_the_golden_state(name: str) -> None:
    written = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    view, applied = replay(written["messages"])
    assert {"applied": applied, **known_by(view)} == written["expected"]


@pytest.mark.parametrize("name", STREAMS)
def test_golden_file_is_what_the_builder_writes(name: str) -> None:
    written = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(golden(name)))


def test_no_golden_file_is_without_a_builder() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(STREAMS)


@pytest.mark.parametrize("name", STREAMS)
def test_stream_told_twice_from_any_point_changes_nothing(name: str) -> None:
    messages = golden(name)["messages"]
    view, _ = replay(messages)
    before = known_by(view)
    again = [message for message in messages if message["type"] not in ("hello", "snapshot")]
    for message in again:
        if message.get("offset") is not None and message["offset"] > view.offset:
            continue
        view.apply(msgspec.convert(message, Message))
    assert known_by(view) == before


def test_whole_run_says_what_a_person_would_read() -> None:
    view, _ = replay(golden("whole_run")["messages"])
    run = view.runs[RUN]
    assert run.status == "completed"
    assert run.progress == 100.0
    assert run.stages_completed[-1] == "save_model"
    assert run.live_accuracy == 0.9
    assert run.result is not None
    assert run.result["test"]["accuracy"] == 0.96
    assert view.models["digits"].deployed == 1


def test_snapshot_older_than_the_view_is_not_taken() -> None:
    view, _ = replay(golden("whole_run")["messages"])
    old = golden("whole_run")["messages"][1]
    assert view.apply(msgspec.convert(old, Message)).value == "ignored"
    assert view.runs[RUN].status == "completed"
