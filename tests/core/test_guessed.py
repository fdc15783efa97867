"""What of a run's progress is an estimate, and that a person is told so."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from jupyter_progress.cli import runs
from jupyter_progress.cli.terminal import draw_run
from jupyter_progress.cli.watching import _line
from jupyter_progress.core.guessed import is_guessed, percent
from jupyter_progress.core.state import RunState
from jupyter_progress.core.view import View
from jupyter_progress.panel.report import report_html, report_line

CASES = json.loads((Path(__file__).parent.parent / "fixtures" / "guessed.json").read_text())


def state(run: dict[str, Any]) -> RunState:
    stages = [{"title": "Train", **stage} for stage in run["stages"]]
    whole = {"run_id": "r", "name": "svc", "kind": "pipeline", **run, "stages": stages}
    return msgspec.convert(whole, RunState, strict=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_progress_by_the_clock_is_marked_in_every_text(case: dict[str, Any]) -> None:
    run = state(case["run"])
    assert is_guessed(run) == case["guessed"]
    assert percent(run).startswith("~") == case["guessed"]
    assert ("~40 %" in report_line(run)) == case["guessed"]
    assert ("about 40 percent, judged by earlier runs" in report_html(run)) == case["guessed"]
    assert ("running ~40 %" in runs._status(run).plain) == case["guessed"]
    assert ("~40.0 %" in _line(run, View(), "live").plain) == case["guessed"]
    console = Console(file=io.StringIO(), width=120)
    view = View()
    view.runs[run.run_id] = run
    console.print(draw_run(view, run.run_id, [], "live"))
    assert ("~40" in console.file.getvalue()) == case["guessed"]


def test_whole_percents_are_cut_so_that_a_run_under_way_is_never_at_all_of_it() -> None:
    run = state({**CASES[1]["run"], "progress": 99.7})
    assert percent(run) == "99 %"
    assert 'aria-label="99 percent"' in report_html(run)
