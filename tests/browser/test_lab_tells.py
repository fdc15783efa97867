"""What JupyterLab tells who does not look: a mark in its tab's title, the browser's own notices."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .beside import PREFIX, sidebar
from .lab import Lab
from .runs import LONG, start_run
from .screen import wait_until
from .test_notices import BEHIND

pytestmark = pytest.mark.slow


def test_title_of_lab_has_a_mark_until_somebody_looks_and_stays_labs_own(desk: Lab) -> None:
    page = desk.page
    page.add_init_script(BEHIND)
    desk.write("titled.ipynb", "1")
    desk.start()
    desk.command(f"{PREFIX}open")
    run_id = start_run(desk.server, "marked", trees=LONG)
    desk.server.wait_for_run(run_id, "running")
    expect(sidebar(page).locator(".jpp-status-running").first).to_be_visible()
    before = page.title()
    assert "marked" not in before
    desk.server.ask("POST", f"runs/{run_id}/cancel")
    mark = "! marked was cancelled · "
    wait_until(lambda: page.title() == mark + before)
    desk.command("docmanager:open", path="titled.ipynb")
    wait_until(lambda: "titled" in page.title())
    opened = page.title()
    assert opened.startswith(mark)
    page.evaluate("window.isInFront = true; window.dispatchEvent(new Event('focus'))")
    wait_until(lambda: page.title() == opened.removeprefix(mark))


def test_sidebar_turns_the_browsers_notices_on_and_leads_to_the_settings(desk: Lab) -> None:
    page = desk.page
    page.context.grant_permissions(["notifications"])
    page.add_init_script(BEHIND)
    desk.start()
    desk.command(f"{PREFIX}open")
    button = sidebar(page).get_by_role("button", name="Notify me")
    assert page.evaluate("window.asked") == 0
    button.click()
    pressed = sidebar(page).get_by_role("button", name="Notifying")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    desk.server.wait_for_run(start_run(desk.server, "told outside", trees=5), "completed")
    wait_until(lambda: "told outside finished" in page.evaluate("window.shown"))
    sidebar(page).get_by_role("button", name="Settings").click()
    expect(page.get_by_label("Tell when a run ends", exact=True)).to_be_visible()
