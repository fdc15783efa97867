"""The words of the feed; `frontend/tests/model/words.test.ts` holds the views to the same file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.core.activity import activity_for, headline, within_run
from jupyter_progress.core.durations import duration, estimate
from jupyter_progress.core.ending import status_words, stopped_early
from jupyter_progress.core.figures import figure, metric_words, name_within
from jupyter_progress.core.state import RunState

WORDS = json.loads((Path(__file__).parent.parent / "fixtures" / "words.json").read_text("utf-8"))


@pytest.mark.parametrize(("value", "words"), WORDS["durations"])
def test_duration_is_as_precise_as_it_tells_something(value: float, words: str) -> None:
    assert duration(value) == words


@pytest.mark.parametrize("value", [None, "5", True, float("nan"), float("inf")])
def test_duration_that_is_no_number_of_seconds_is_unknown(value: object) -> None:
    assert duration(value) == "unknown time"


@pytest.mark.parametrize(("name", "value", "words"), WORDS["metrics"])
def test_metric_is_written_as_in_the_panel(name: str, value: object, words: str) -> None:
    assert metric_words(name, value) == words


@pytest.mark.parametrize(("value", "words"), WORDS["returned"])
def test_value_of_a_function_is_told_in_a_few_words(value: Any, words: str) -> None:
    assert headline({"metrics": {}, "stopped": False, "value": value}) == words


def test_name_within_a_line_keeps_its_capitals_where_it_is_one() -> None:
    names = ("accuracy", "r2", "f1_macro", "balanced_accuracy", "mae", "x")
    assert [name_within(name) for name in names] == [
        "accuracy", "R²", "F1 (macro)", "balanced accuracy", "MAE", "X"
    ]  # fmt: skip


def test_figure_that_is_no_number_is_unknown() -> None:
    assert [figure(value) for value in (float("nan"), float("inf"), {})] == ["–"] * 3


def ended(result: dict[str, object], **more: object) -> RunState:
    return RunState(run_id="r", status="completed", result=result, **more)


def test_run_that_was_stopped_is_told_from_a_complete_one() -> None:
    steps = {"done": 371, "total": 30_000}
    words = "completed, stopped early (371 of 30,000 steps)"
    assert status_words(ended({"stopped": True, "steps": steps})) == words
    assert status_words(ended({"stopped": True}, step=371, total_steps=30_000)) == words
    assert status_words(ended({"stopped": True, "steps": None})) == "completed, stopped early"
    assert stopped_early(ended({"stopped": True, "steps": {"done": 1, "total": None}})) == (
        "stopped early (1 step)"
    )
    assert status_words(ended({"stopped": False, "steps": steps}, step=371)) == "completed"


@pytest.mark.parametrize(("kind", "name", "text", "words"), WORDS["lines"])
def test_line_leaves_the_name_out_where_it_stands_above(
    kind: str, name: str, text: str, words: str
) -> None:
    assert within_run(text, kind, name) == words


def test_stage_of_no_time_is_told_as_the_table_of_stages_tells_it() -> None:
    told = activity_for("stage_completed", {"title": "Split data", "elapsed_s": 0.0}, "digits")
    assert told is not None
    assert told["text"] == "digits: Split data done in <0.01 s"


def test_estimate_claims_no_more_than_whole_seconds() -> None:
    assert [estimate(s) for s in (0.0, 0.9, 1.2, 59.7, 185)] == [
        "<1 s", "<1 s", "~1 s", "~1 min 00 s", "~3 min 05 s"
    ]  # fmt: skip
