"""The static report: complete, without scripts, and safe whatever a run is called."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from jupyter_progress.core.candidates import CandidateRow
from jupyter_progress.core.state import LiveScore, RunState, StageState
from jupyter_progress.core.wire import Activity
from jupyter_progress.panel.bundle import MIME_TYPE, WIDGET_VIEW, mime_bundle, mime_data
from jupyter_progress.panel.report import everything_html, report_html, report_text

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
    for text in (report_html(hostile, activity, [[1, 0.1], [2, 0.2]]), everything_html([hostile])):
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
    bundle = mime_bundle(own, model_id="m", run=hostile, runs=[hostile], activity=[])
    assert set(bundle) == {MIME_TYPE, WIDGET_VIEW, "text/html", "text/plain"}
    assert bundle[MIME_TYPE]["version"] == 1
    assert bundle[MIME_TYPE]["snapshot"]["run_id"] == RUN_ID
    assert bundle[WIDGET_VIEW]["model_id"] == "m"


def test_bundle_of_a_long_traceback_stays_small(hostile: RunState) -> None:
    import msgspec

    long = msgspec.structs.replace(
        hostile, error={**(hostile.error or {}), "traceback": "x" * 10**6}
    )
    own = mime_data(RUN_ID, long, [], log_id=None, time="2026-01-01T00:00:02.000Z")
    assert len(msgspec.json.encode(own)) < 50_000


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
    assert tags.found.count("tr") == 11
    for words in ("1 best", "0.9000 ± 0.0500", "the best 10 of 12 candidates", HOSTILE):
        assert words in tags.text
    assert "0.8900 ±" not in tags.text
