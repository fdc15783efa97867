"""The server's own page in Chromium: a run from its start to its deployment, seen by everybody."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .runs import LONG, start_run
from .screen import (
    add_note,
    expect_connection,
    expect_feed,
    expect_status,
    feed,
    figure,
    progress,
    wait_until,
)
from .witness import Witness

HOSTILE = "<img src=x onerror=\"window.broken='yes'\"><script>window.broken='yes'</script>"


def open_page(page: Page, server: JupyterProcess) -> Witness:
    """Log in by an address with a token, as a person does who copies it from the terminal."""
    witness = Witness(page)
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
    expect_connection(page, "live")
    return witness


@pytest.mark.slow
def test_run_is_seen_from_its_start_to_its_deployment(page: Page, server: JupyterProcess) -> None:
    witness = open_page(page, server)
    run_id = start_run(server, "digits on the page", trees=400, tags=["nightly"])
    run = page.get_by_role("article", name="digits on the page")
    expect_status(run, "running", 10_000 * SCALE)
    expect(run.locator(".jpp-stage-completed")).not_to_have_count(0, timeout=30_000 * SCALE)
    wait_until(lambda: figure(run, "Live accuracy") not in ("", "–"), 60)
    wait_until(lambda: progress(run) >= 40, 60)  # a quick machine may be at its end by now
    server.wait_for_run(run_id, "completed")
    expect_status(run, "completed", 3_000 * SCALE)

    state = server.get(f"runs/{run_id}")
    assert progress(run) == 100
    assert figure(run, "Test accuracy") == f"{state['result']['test']['accuracy']:.4f}"
    expect(run.locator(".jpp-stage-completed")).to_have_count(8)
    expect(run.locator("canvas").first).to_be_visible()  # the live accuracy
    expect(page.locator(".jpp-notice", has_text="digits on the page")).to_be_visible()
    for word in ("CPU", "Memory", "Disk", "Network", "Load average", "Processes", "Uptime",
                 "REST response", "Socket response", "Event loop lag"):  # fmt: skip
        expect(page.locator(".jpp-health")).to_contain_text(word)

    run.get_by_role("button", name="Deploy").click()
    expect(run.locator(".jpp-in-service")).to_contain_text("version 1 is in service")
    model = page.locator(".jpp-model", has_text="digits-on-the-page")
    expect(model).to_contain_text("version 1 in service")
    expect_feed(page, server)
    assert witness.errors == []
    assert witness.hosts == {urlsplit(server.url).netloc}


@pytest.mark.slow
def test_every_browser_shows_the_same(
    page: Page, chromium: Browser, server: JupyterProcess
) -> None:
    run_id = start_run(server, "seen twice", trees=LONG)
    second = chromium.new_context(viewport={"width": 500, "height": 900}).new_page()
    open_page(page, server)
    witness = open_page(second, server)
    for view in (page, second):
        expect_status(view.get_by_role("article", name="seen twice"), "running")
    add_note(page, "from the first browser")
    expect(second.locator(".jpp-told-text", has_text="from the first browser")).to_be_visible()

    wait_until(lambda: server.get(f"runs/{run_id}")["live_accuracy"] is not None)
    second.get_by_role("article").get_by_role("button", name="Stop").click()
    server.wait_for_run(run_id, "completed")
    for view in (page, second):
        expect_status(view.get_by_role("article", name="seen twice"), "completed", 3_000 * SCALE)
    assert feed(page) == feed(second)
    assert second.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert witness.errors == []
    second.context.close()


def test_hostile_names_notes_and_tags_are_shown_as_text(page: Page, server: JupyterProcess) -> None:
    witness = open_page(page, server)
    run_id = start_run(server, HOSTILE, trees=5, tags=["<b>tag</b>"])
    server.wait_for_run(run_id, "completed")
    server.ask("POST", "activity", {"text": f"note {HOSTILE}"})
    expect(page.locator(".jpp-name")).to_have_text(HOSTILE)
    expect(page.locator(".jpp-tag")).to_have_text("<b>tag</b>")
    expect(page.locator(".jpp-told-text", has_text="note <img src=x")).to_be_visible()
    assert page.evaluate("window.broken") is None
    assert page.locator("img, .jpp-page script").count() == 0
    assert witness.errors == []


def test_failure_is_shown_with_its_reason_and_what_to_do(
    page: Page, server: JupyterProcess
) -> None:
    open_page(page, server)
    run_id = server.ask("POST", "runs", {
        "name": "precomputed",
        "dataset": {"source": "sklearn", "name": "digits"},
        # The rows are no square matrix, which only the fit finds out.
        "estimator": {"class": "sklearn.svm.SVC", "params": {"kernel": "precomputed"}},
    })["run_id"]  # fmt: skip
    error = server.wait_for_run(run_id, "failed")["error"]
    run = page.get_by_role("article", name="precomputed")
    expect_status(run, "failed", 3_000 * SCALE)
    failure = run.locator(".jpp-failure")
    expect(failure).to_contain_text(error["type"])
    expect(failure).to_contain_text(error["message"].splitlines()[0])
    expect(failure).to_contain_text(error["hint"])


@pytest.mark.slow
def test_address_of_a_run_opens_that_run(page: Page, server: JupyterProcess) -> None:
    first = start_run(server, "the earlier one", trees=5)
    server.wait_for_run(first, "completed")
    server.wait_for_run(start_run(server, "the later one", trees=5), "completed")
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}#run={first}")
    expect(page.get_by_role("article")).to_have_attribute("aria-label", "the earlier one")
    page.get_by_role("navigation").get_by_text("the later one").click()
    expect(page.get_by_role("article")).to_have_attribute("aria-label", "the later one")
    page.go_back()
    expect(page.get_by_role("article")).to_have_attribute("aria-label", "the earlier one")
