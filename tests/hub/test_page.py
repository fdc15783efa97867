"""The page behind a Hub's proxy and login, with its cookies: live, polling, and acting."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from ..browser.runs import LONG, start_run
from ..browser.screen import add_note, expect_connection, expect_status, step_of, wait_until
from ..browser.witness import Witness
from ..jupyter_process import SCALE
from .person import Person

pytestmark = pytest.mark.slow

POST_NOTE = """async proof => {
    const headers = {"Content-Type": "application/json"};
    if (proof !== null) headers["X-XSRFToken"] = proof;
    const body = JSON.stringify({text: "by a script of this page"});
    return (await fetch("api/v1/activity", {method: "POST", headers, body})).status;
}"""


def test_page_is_live_and_acts_with_the_cookies_that_the_hub_sets(
    person: Callable[[str], Person],
) -> None:
    someone = person("ñ@x")
    page = someone.page
    someone.open()
    assert "/user/%C3%B1@x/" in page.url
    # From here on: the Hub's own pages are none of ours.
    witness = Witness(page)
    page.reload()
    expect_connection(page, "live")
    proofs = [cookie for cookie in page.context.cookies(page.url) if cookie["name"] == "_xsrf"]
    assert [cookie["path"] for cookie in proofs] == ["/user/%C3%B1@x/"]
    for proof, status in ((None, 403), ("wrong", 403), (proofs[0]["value"], 201)):
        assert page.evaluate(POST_NOTE, proof) == status, proof
    run_id = start_run(someone, "behind the proxy", trees=LONG)
    run = page.get_by_role("article", name="behind the proxy")
    expect_status(run, "running", 20_000 * SCALE)
    wait_until(lambda: step_of(run) > 0)

    add_note(page, "seen through the Hub")
    told = page.locator(".jpp-told-text", has_text="seen through the Hub")
    expect(told.first).to_contain_text("ñ@x")  # the Hub's name of who wrote it
    wait_until(lambda: someone.get(f"runs/{run_id}")["live_accuracy"] is not None)
    run.get_by_role("button", name="Stop").click()
    someone.wait_for_run(run_id, "completed")
    expect_status(run, "completed", 3_000 * SCALE)
    refused = [said for said in witness.errors if "status of 403" in said]
    assert witness.errors == refused
    assert len(refused) == 2  # the two without a proof, above
    assert witness.hosts == {urlsplit(someone.url).netloc}


def test_page_polls_where_the_proxy_lets_no_socket_through(
    person: Callable[[str], Person],
) -> None:
    someone = person("ñ@x")
    page = someone.page
    page.route_web_socket(re.compile("/stream"), lambda socket: socket.close(code=1011))
    someone.open()
    expect_connection(page, "polling", 10_000 * SCALE)
    start_run(someone, "polled", trees=LONG)
    run = page.get_by_role("article", name="polled")
    expect_status(run, "running", 20_000 * SCALE)
    before = step_of(run)
    wait_until(lambda: step_of(run) > before)
    expect_connection(page, "polling")


def test_page_says_that_its_server_was_stopped_and_is_live_again_after_a_reload(
    person: Callable[[str], Person],
) -> None:
    someone = person("ñ@x")
    someone.open()
    expect_connection(someone.page, "live")
    someone.hub.stop_server(someone.name)
    expect_connection(someone.page, "offline", 20_000 * SCALE)
    someone.hub.start_server(someone.name)
    # The Hub gives each server cookies of its own, so that the page has to ask for new ones.
    expect_connection(someone.page, "denied", 20_000 * SCALE)
    someone.page.reload()
    expect_connection(someone.page, "live", 10_000 * SCALE)
