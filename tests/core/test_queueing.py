"""Places in the queue, and their words."""

from __future__ import annotations

import io
import json
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from jupyter_progress.cli.terminal import draw_run
from jupyter_progress.core.ending import status_words
from jupyter_progress.core.queueing import place_words, waiting_words
from jupyter_progress.core.state import RunState
from jupyter_progress.core.view import View
from jupyter_progress.core.wire import ServerFacts

from .streams import golden, replay

WAITING = json.loads((Path(__file__).parent.parent / "fixtures" / "waiting.json").read_text())


@pytest.mark.parametrize(
    ("place", "words"),
    [(1, "next"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (22, "22nd"), (101, "101st"), (111, "111th"), (1002, "1,002nd")],
)  # fmt: skip
def test_places_are_told_as_a_person_counts(place, words):
    assert place_words(place) == f"{words} in the queue"


def test_runs_move_up_as_those_before_them_leave():
    messages = golden("queue")["messages"]
    seen = []
    for count in range(1, len(messages) + 1):
        runs = replay(messages[:count])[0].runs.values()
        seen.append({run.name: run.queue_place for run in runs if run.queue_place is not None})
    assert {"run 0": 1, "run 1": 2, "run 2": 3} in seen
    assert seen[-1] == {"run 2": 1, "last": 2}
    last = next(run for run in runs if run.name == "last")
    assert status_words(last) == "queued, 2nd in the queue"


def queued(facts: dict) -> RunState:
    run = {"name": facts["run_id"], "kind": "pipeline", "status": "queued", **facts}
    return msgspec.convert(run, RunState, strict=False)


@pytest.mark.parametrize("case", WAITING, ids=lambda case: case["name"])
def test_queued_run_says_what_it_waits_for(case):
    run, others = queued(case["run"]), [queued(facts) for facts in case["others"]]
    assert waiting_words(run, [*others, run], case["at_once"]) == case["words"]
    assert waiting_words(run, others, case["at_once"]) == case["words"]
    view = View()
    view.runs = {known.run_id: known for known in [*others, run]}
    if case["at_once"] is not None:
        view.server = ServerFacts(version="1", max_concurrent_runs=case["at_once"])
    assert case["words"] in drawn(view)


def test_a_view_of_one_run_does_not_guess_what_it_waits_for():
    view = View()
    view.knows_queue = False
    view.runs = {"me": queued({"run_id": "me"})}
    assert "Starts in a moment" not in drawn(view)


def drawn(view: View) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(draw_run(view, "me", [], "live"))
    return console.file.getvalue()
