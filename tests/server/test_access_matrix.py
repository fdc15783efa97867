"""Every address and verb × every kind of caller, in one table; a route that is not in it fails."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any, ClassVar

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.base.handlers import APIHandler
from tornado.httpclient import HTTPClientError
from tornado.web import RequestHandler

from .conftest import API
from .test_access import NEEDS, cookie_header, log_in

ROOT = "jupyter-progress"
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
READ_ALL = dict.fromkeys(VERBS[:1], "read")
# Address -> what each verb needs, for all that the extension adds to the server.
TABLE: dict[str, dict[str, str]] = {
    **{f"{'/'.join(API)}/{path}": needs for path, needs in NEEDS.items()},
    # Where there is nothing, every verb is answered 404: to those who may read.
    f"{ROOT}/api/v9/nothing": dict.fromkeys(VERBS, "read"),
    f"{ROOT}/nothing": dict.fromkeys(VERBS, "read"),
    ROOT: READ_ALL,
    f"{ROOT}/": READ_ALL,
    f"{ROOT}/static/page.js": READ_ALL,
}
CALLS = [(path, verb) for path in TABLE for verb in VERBS]


class Denies(Authorizer):
    """Allows everything but one action on this extension."""

    denied: ClassVar[str] = ""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return not (resource == "jupyter_progress" and action == self.denied)


@pytest.fixture
def cookies(
    jp_serverapp: Any, http_server_client: Any, jp_base_url: str, jp_asyncio_loop: Any
) -> dict[str, str]:
    token = jp_serverapp.identity_provider.token
    found = jp_asyncio_loop.run_until_complete(log_in(http_server_client, jp_base_url, token))
    assert "_xsrf" in found
    return found


@pytest.fixture
def fetch(http_server_client: Any, jp_base_url: str) -> Any:
    async def fetch(path: str, verb: str, headers: dict[str, str]) -> Any:
        try:
            return await http_server_client.fetch(
                f"{jp_base_url}{path}",
                method=verb,
                headers=headers,
                body=b"" if verb in ("POST", "PUT", "PATCH") else None,
                follow_redirects=False,
                allow_nonstandard_methods=True,
            )
        except HTTPClientError as error:
            if error.response is None:
                raise
            return error.response

    return fetch


@pytest.fixture
def call(fetch: Any) -> Any:
    async def call(path: str, verb: str, headers: dict[str, str]) -> tuple[int, bytes]:
        answer = await fetch(path, verb, headers)
        return answer.code, answer.body

    return call


def is_interface(path: str) -> bool:
    return path.startswith(f"{ROOT}/api/")


def check_refusal(path: str, verb: str, status: int, body: bytes, expected: set[int]) -> None:
    told = (path, verb, status, body[:200])
    assert status in expected, told
    if is_interface(path) and verb != "HEAD":
        assert set(json.loads(body)) == {"message", "reason", "retryable"}, told
    for word in (b"log_id", b"Training progress", b"function"):
        assert word not in body, told


def check_let_in(path: str, verb: str, status: int, body: bytes) -> None:
    told = (path, verb, status, body[:200])
    if verb not in TABLE[path]:
        assert status == 405, told
    else:
        assert status not in (401, 403, 405, 500), told


def rules(router: Any) -> list[tuple[str, type[RequestHandler]]]:
    """All addresses of an application, with their handlers."""
    found = []
    for rule in router.rules:
        if hasattr(rule.target, "rules"):
            found += rules(rule.target)
        elif hasattr(rule.matcher, "regex"):
            found.append((rule.matcher.regex.pattern, rule.target))
    return found


def test_table_has_every_address_and_verb_of_the_application(
    jp_serverapp: Any, jp_base_url: str
) -> None:
    own = [
        (pattern, handler)
        for pattern, handler in rules(jp_serverapp.web_app.default_router)
        if handler.__module__.startswith("jupyter_progress")
    ]
    assert len(own) > 20
    missing = RequestHandler._unimplemented_method
    for pattern, handler in own:
        verbs = {verb for verb in VERBS if getattr(handler, verb.lower()) is not missing}
        # The first rule that takes an address is the one that answers.
        told = [
            path
            for path in TABLE
            if next((p for p, _ in own if re.match(p, f"{jp_base_url}{path}")), None) == pattern
        ]
        assert told, f"{pattern} is not in the table"
        # Jupyter's own answer to what a browser asks before a request to another origin, or none.
        assert handler.options in (APIHandler.options, missing), pattern
        for path in told:
            assert set(TABLE[path]) == verbs, (pattern, path)


HANDSHAKE = {
    "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip
STRANGERS: dict[str, dict[str, str]] = {
    "nobody": {},
    "a wrong token": {"Authorization": "token wrong"},
    "a wrong bearer": {"Authorization": "Bearer wrong"},
    "an empty token": {"Authorization": "token "},
    "a wrong password": {"Authorization": "Basic YTpi"},
    "a made-up cookie": {"Cookie": "username-127-0-0-1-8888=2|1:0|10:0|user|x; _xsrf=2|a|b|0"},
}


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_stranger_is_refused_everywhere(call: Any, stranger: str) -> None:
    for path, verb in CALLS:
        status, body = await call(path, verb, dict(STRANGERS[stranger]))
        # What a browser shows by itself sends it to the login page.
        expected = {403} if is_interface(path) else {302, 403}
        check_refusal(path, verb, status, body, expected)


class TestOpenServer:
    """A server that lets anybody in who is not told otherwise, as Jupyter's default is."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["allow_unauthenticated_access"] = True
        return jp_server_config

    async def test_stranger_is_refused_everywhere(self, call: Any) -> None:
        for path, verb in CALLS:
            status, body = await call(path, verb, {})
            check_refusal(path, verb, status, body, {302, 403, 405})
            assert status == 403 or not is_interface(path) or verb not in TABLE[path]


async def test_run_token_opens_the_events_of_its_run_and_nothing_else(ask: Any, call: Any) -> None:
    announced = (await ask("POST", "runs", {"kind": "external", "name": "far away"})).json
    headers = {"Authorization": f"Bearer {announced['token']}"}
    own = f"{'/'.join(API)}/runs/{announced['run_id']}/events"
    assert (await call(own, "POST", dict(headers)))[0] == 400  # let in; an empty body is no JSON
    assert (await call(own, "GET", dict(headers)))[0] == 405  # there is nothing to read
    assert (await call(f"{own}?token={announced['token']}", "POST", {}))[0] == 403
    for path, verb in CALLS:
        status, body = await call(path, verb, dict(headers))
        check_refusal(path, verb, status, body, {403} if is_interface(path) else {302, 403})


async def test_token_opens_everything(call: Any, jp_auth_header: dict[str, str]) -> None:
    for path, verb in CALLS:
        check_let_in(path, verb, *await call(path, verb, dict(jp_auth_header)))


async def test_cookie_without_the_xsrf_header_only_reads(
    call: Any, cookies: dict[str, str]
) -> None:
    headers = {"Cookie": cookie_header(cookies)}
    wrong = {**headers, "X-XSRFToken": "2|12345678|0123456789abcdef|1700000000"}
    for path, verb in CALLS:
        if verb in ("GET", "HEAD"):
            status, body = await call(path, verb, dict(headers))
            if verb == "GET" and path.startswith("/".join(API)) and not path.endswith("stream"):
                check_let_in(path, verb, status, body)
        else:
            for sent in (headers, wrong):
                check_refusal(path, verb, *await call(path, verb, dict(sent)), {403})


async def test_cookie_with_the_xsrf_header_opens_everything(
    call: Any, cookies: dict[str, str]
) -> None:
    headers = {"Cookie": cookie_header(cookies), "X-XSRFToken": cookies["_xsrf"]}
    for path, verb in CALLS:
        check_let_in(path, verb, *await call(path, verb, dict(headers)))


FOREIGN = ("http://evil.example", "null", "http://127.0.0.1:1")


@pytest.mark.parametrize("origin", FOREIGN)
async def test_cookie_from_a_foreign_page_is_refused(
    call: Any, cookies: dict[str, str], origin: str
) -> None:
    # With everything that a page of the same origin would send besides.
    headers = {
        "Cookie": cookie_header(cookies), "X-XSRFToken": cookies["_xsrf"], "Origin": origin,
        **HANDSHAKE,
    }  # fmt: skip
    for path, verb in CALLS:
        if is_interface(path):
            status, body = await call(path, verb, dict(headers))
            # Jupyter's own answer to a foreign page is that there is nothing.
            check_refusal(path, verb, status, body, {403, 404, 405})
            if verb in TABLE[path]:
                assert status in (403, 404), (path, verb)


@pytest.mark.parametrize("origin", FOREIGN)
async def test_foreign_page_can_change_nothing_and_read_nothing_with_a_cookie(
    fetch: Any, cookies: dict[str, str], origin: str
) -> None:
    # Also the page and its files, which a browser may load for a foreign page, but not hand to it.
    headers = {"Cookie": cookie_header(cookies), "Origin": origin}
    for path, verb in CALLS:
        for sent in (headers, {**headers, "Sec-Fetch-Site": "cross-site"}):
            answer = await fetch(path, verb, dict(sent))
            told = (path, verb, answer.code, dict(answer.headers))
            assert "Access-Control-Allow-Origin" not in answer.headers, told
            assert "Access-Control-Allow-Credentials" not in answer.headers, told
            if verb not in ("GET", "HEAD"):
                check_refusal(path, verb, answer.code, answer.body, {403, 404, 405})
            elif not path.endswith(".js"):  # the same for everybody, and about nobody
                assert b"log_id" not in (answer.body or b""), told


async def test_preflight_is_answered_without_a_word_and_opens_nothing_to_a_cookie(
    fetch: Any, cookies: dict[str, str], jp_auth_header: dict[str, str]
) -> None:
    cookie = {"Cookie": cookie_header(cookies), "X-XSRFToken": cookies["_xsrf"]}
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    for path in TABLE:
        for who in (*STRANGERS.values(), cookie, jp_auth_header):
            answer = await fetch(path, "OPTIONS", {**who, **asked})
            told = (path, who, answer.code, dict(answer.headers))
            if is_interface(path) and not path.endswith("stream"):
                assert (answer.code, answer.body) == (200, b""), told
            else:
                check_refusal(path, "OPTIONS", answer.code, answer.body, {302, 403, 405})
            assert "Access-Control-Allow-Credentials" not in answer.headers, told
            if who is not jp_auth_header:
                assert "Access-Control-Allow-Origin" not in answer.headers, told
            answer = await fetch(path, "OPTIONS", {**who, **asked, "Host": "evil.example"})
            check_refusal(path, "OPTIONS", answer.code, answer.body, {302, 403})


@pytest.mark.parametrize("by", ["token", "cookie"])
async def test_request_for_a_foreign_host_is_refused_with_the_right_token_or_cookie(
    call: Any, jp_auth_header: dict[str, str], cookies: dict[str, str], by: str
) -> None:
    cookie = {"Cookie": cookie_header(cookies), "X-XSRFToken": cookies["_xsrf"]}
    # Also under the name that the cookie has on that host, as a page there could set it.
    name = next(name for name in cookies if name.startswith("username-"))
    there = {**cookies, "username-evil-example": cookies[name]}
    for path, verb in CALLS:
        for let_in in (
            [jp_auth_header]
            if by == "token"
            else [cookie, {**cookie, "Cookie": cookie_header(there)}]
        ):
            status, body = await call(path, verb, {**let_in, "Host": "evil.example"})
            check_refusal(path, verb, status, body, {302, 403})
            assert status == 403 or not is_interface(path)


@pytest.mark.parametrize("denied", ["read", "write", "execute"])
async def test_authorizer_that_denies_one_action_closes_exactly_its_calls(
    call: Any, jp_serverapp: Any, jp_auth_header: dict[str, str], denied: str
) -> None:
    Denies.denied = denied
    jp_serverapp.web_app.settings["authorizer"] = Denies(parent=jp_serverapp)
    for path, verb in CALLS:
        status, body = await call(path, verb, dict(jp_auth_header))
        if TABLE[path].get(verb) == denied:
            check_refusal(path, verb, status, body, {403})
        else:
            check_let_in(path, verb, status, body)


async def test_stream_opens_for_none_of_them(
    ask: Any, call: Any, jp_serverapp: Any, jp_auth_header: dict[str, str], services: Any
) -> None:
    announced = (await ask("POST", "runs", {"kind": "external", "name": "far away"})).json
    run_token = {"Authorization": f"Bearer {announced['token']}"}
    foreign_host = {**jp_auth_header, "Host": "evil.example"}
    stream = f"{'/'.join(API)}/stream"
    for headers in (*STRANGERS.values(), run_token, foreign_host):
        status, body = await call(stream, "GET", {**HANDSHAKE, **headers})
        assert status == 403, headers
        assert json.loads(body)["reason"] == "denied"
    Denies.denied = "read"
    jp_serverapp.web_app.settings["authorizer"] = Denies(parent=jp_serverapp)
    assert (await call(stream, "GET", {**HANDSHAKE, **jp_auth_header}))[0] == 403
    assert len(services.broadcaster) == 0


class TestEvents:
    """Nobody who may not read gets an event, on whichever way."""

    @pytest.fixture
    def extension_config(self) -> dict[str, Any]:
        return {"heartbeat_s": 0.5}

    async def test_denied_user_gets_none_and_a_withdrawn_one_none_after_a_heartbeat(
        self, ask: Any, open_stream: Any, jp_serverapp: Any, scaled: Any
    ) -> None:
        streams = [await open_stream() for _ in range(20)]
        for stream in streams:
            await stream.until("heartbeat")
        Denies.denied = "read"
        jp_serverapp.web_app.settings["authorizer"] = Denies(parent=jp_serverapp)
        withdrawn = time.monotonic()
        codes = await asyncio.gather(*(stream.ended() for stream in streams))
        assert set(codes) == {4500}
        assert time.monotonic() - withdrawn < 0.5 + scaled(0.5)  # of a busy machine
        with pytest.raises(HTTPClientError) as caught:
            await open_stream(since=0)
        assert caught.value.code == 403
        assert (await ask("POST", "activity", {"text": "nobody hears"})).status == 201
        for path in ("events", "status", "activity"):
            answer = await ask("GET", path)
            assert (answer.status, answer.json["reason"]) == (403, "denied")
            assert b"nobody hears" not in answer.body
        heard = [m for stream in streams for m in stream.messages if m["type"] == "activity_update"]
        assert heard == []
