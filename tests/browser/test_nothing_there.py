"""A page where there is nothing yet, no such run, or no permission any more: it says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ..jupyter_process import TOKEN, JupyterProcess
from .pictures import picture_page
from .runs import start_run
from .screen import WITHIN_MS, expect_connection, wait_until

pytestmark = pytest.mark.slow


def go_to(page: Page, place: str, words: str) -> None:
    page.get_by_role("navigation", name="Places").get_by_text(place).click()
    expect(page.locator(".jpp-main")).to_contain_text(words)


def test_page_says_what_to_do_where_there_is_nothing_and_where_it_is_refused(
    page: Page, tmp_path: Path
) -> None:
    server = JupyterProcess(tmp_path).start()
    try:
        page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
        expect_connection(page, "live")
        expect(page.get_by_role("heading", name="No run yet")).to_be_visible()
        expect(page.get_by_label("How to start a run")).to_contain_text("jp.train(")
        picture_page(page, "page-empty")
        go_to(page, "History", "No run yet. Start one in a notebook with")
        picture_page(page, "page-history-empty")
        go_to(page, "Models", "No model is registered.")
        picture_page(page, "page-models-empty")
        go_to(page, "Activity", "Nothing has happened yet.")
        picture_page(page, "page-activity-empty")

        page.goto(f"{server.url}jupyter-progress/#run=20261122-100000-0000002a")
        expect(page.get_by_role("heading", name="No such run")).to_be_visible()
        picture_page(page, "page-no-such-run")
        page.get_by_role("link", name="Look through all runs").click()
        wait_until(lambda: "#history" in page.url)

        run_id = start_run(server, "seen before", trees=5)
        server.wait_for_run(run_id, "completed")
        page.goto(f"{server.url}jupyter-progress/#run={run_id}")
        expect(page.get_by_role("article", name="seen before")).to_be_visible()
        # The server is started anew with another token, and knows this browser no more.
        server.kill()
        page.context.clear_cookies()
        server.environment["JUPYTER_TOKEN"] = "another-token-for-tests"
        server.start()
        expect_connection(page, "denied", WITHIN_MS + 6_000)
        caution = page.locator(".jpp-caution").first
        expect(caution).to_contain_text("The server refuses this page")
        expect(caution).to_contain_text("What is shown is from")
        href = caution.get_by_role("link", name="Log in again").get_attribute("href") or ""
        assert href.startswith("/login?next=%2Fjupyter-progress%2F")
        expect(caution.locator(".jpp-attempt").last).to_contain_text("Next attempt in")
        picture_page(page, "page-denied")
    finally:
        server.stop()
