"""The static report: complete, without scripts, and safe whatever a run is called."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import bleach
import msgspec
import pytest
from nbconvert.filters.strings import clean_html

from jupyter_progress.core.candidates import CandidateRow
from jupyter_progress.core.state import LiveScore, RunState, StageState
from jupyter_progress.core.wire import Activity
from jupyter_progress.panel.assets import loader_source
from jupyter_progress.panel.bundle import (
    MIME_TYPE,
    WIDGET_VIEW,
    mime_bundle,
    mime_data,
    saved_state,
    static_forms,
)
from jupyter_progress.panel.report import (
    everything_html,
    report_html,
    report_text,
    runs_table,
)

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>&\'"'
RUN_ID = "20260101-000000-00000001"


class Tags(HTMLParser):
    """Collects what a browser would make of the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def hostile() -> RunState:
    """A failed run in which everything that somebody wrote is an attack."""
    error = {
        "type": HOSTILE,
        "message": HOSTILE,
        "stage": HOSTILE,
        "traceback": HOSTILE,
        "hint": HOSTILE,
    }
    return RunState(
        run_id=RUN_ID,
        name=HOSTILE,
        status="failed",
        stages=[StageState(id="train", title=HOSTILE, status="failed", elapsed_s=1.0)],
        live_score=LiveScore(name=HOSTILE, value=0.5),
        error=error,
        updated_time="2026-01-01T00:00:01.000Z",
    )


def test_hostile_text_stays_text(hostile: RunState) -> None:
    activity = [
        Activity(
            id="1",
            time="2026-01-01T00:00:00.000Z",
            level="info",
            kind="note",
            text=HOSTILE,
            run_id=RUN_ID,
        )
    ]
    for text in (
        report_html(hostile, activity, [[1, 0.1], [2, 0.2]]),
        everything_html([hostile]),
        runs_table([hostile]),
    ):
        seen = Tags(text)
        assert not {"script", "img"} & set(seen.found)
        assert not [name for name in seen.attributes if name.startswith("on")]
        assert HOSTILE in seen.text


def test_report_of_a_completed_run_has_its_figures() -> None:
    run = RunState(
        run_id=RUN_ID,
        name="digits",
        status="completed",
        progress=100.0,
        elapsed_time=75.0,
        stages=[StageState(id="train", title="Train", status="completed", elapsed_s=70.0)],
        result={"test": {"accuracy": 0.9722, "f1_macro": None}, "rows": {"test": 360}},
    )
    html, text = Tags(report_html(run)).text, report_text(run)
    for words in ("digits", "completed", "1 min 15 s", "0.9722"):
        assert words in html
        assert words in text
    assert "✓ Train" in text


def test_bundle_has_a_form_for_every_front_end(hostile: RunState) -> None:
    own = mime_data(RUN_ID, hostile, [], log_id="a", time="2026-01-01T00:00:02.000Z")
    static = static_forms(RUN_ID, hostile, [hostile], [])
    bundle = mime_bundle(own, static, "m")
    assert set(bundle) == {MIME_TYPE, WIDGET_VIEW, "text/html", "text/plain"}
    assert set(mime_bundle(own, static, None)) == {MIME_TYPE, "text/html", "text/plain"}
    assert bundle[MIME_TYPE]["version"] == 1
    assert bundle[MIME_TYPE]["snapshot"]["run_id"] == RUN_ID
    assert bundle[WIDGET_VIEW]["model_id"] == "m"


def large(kind: str) -> RunState:
    """A run of which one thing is far larger than anybody would read."""
    long = "x" * 10**6
    many = {f"metric {number}": 0.5 for number in range(20_000)}
    stages = [
        StageState(id=f"{number}", title=long, status="completed", elapsed_s=1.0)
        for number in range(2_000)
    ]
    wide = [[number] * 300 for number in range(300)]
    more: dict[str, dict[str, Any]] = {
        "error": {
            "status": "failed",
            "error": dict.fromkeys(("type", "message", "traceback", "output", "hint"), long),
        },
        "name": {"name": long, "notes": long, "tags": [long] * 1_000},
        "stages": {"status": "running", "stages": stages, "current_stage": "0"},
        "metrics": {"status": "completed", "metrics": many, "result": {"test": many}},
        "matrix": {
            "status": "completed",
            "result": {"test": {"accuracy": 0.5}, "confusion_matrix": wide, "classes": [long]},
        },
        "spec": {"status": "completed", "spec": {"estimator": {"params": {"grid": [long] * 9}}}},
    }
    return RunState(run_id=RUN_ID, updated_time="2026-01-01T00:00:01.000Z", **more[kind])


@pytest.mark.parametrize("kind", ["error", "name", "stages", "metrics", "matrix", "spec"])
def test_whatever_a_run_holds_what_it_leaves_in_a_notebook_is_small(kind: str) -> None:
    run = large(kind)
    lines = [
        Activity(
            id=str(number), time="2026-01-01T00:00:00.000Z", level="info", kind="note",
            text="y" * 10**5, run_id=RUN_ID,
        )
        for number in range(20)
    ]  # fmt: skip
    rows = [
        CandidateRow(candidate=number, params={"C": "z" * 10**5}, scores=[0.5] * 1_000)
        for number in range(50)
    ]
    points = [[step, step % 7] for step in range(400)]
    own = mime_data(RUN_ID, run, lines, log_id=None, time="2026-01-01T00:00:02.000Z")
    bundle = mime_bundle(own, static_forms(RUN_ID, run, [], lines, points, rows), "m")
    # What a widget's saved state adds: its loader, and the run's state once more.
    state = {"_esm": loader_source(), "snapshot": saved_state(run)}
    assert own["snapshot"]["run_id"] == RUN_ID
    assert len(msgspec.json.encode([bundle, state])) < 60_000
    assert own["snapshot"]["status"] == run.status


def test_state_that_is_no_larger_than_others_is_saved_as_it_is(hostile: RunState) -> None:
    assert saved_state(hostile) == {**msgspec.to_builtins(hostile), "running": []}


def test_report_of_a_search_has_its_best_candidates_as_text() -> None:
    rows = [
        CandidateRow(
            candidate=number,
            params={"kernel": HOSTILE},
            status="completed",
            rank=number + 1,
            scores=[0.9, None],
            mean=0.9 - number / 100,
            std=None if number else 0.05,
            best=not number,
        )
        for number in range(12)
    ]
    tags = Tags(report_html(RunState(run_id=RUN_ID, name="svc", status="completed"), (), (), rows))
    assert set(tags.found).isdisjoint({"script", "img"})
    assert tags.found.count("li") == 10
    for words in ("0.9000 ± 0.0500 · best", "The best 10 of 12 candidates", HOSTILE):
        assert words in tags.text
    assert "0.8900 ±" not in tags.text


def test_report_of_a_search_under_way_has_what_has_no_mean_yet_behind_the_others() -> None:
    rows = [
        CandidateRow(candidate=1, params={"C": 1}, status="completed", rank=1, mean=0.9, best=True),
        CandidateRow(candidate=2, params={"C": 2}, status="running", scores=[0.8, None]),
        CandidateRow(candidate=3, params={"C": 3}, status="failed"),
    ]
    html = report_html(RunState(run_id=RUN_ID, name="svc", status="running"), (), (), rows)
    assert "<ol><li><strong>0.9000 · best</strong> · C=1</li></ol>" in html
    assert "<li><strong>running</strong> · C=2" in html
    assert "folds 0.8000 –" in html
    assert "<li><strong>failed</strong> · C=3</li>" in html


# What GitHub leaves of a notebook's HTML: github/html-pipeline's list, without what no report has.
GITHUB_TAGS = {
    "b", "i", "strong", "em", "a", "pre", "code", "img", "div", "sup", "sub", "p", "ol", "ul",
    "table", "thead", "tbody", "tfoot", "blockquote", "hr", "li", "tr", "td", "th", "s", "span",
}  # fmt: skip


@pytest.fixture
def curve() -> tuple[RunState, list[list[float]]]:
    """A run under way, and its live accuracy so far."""
    run = RunState(
        run_id=RUN_ID,
        name="digits",
        status="running",
        progress=43.7,
        current_stage="train",
        step=30,
        total_steps=300,
        elapsed_time=12.0,
        estimated_remaining=130.0,
        live_score=LiveScore(name="accuracy", value=0.95),
        stages=[StageState(id="train", title="Train", status="running", progress=10.0)],
        updated_time="2026-01-01T00:00:01.000Z",
    )
    return run, [[step, 0.5 + step / 60] for step in range(28)]


def test_report_is_words_where_styles_and_drawings_are_taken_out(
    curve: tuple[RunState, list[list[float]]],
) -> None:
    run, scores = curve
    rows = [CandidateRow(candidate=1, params={"C": 1}, rank=1, mean=0.9, scores=[0.9])]
    html = report_html(run, (), scores, rows)
    assert "<svg" in html
    for cleaned in (clean_html(html), bleach.clean(html, tags=GITHUB_TAGS, strip=True)):
        assert "style=" not in cleaned
        for words in (
            "43 % · Train · step 30 of 300 · live accuracy 0.9500 · ~2 min 10 s left",
            "██████████░░░░░░░░░░░░░░",
            "▁▁▂▂▂▂▃▃",
            "live accuracy: from 0.5000 to 0.9500, best 0.9500",
        ):
            assert words in cleaned
    # nbconvert writes a drawing's tags out as words; a class of its own pages hides those.
    hidden = re.compile(r'<div class="hidden lm-Menu-item lm-mod-hidden">.*?</div>')
    left, count = hidden.subn("", clean_html(html))
    assert count == 2
    assert "&lt;" not in left
    assert "&lt;" not in clean_html(everything_html([run]))


def test_report_in_text_has_the_bar_and_the_chart_in_letters(
    curve: tuple[RunState, list[list[float]]],
) -> None:
    run, scores = curve
    lines = report_text(run, scores).splitlines()
    assert lines[1].startswith("██████████░░░░░░░░░░░░░░ 43 % · Train")
    assert lines[3].startswith("▁▁▂▂▂▂▃▃")
    assert lines[3].endswith("best 0.9500")
    assert "░" not in report_text(msgspec.structs.replace(run, status="completed"), scores)


@pytest.mark.parametrize("odd", [None, float("nan"), float("inf")])
def test_chart_leaves_out_what_is_no_number(
    curve: tuple[RunState, list[list[float]]], odd: float | None
) -> None:
    run, scores = curve
    html = report_html(run, (), [*scores, [99, odd]])
    assert "nan" not in html
    assert "inf" not in html
    assert "to 0.9500" in html
