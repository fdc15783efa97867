"""The page by keyboard alone, with reduced motion, and looked through by axe on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ..jupyter_process import TOKEN, JupyterProcess
from .lab import Lab
from .runs import LONG, end_all_runs, start_run
from .screen import expect_connection, expect_status, wait_until

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
PLACES = ("Now", "History", "Models", "Health", "Activity")
VIOLATIONS = """async selector => {
    const found = await axe.run(selector ?? document, {resultTypes: ['violations']});
    return found.violations.flatMap(({id, help, nodes}) => nodes.map(
        ({html, failureSummary}) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary}`));
}"""
# What has the focus, and whether it is seen to have it and can be seen at all.
FOCUSED = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const box = at.getBoundingClientRect();
    const style = getComputedStyle(at);
    return {
        words: (at.getAttribute('aria-label') ?? at.innerText ?? '').trim().slice(0, 40),
        isMarked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        isSeen: at.checkVisibility() && box.width > 4 && box.height > 4
            && box.top < innerHeight && box.bottom > 0,
        isAfter: !window.before
            || !!(window.before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
        isSame: window.before === (window.before = at),
    };
}"""
SET_THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
MOVING = "() => document.getAnimations().filter(moving => moving.playState === 'running').length"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(jupyter_server: JupyterProcess) -> Iterator[JupyterProcess]:
    """A run that has ended, with a model in service, one at work and one that waits."""
    run_id = start_run(jupyter_server, "done", trees=5, register_as="digits")
    jupyter_server.wait_for_run(run_id, "completed")
    jupyter_server.ask("POST", "models/digits/deploy", {"version": 1})
    jupyter_server.wait_for_run(start_run(jupyter_server, "at work", trees=LONG), "running")
    start_run(jupyter_server, "waits", trees=LONG)
    yield jupyter_server
    end_all_runs(jupyter_server)


def open_page(page: Page, server: JupyterProcess) -> None:
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
    expect_connection(page, "live")
    expect_status(page, "running")


def test_axe_finds_nothing_in_any_place_of_the_page(page: Page, server: JupyterProcess) -> None:
    open_page(page, server)
    page.evaluate(AXE.read_text("utf-8"))  # not as a script: the page's policy forbids it
    found: dict[str, list[str]] = {}
    for place in PLACES:
        page.get_by_role("navigation", name="Places").get_by_text(place).click()
        page.wait_for_timeout(500)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.wait_for_timeout(300)
            violations = page.evaluate(VIOLATIONS, None)
            if violations:
                found[f"{place}, {theme}"] = violations
    assert found == {}


def test_axe_finds_nothing_in_a_panel_of_jupyterlab(lab: Lab) -> None:
    run_id = start_run(lab.server, "looked through", trees=LONG)
    lab.server.wait_for_run(run_id, "running")
    try:
        lab.show_run(run_id)
        lab.page.evaluate(AXE.read_text("utf-8"))
        for theme in ("Light", "Dark"):
            lab.page.evaluate(SET_THEME, f"JupyterLab {theme}")
            light = str(theme == "Light").lower()
            expect(lab.page.locator(f"body[data-jp-theme-light='{light}']")).to_be_attached()
            lab.page.wait_for_timeout(500)
            assert lab.page.evaluate(VIOLATIONS, ".jpp-panel") == [], theme
    finally:
        lab.page.evaluate(SET_THEME, "JupyterLab Light")
        lab.page.goto("about:blank")
        end_all_runs(lab.server)


def test_keyboard_reaches_everything_in_its_order_and_is_never_caught(
    page: Page, server: JupyterProcess
) -> None:
    open_page(page, server)
    reachable = page.evaluate(
        """() => [...document.querySelectorAll(
            'a[href], button:not(:disabled), input, select, textarea, summary, [tabindex="0"]'
        )].filter(part => part.checkVisibility()).length"""
    )
    stops = []
    for _ in range(reachable + 20):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break  # out of the page, at its end
        stops.append(stop)
    else:
        pytest.fail(f"the focus is caught: {[stop['words'] for stop in stops[-6:]]}")
    words = [stop["words"] for stop in stops]
    for name in (*PLACES, "Notify me", "Stop", "Cancel…"):
        assert name in words, name
    assert any(word.startswith("at work") for word in words)
    assert [stop["words"] for stop in stops if not (stop["isMarked"] and stop["isSeen"])] == []
    assert [stop["words"] for stop in stops if not stop["isAfter"]] == []  # as it is read
    assert [stop["words"] for stop in stops if stop["isSame"]] == []

    page.get_by_role("link", name="Health").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Machine health")).to_be_visible()


def test_escape_takes_a_question_back(page: Page, server: JupyterProcess) -> None:
    open_page(page, server)
    run = page.get_by_role("article")
    run.get_by_role("button", name="Cancel…").focus()
    page.keyboard.press("Enter")
    expect(run.get_by_role("button", name="Keep")).to_be_visible()
    page.keyboard.press("Escape")
    expect(run.get_by_role("button", name="Keep")).to_have_count(0)
    expect(run.get_by_role("button", name="Cancel…")).to_be_focused()


def test_nothing_moves_where_that_is_not_wanted(page: Page, server: JupyterProcess) -> None:
    open_page(page, server)
    wait_until(lambda: page.evaluate(MOVING) > 0)  # the mark of a run at work turns
    page.emulate_media(reduced_motion="reduce")
    server.ask("POST", "activity", {"text": "a line more"})
    for _ in range(20):
        assert page.evaluate(MOVING) == 0
        page.wait_for_timeout(100)
