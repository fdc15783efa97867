"""Whoever has an account at the Hub, but not this server, sees nothing of it and starts nothing."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from jupyter_progress.server.hub_access import ASK_EVERY_S

from ..browser.runs import SHORT, start_run
from ..browser.screen import expect_connection
from ..jupyter_process import SCALE
from .hub_process import REMEMBERED_S
from .person import Person

pytestmark = pytest.mark.slow

NAME = "none of your business"
# As a script in the page of another user of the same origin can do it, cookies and all.
FETCH = """async ([method, url]) => {
    const xsrf = document.cookie.split("; ").find(pair => pair.startsWith("_xsrf=")) ?? "=";
    const headers = {"X-XSRFToken": xsrf.slice(xsrf.indexOf("=") + 1)};
    const answer = await fetch(url, {method, headers});
    return [answer.status, await answer.text()];
}"""
LISTEN = """url => new Promise(resolve => {
    const heard = [];
    const socket = new WebSocket(url.replace("http", "ws"));
    socket.onopen = () => heard.push("open");
    socket.onmessage = event => heard.push(event.data);
    socket.onclose = event => resolve([event.code, heard]);
    setTimeout(() => resolve([0, heard]), 5000);
})"""


@pytest.fixture
def owner_url(person: Callable[[str], Person]) -> str:
    """The interface of a server that holds one run."""
    owner = person("ñ@x")
    run_id = start_run(owner, NAME, trees=SHORT)
    owner.wait_for_run(run_id, "completed")
    assert owner.get(f"runs/{run_id}")["name"] == NAME
    return f"{owner.url}jupyter-progress/api/v1/"


@pytest.fixture
def others_page(person: Callable[[str], Person], owner_url: str) -> Page:
    """The live page of somebody else's own server."""
    other = person("bo")
    other.open()
    expect_connection(other.page, "live")
    return other.page


REQUESTS = [
    ("GET", "status"), ("GET", "events?since=0"), ("GET", "runs"), ("GET", "activity"),
    ("GET", "models"), ("GET", "openapi.json"), ("POST", "runs"), ("POST", "activity"),
    ("POST", "uploads?format=csv"),
]  # fmt: skip


def test_page_and_interface_of_somebody_else_are_refused(owner_url: str, others_page: Page) -> None:
    for method, path in REQUESTS:
        status, text = others_page.evaluate(FETCH, [method, f"{owner_url}{path}"])
        assert status in (401, 403), (method, path, status, text)
        assert NAME not in text
    code, heard = others_page.evaluate(LISTEN, f"{owner_url}stream?since=0")
    assert (code, heard) == (1006, [])

    answer = others_page.goto(owner_url.removesuffix("api/v1/"))
    assert answer is not None
    assert answer.status == 403
    assert NAME not in others_page.content()


def test_tokens_of_somebody_else_open_nothing(
    owner_url: str, person: Callable[[str], Person]
) -> None:
    other = person("bo")
    for token in (other.token, other.kernel_token(), None):
        for method, path in REQUESTS:
            status, text = answer_to(method, f"{owner_url}{path}", token)
            assert status in (401, 403), (method, path, status, text)
            assert NAME not in text


def test_guest_watches_until_the_share_is_taken_back(person: Callable[[str], Person]) -> None:
    owner, guest = person("ñ@x"), person("bo")
    share = f"shares/{quote(owner.name)}/"
    owner.hub.ask("POST", share, {"user": guest.name})
    page = guest.page
    page.goto(f"{owner.url}jupyter-progress/")
    guest.log_in()
    page.get_by_role("button", name="Authorize").click()
    expect_connection(page, "live", 10_000 * SCALE)
    owner.hub.ask("DELETE", share)
    within_s = ASK_EVERY_S + REMEMBERED_S + 5 * SCALE
    expect_connection(page, "denied", within_s * 1000)


def answer_to(method: str, url: str, token: str | None) -> tuple[int, str]:
    """What a script is answered."""
    headers = {} if token is None else {"Authorization": f"token {token}"}
    request = urllib.request.Request(url, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
