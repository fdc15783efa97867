"""What a person is told who does not look: by the tab's title, and by the browser, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .runs import LONG, start_run
from .screen import expect_connection, expect_status, wait_until

# Playwright has every page think that it is in front. What the browser shows is written down.
BEHIND = """
document.hasFocus = () => window.isInFront === true;
window.shown = [];
window.asked = 0;
window.Notification = class extends Notification {
    constructor(title, options) { super(title, options); window.shown.push(title); }
    static requestPermission() { window.asked += 1; return super.requestPermission(); }
};
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser profile whose tabs are all behind something else."""
    made = chromium.new_context(viewport={"width": 900, "height": 700})
    made.set_default_timeout(30_000 * SCALE)
    made.add_init_script(BEHIND)
    yield made
    made.close()


def open_tab(context: BrowserContext, server: JupyterProcess) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
    expect_connection(page, "live")
    return page


def test_title_tells_how_far_a_run_is_and_what_happened_until_somebody_looks(
    context: BrowserContext, server: JupyterProcess
) -> None:
    page = open_tab(context, server)
    run_id = start_run(server, "titled", trees=LONG)
    server.wait_for_run(run_id, "running")
    wait_until(lambda: page.title().endswith(" % titled"))
    server.ask("POST", f"runs/{run_id}/cancel")
    wait_until(lambda: page.title() == "! titled was cancelled")
    page.evaluate("window.isInFront = true; window.dispatchEvent(new Event('focus'))")
    wait_until(lambda: page.title() == "Training runs")
    server.wait_for_run(start_run(server, "seen", trees=5), "completed")
    wait_until(lambda: page.title() == "Training runs")


def test_browser_tells_once_for_two_tabs_where_it_was_asked_to(
    context: BrowserContext, server: JupyterProcess
) -> None:
    context.grant_permissions(["notifications"])
    first, second = open_tab(context, server), open_tab(context, server)
    button = first.get_by_role("button", name="Notify me")
    assert first.evaluate("window.asked") == 0  # never by itself
    server.wait_for_run(start_run(server, "before", trees=5), "completed")
    # What came before is told by one of the pages.
    told = [tab.locator(".jpp-notice", has_text="before finished") for tab in (first, second)]
    wait_until(lambda: sum(card.count() for card in told) == 1)
    button.click()
    expect(first.get_by_role("button", name="Notifying")).to_have_attribute("aria-pressed", "true")
    expect(second.get_by_role("button", name="Notifying")).to_be_visible()

    def shown() -> list[str]:
        return [*first.evaluate("window.shown"), *second.evaluate("window.shown")]

    for name in ("told one", "told two", "told three"):
        server.wait_for_run(start_run(server, name, trees=5), "completed")
        wait_until(lambda name=name: f"{name} finished" in shown())  # type: ignore[misc]
    first.wait_for_timeout(3000)
    ends = [title for title in shown() if title.endswith("finished")]
    assert sorted(ends) == ["told one finished", "told three finished", "told two finished"]

    second.evaluate("window.isInFront = true")  # somebody looks at it: it stands in the page
    server.wait_for_run(start_run(server, "looked at", trees=5), "completed")
    expect(second.locator(".jpp-notice", has_text="looked at finished")).to_be_visible()
    first.wait_for_timeout(3000)
    assert "looked at finished" not in shown()

    second.get_by_role("button", name="Notifying").click()
    expect(first.get_by_role("button", name="Notify me")).to_be_visible()
    second.evaluate("window.isInFront = false")
    server.wait_for_run(start_run(server, "turned off", trees=5), "completed")
    expect_status(first, "completed")
    first.wait_for_timeout(3000)
    assert "turned off finished" not in shown()


def test_blocked_notifications_are_explained_at_a_click(
    context: BrowserContext, server: JupyterProcess
) -> None:
    page = open_tab(context, server)
    # A browser without a person refuses whatever it is not told to grant.
    page.evaluate("void Object.defineProperty(Notification, 'permission', {get: () => 'denied'})")
    page.get_by_role("button", name="Notify me").click()
    words = page.locator(".jpp-notify [role=status]")
    expect(words).to_contain_text("Notifications of this page are blocked")
    page.keyboard.press("Escape")
    expect(words).to_be_empty()
