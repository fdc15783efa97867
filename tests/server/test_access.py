"""Every route with every method and every kind of caller."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, ClassVar

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from jupyter_progress.server.handlers.routes import API_ROUTES

from .conftest import API

RUN = "20260101-000000-00000000"
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
# Route -> what each method needs; a method that is missing is not there.
NEEDS = {
    "status": {"GET": "read"},
    "events": {"GET": "read"},
    "stream": {"GET": "read"},
    "health": {"GET": "read"},
    "health/history": {"GET": "read"},
    "activity": {"GET": "read", "POST": "write"},
    "runs": {"GET": "read", "POST": "execute"},
    "facets": {"GET": "read"},
    f"runs/{RUN}": {"GET": "read", "PATCH": "write", "DELETE": "write"},
    f"runs/{RUN}/stop": {"POST": "execute"},
    f"runs/{RUN}/cancel": {"POST": "execute"},
    f"runs/{RUN}/skip": {"POST": "execute"},
    f"runs/{RUN}/candidates": {"GET": "read"},
    f"runs/{RUN}/resume": {"POST": "execute"},
    f"runs/{RUN}/events": {"POST": "execute"},
    f"runs/{RUN}/metrics": {"GET": "read"},
    f"runs/{RUN}/output": {"GET": "read"},
    f"runs/{RUN}/register": {"POST": "execute"},
    "uploads": {"POST": "execute"},
    "models": {"GET": "read"},
    "models/m": {"GET": "read"},
    "models/m/1/artifact": {"GET": "read"},
    "models/m/deploy": {"POST": "execute"},
    "models/m/predict": {"POST": "execute"},
    "openapi.json": {"GET": "read"},
    "datasets": {"GET": "read"},
    "estimators": {"GET": "read"},
}
CALLS = [(path, method) for path in NEEDS for method in METHODS]


class Recorder(Authorizer):
    """Allows what it is told to, and remembers what it was asked."""

    allowed: ClassVar[set[str]] = set()
    asked: ClassVar[list[tuple[str, str]]] = []

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return action in self.allowed


@pytest.fixture
def recorder(jp_serverapp: Any) -> Recorder:
    authorizer = Recorder(parent=jp_serverapp)
    Recorder.allowed, Recorder.asked = set(), []
    jp_serverapp.web_app.settings["authorizer"] = authorizer
    return authorizer


def test_table_has_every_route() -> None:
    assert len(NEEDS) == len(API_ROUTES) + 2  # stop, cancel and resume are one route


async def test_stranger_gets_403_everywhere(ask: Any) -> None:
    for path, method in CALLS:
        answer = await ask(method, path, headers={"Authorization": "token wrong"})
        assert answer.status == 403, (method, path)
        if path != "stream":
            assert answer.json["reason"] == "denied", (method, path)


async def test_each_method_asks_for_its_own_permission(ask: Any, recorder: Recorder) -> None:
    # Once through all, then again backwards: a decorator must not keep its first caller's words.
    for path, method in [*CALLS, *reversed(CALLS)]:
        recorder.asked.clear()
        answer = await ask(method, path)
        needed = NEEDS[path].get(method)
        if needed is None:
            assert answer.status == 405, (method, path)
            assert not recorder.asked
        else:
            assert answer.status == 403, (method, path)
            assert recorder.asked[0] == (needed, "jupyter_progress"), (method, path)
        if path != "stream":
            assert set(answer.json) == {"message", "reason", "retryable"}


async def test_reader_can_read_and_change_nothing(ask: Any, recorder: Recorder) -> None:
    Recorder.allowed = {"read"}
    assert (await ask("GET", "status")).status == 200
    assert (await ask("GET", "runs")).status == 200
    for path, methods in NEEDS.items():
        for method, needed in methods.items():
            if needed != "read":
                assert (await ask(method, path)).status == 403, (method, path)


async def test_code_of_ones_own_needs_execute_on_kernels(
    ask: Any, jp_serverapp: Any, recorder: Recorder
) -> None:
    class NoKernels(Recorder):
        def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
            return resource != "kernels"

    jp_serverapp.web_app.settings["authorizer"] = NoKernels(parent=jp_serverapp)
    body = {
        "dataset": {"source": "sklearn", "name": "iris"},
        "estimator": {"class": "sklearn.svm.SVC"},
        "executor": {"python": "/bin/true"},
    }
    answer = await ask("POST", "runs", body)
    assert (answer.status, answer.json["reason"]) == (403, "denied")
    function = {"kind": "function", "function": {"upload": "0" * 32}}
    answer = await ask("POST", "runs", function)
    assert (answer.status, answer.json["reason"]) == (403, "denied")
    answer = await ask("POST", "uploads", b"x", params={"format": "pickle"})
    assert (answer.status, answer.json["reason"]) == (403, "denied")
    assert (await ask("POST", "uploads", b"x", params={"format": "csv"})).status == 201


async def log_in(client: Any, base_url: str, token: str) -> dict[str, str]:
    """The cookies that a browser has after it came with the token."""
    login = await client.fetch(f"{base_url}jupyter-progress/?token={token}", follow_redirects=False)
    lines = login.headers.get_list("Set-Cookie")
    return {line.partition("=")[0]: line.partition("=")[2].split(";")[0] for line in lines}


def cookie_header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


@pytest.mark.parametrize("is_foreign", [False, True])
async def test_stream_opens_for_a_cookie_but_not_from_a_foreign_page(
    jp_serverapp: Any,
    http_server_client: Any,
    jp_base_url: str,
    jp_http_port: int,
    is_foreign: bool,
) -> None:
    token = jp_serverapp.identity_provider.token
    cookies = await log_in(http_server_client, jp_base_url, token)
    host = f"127.0.0.1:{jp_http_port}"
    request = HTTPRequest(
        f"ws://{host}{jp_base_url}{'/'.join(API)}/stream",
        headers={
            "Cookie": cookie_header(cookies),
            "Origin": "http://evil.example" if is_foreign else f"http://{host}",
        },
    )
    if is_foreign:
        with pytest.raises(HTTPClientError) as caught:
            await websocket_connect(request)
        assert caught.value.code == 403
        return
    socket = await websocket_connect(request)
    assert json.loads(str(await socket.read_message()))[0]["type"] == "hello"
    socket.close()
    while await socket.read_message() is not None:
        pass


async def test_cookie_needs_the_xsrf_header_for_all_but_reading(
    ask: Any, jp_serverapp: Any, http_server_client: Any, jp_base_url: str
) -> None:
    token = jp_serverapp.identity_provider.token
    cookies = await log_in(http_server_client, jp_base_url, token)
    assert "_xsrf" in cookies
    header = cookie_header(cookies)
    address = f"{jp_base_url}{'/'.join(API)}"
    answer = await http_server_client.fetch(f"{address}/status", headers={"Cookie": header})
    assert answer.code == 200
    note = json.dumps({"text": "by cookie"})
    with pytest.raises(HTTPClientError) as caught:
        await http_server_client.fetch(
            f"{address}/activity", method="POST", body=note, headers={"Cookie": header}
        )
    assert caught.value.code == 403
    assert json.loads(caught.value.response.body)["reason"] == "denied"
    answer = await http_server_client.fetch(
        f"{address}/activity",
        method="POST",
        body=note,
        headers={"Cookie": header, "X-XSRFToken": cookies["_xsrf"]},
    )
    assert answer.code == 201


async def test_kernel_is_let_in_by_its_token_file_and_to_nothing_else(
    ask: Any, services: Any, jp_fetch: Any, recorder: Recorder
) -> None:
    token = read_token_file()
    assert "JUPYTER_PROGRESS_URL" in os.environ
    headers = {"Authorization": f"token {token}"}
    assert (await ask("GET", "status", headers=dict(headers))).status == 200
    assert (await ask("POST", "activity", {"text": "hello"}, headers=dict(headers))).status == 201
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("api", "contents", headers=dict(headers))
    assert caught.value.code == 403


def read_token_file() -> str:
    path = Path(os.environ["JUPYTER_PROGRESS_TOKEN_FILE"])
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text()


async def test_unknown_address_answers_in_the_same_shape(ask: Any) -> None:
    for method in METHODS:
        answer = await ask(method, "no/such/thing")
        assert answer.status == 404
        assert set(answer.json) == {"message", "reason", "retryable"}
