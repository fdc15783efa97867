"""A server that is stopped as a whole, its connections open: nothing shown passes for now."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from ..jupyter_process import TOKEN, JupyterProcess
from .lab import Lab
from .pictures import picture_page
from .runs import LONG, end_all_runs, start_run
from .screen import WITHIN_MS, expect_connection, expect_status, step_of, wait_until

# All that can be read, but for what says how old it is; a title that is read out counts, too.
READABLE = """view => {
    const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
    const read = [];
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        const tellsAge = parent.closest('.jpp-age, .jpp-caution, .jpp-spoken');
        if (parent.checkVisibility() && !tellsAge) read.push(walker.currentNode.data.trim());
    }
    for (const bar of view.querySelectorAll('[role=progressbar]')) {
        read.push(bar.getAttribute('aria-valuenow'));
    }
    return read.filter(Boolean);
}"""
MOVING = """() => document.getAnimations()
    .filter(moving => moving.playState === 'running' && moving.effect?.target?.closest('.jpp'))
    .map(moving => `${moving.animationName ?? moving.transitionProperty}`)"""
LOOK_FOR_S = 4.0
PLACES = ("Health", "History", "Models", "Activity")

pytestmark = pytest.mark.slow


@contextmanager
def silent(server: JupyterProcess) -> Iterator[None]:
    """The server is there and does nothing, as one does that hangs."""
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


def expect_all_at_rest(page: Page, view: Locator) -> None:
    """Nothing counts on, nothing turns, and what is shown says that it is of some time ago."""
    before = view.evaluate(READABLE)
    age = view.locator(".jpp-age").first.inner_text()
    time.sleep(LOOK_FOR_S)
    assert view.evaluate(READABLE) == before
    assert page.evaluate(MOVING) == []
    assert view.locator(".jpp-age").first.inner_text() != age
    caution = view.locator(".jpp-caution").first
    expect(caution).to_contain_text("Nothing is heard from the server")
    expect(caution).to_contain_text("What is shown is from")
    expect(caution.get_by_role("button", name="Try now")).to_be_visible()
    assert "Running" not in before
    assert "Was running" in before


def go_to(page: Page, place: str) -> None:
    page.get_by_role("navigation", name="Places").get_by_text(place).click()
    expect(page.locator('[aria-current="page"]', has_text=place)).to_be_visible()
    expect(page.get_by_text("Loading this place")).to_have_count(0)


def test_page_of_a_silent_server_stops_and_says_its_age_in_every_place(
    page: Page, jupyter_server: JupyterProcess
) -> None:
    run_id = start_run(jupyter_server, "goes on unheard", trees=LONG)
    for name in ("waits one", "waits two"):
        start_run(jupyter_server, name, trees=LONG)
    try:
        page.goto(f"{jupyter_server.url}jupyter-progress/?token={TOKEN}")
        expect_connection(page, "live")
        jupyter_server.wait_for_run(run_id, "running")
        expect_status(page, "running")
        expect(page.locator(".jpp-top .jpp-health-mark")).to_contain_text("Machine")
        wait_until(lambda: "goes on unheard" in page.title())
        wait_until(lambda: step_of(page) > 0, 60)
        for place in PLACES:  # their code comes a moment after the page
            go_to(page, place)
        go_to(page, "Now")
        with silent(jupyter_server):
            expect_connection(page, "offline", WITHIN_MS + 4_000)
            expect(page.locator(".jpp-caution")).to_be_visible()
            expect_all_at_rest(page, page.locator("#jupyter-progress"))
            expect(page.locator(".jpp-top .jpp-health-mark")).to_contain_text("Machine was")
            wait_until(lambda: page.title().startswith("Offline · goes on unheard"))
            for place in PLACES:
                go_to(page, place)
                expect(page.locator(".jpp-main .jpp-caution")).to_contain_text("What is shown is")
                before = page.locator("#jupyter-progress").evaluate(READABLE)
                time.sleep(1.2)
                assert page.locator("#jupyter-progress").evaluate(READABLE) == before, place
                if place == "Health":
                    measured = page.locator(".jpp-hour-old .jpp-age")
                    old = measured.inner_text()
                    assert int(re.fullmatch(r"(\d+) s ago", old)[1]) > LOOK_FOR_S
                    expect(measured).not_to_have_text(old)
            go_to(page, "Now")
            picture_page(page, "page-offline")
            page.get_by_role("button", name="Try now").click()
        expect_connection(page, "live", WITHIN_MS)
        expect(page.locator(".jpp-caution")).to_have_count(0)
        expect(page.get_by_text("Was running")).to_have_count(0)
    finally:
        end_all_runs(jupyter_server)


def test_panel_of_a_silent_server_stops_and_says_its_age(lab: Lab) -> None:
    run_id = start_run(lab.server, "unheard in a notebook", trees=LONG)
    lab.server.wait_for_run(run_id, "running")
    try:
        lab.show_run(run_id)
        with silent(lab.server):
            expect_connection(lab.panel, "offline", WITHIN_MS + 4_000)
            expect(lab.panel.locator(".jpp-caution")).to_be_visible()
            expect_all_at_rest(lab.page, lab.panel)
        expect_connection(lab.panel, "live", WITHIN_MS + 4_000)
    finally:
        end_all_runs(lab.server)
