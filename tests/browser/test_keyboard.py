"""The page and a panel by keyboard alone: everything is reached, seen to be, and left again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .keys import leave, walk
from .lab import PANEL, Lab
from .runs import LONG, end_all_runs, start_run
from .screen import expect_connection, expect_status

PLACES = ("Now", "History", "Models", "Health", "Activity")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done(jupyter_server: JupyterProcess) -> list[str]:
    """Two runs that have ended, and registered a version each."""
    runs = []
    for trees in (5, 10):
        run_id = start_run(jupyter_server, f"done {trees}", trees=trees, register_as="digits")
        jupyter_server.wait_for_run(run_id, "completed")
        runs.append(run_id)
    jupyter_server.ask("POST", "models/digits/deploy", {"version": 1})
    return runs


@pytest.fixture(scope="module")
def server(jupyter_server: JupyterProcess, done: list[str]) -> Iterator[JupyterProcess]:
    """Beside them a run at work and one that waits."""
    jupyter_server.wait_for_run(start_run(jupyter_server, "at work", trees=LONG), "running")
    start_run(jupyter_server, "waits", trees=LONG)
    yield jupyter_server
    end_all_runs(jupyter_server)


def open_place(page: Page, server: JupyterProcess, place: str) -> None:
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}#{place}")
    expect_connection(page, "live")


def press_on(page: Page, part: Locator, key: str = "Enter") -> None:
    """Come to a part by Tab, and press a key there."""
    part.wait_for()
    for _ in range(200):
        if part.evaluate("part => part === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(part).to_be_focused()
    page.keyboard.press(key)


def test_now_is_walked_through(page: Page, server: JupyterProcess) -> None:
    open_place(page, server, "now")
    expect_status(page, "running")
    words = walk(page)
    for name in (*PLACES, "Notify me", "Stop", "Cancel…"):
        assert name in words, name
    assert any(word.startswith("at work") for word in words)

    press_on(page, page.get_by_role("link", name="Health"))
    expect(page.get_by_role("heading", name="Machine health")).to_be_visible()


def test_escape_takes_a_question_back(page: Page, server: JupyterProcess) -> None:
    open_place(page, server, "now")
    run = page.get_by_role("article")
    press_on(page, run.get_by_role("button", name="Cancel…"))
    expect(run.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Escape")
    expect(run.get_by_role("button", name="Keep")).to_have_count(0)
    expect(run.get_by_role("button", name="Cancel…")).to_be_focused()


def test_history_is_walked_through_and_a_run_deleted_from_it(
    page: Page, server: JupyterProcess
) -> None:
    gone = start_run(server, "to be deleted", trees=LONG)
    server.ask("POST", f"runs/{gone}/cancel")
    server.wait_for_run(gone, "cancelled")
    open_place(page, server, "history")
    expect(page.get_by_role("link", name="to be deleted", exact=True)).to_be_visible()
    words = walk(page)
    for name in ("Status", "Tags", "Estimator", "Metric", "done 5", "Rename done 5"):
        assert name in words, (name, words)

    press_on(page, page.get_by_role("button", name="Status"))
    press_on(page, page.get_by_role("checkbox", name="Cancelled"), "Space")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Status")).to_be_focused()
    expect(page.get_by_role("status").first).to_contain_text("1 run found")
    press_on(page, page.get_by_role("checkbox", name="Select to be deleted"), "Space")
    press_on(page, page.get_by_role("button", name="Delete…"))
    question = page.get_by_role("group", name=re.compile("Delete this run"))
    expect(question.locator(":focus")).to_have_count(1)
    press_on(page, question.get_by_role("button", name=re.compile("^Delete")))
    expect(page.locator(".jpp-bulk-said")).to_contain_text("deleted")
    assert server.get("runs?q=to+be+deleted")["total"] == 0


def test_comparison_is_walked_through_and_its_chart_read(
    page: Page, server: JupyterProcess, done: list[str]
) -> None:
    open_place(page, server, f"compare={','.join(done)}")
    expect(page.locator(".jpp-compare-run")).to_have_count(2)
    expect(page.locator(".jpp-plot canvas").first).to_be_visible()
    words = walk(page)
    assert "Runs side by side" in words
    slider = page.get_by_role("figure").first.get_by_role("slider")
    press_on(page, slider, "Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("Step "))
    before = slider.get_attribute("aria-valuetext") or ""
    page.keyboard.press("ArrowRight")
    expect(slider).not_to_have_attribute("aria-valuetext", before)
    page.keyboard.press("Tab")
    expect(slider).not_to_be_focused()  # arrows hold nobody


def test_health_is_walked_through_and_read_at_a_time(page: Page, server: JupyterProcess) -> None:
    open_place(page, server, "health?minutes=5")
    cursor = page.get_by_role("slider")
    expect(cursor).to_be_visible()
    walk(page)
    press_on(page, cursor, "ArrowLeft")
    expect(cursor).to_have_attribute("aria-valuetext", re.compile(r"CPU .* Memory \d+ %"))
    press_on(page, page.get_by_text("The same as a table"))
    expect(page.get_by_role("table")).to_contain_text("Event loop lag")
    leave(page)
    words = walk(page)
    assert any("as a table" in word for word in words)


def test_activity_is_walked_through_and_chosen_from(page: Page, server: JupyterProcess) -> None:
    server.ask("POST", "activity", {"text": "all is well", "level": "info"})
    server.ask("POST", "activity", {"text": "look at this", "level": "warning"})
    open_place(page, server, "activity")
    lines = page.locator(".jpp-activity-day .jpp-told-text")
    expect(lines.filter(has_text="look at this")).to_be_visible()
    words = walk(page)
    assert any("done 5" in word for word in words)  # each line leads to its run


def test_models_are_walked_through_and_a_version_is_tried_and_put_in_service(
    page: Page, server: JupyterProcess
) -> None:
    open_place(page, server, "models?name=digits")
    model = page.get_by_role("article", name="digits")
    expect(model).to_contain_text("Version 1 is in service")
    walk(page)
    press_on(page, model.get_by_role("button", name="Deploy version 2"))
    question = model.get_by_role("group", name=re.compile("Version 2 takes the place of version 1"))
    expect(question.locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(model.get_by_role("button", name="Deploy version 2")).to_be_focused()
    rows = model.get_by_role("textbox")
    press_on(page, rows, "Control+a")
    page.keyboard.type(f"[{[0.0] * 64}]")
    press_on(page, model.get_by_role("button", name="Predict"))
    expect(model.locator(".jpp-predicted")).to_have_count(1, timeout=60_000 * SCALE)


def test_panel_of_a_notebook_is_walked_through_and_left_at_both_ends(lab: Lab) -> None:
    page = lab.page
    run_id = start_run(lab.server, "by keys", trees=LONG)
    lab.server.wait_for_run(run_id, "running")
    try:
        lab.show_run(run_id)
        details = lab.panel.get_by_role("button", name="Details")
        expect(details).to_have_attribute("aria-expanded", "true")
        # A person comes from what stands before the panel.
        lab.panel.evaluate("panel => { panel.tabIndex = -1; panel.focus(); }")
        words = walk(page, PANEL)
        for name in ("Stop", "Cancel…", "Details"):
            assert name in words, name
        press_on(page, details)
        expect(details).to_have_attribute("aria-expanded", "false")
        walk(page, PANEL, "Shift+Tab")
    finally:
        page.goto("about:blank")
        end_all_runs(lab.server)
