"""A Jupyter server with the extension, in the test's own process and event loop."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# By import and not as a plugin: its fixtures are automatic, and other tests need no event loop.
from pytest_jupyter.jupyter_server import *  # noqa: F403
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection

from jupyter_progress.server import notice_sender, waiting_notices

from ..unjudged import UNJUDGED
from .listener import Listener
from .notice_machine import Machine
from .raw import RawClient

API = ("jupyter-progress", "api", "v1")
DIGITS = {
    "dataset": {"source": "sklearn", "name": "digits"},
    "estimator": {
        "class": "sklearn.ensemble.RandomForestClassifier",
        "params": {"n_estimators": 30, "random_state": 0},
    },
}
LONG = {
    "dataset": {"source": "sklearn", "name": "digits"},
    "estimator": {
        "class": "sklearn.ensemble.RandomForestClassifier",
        "params": {"n_estimators": 20_000, "random_state": 0},
    },
}


@pytest.fixture
def extension_config() -> dict[str, Any]:
    """Traits of the extension; a test module overrides this."""
    return {}


@pytest.fixture
def jp_server_config(own_data_dir: Path, extension_config: dict[str, Any]) -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_progress": True, "jupyter_server_terminals": False},
            "allow_unauthenticated_access": False,
        },
        "JupyterProgress": {
            "data_dir": str(own_data_dir),
            "thresholds": UNJUDGED,
            **extension_config,
        },
    }


@dataclass
class Answer:
    """A REST answer, whatever its status."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture
def ask(jp_fetch: Any) -> Any:
    """``await ask("GET", "status")``: a call of the interface."""

    async def call(method: str, path: str, body: Any = None, **kwargs: Any) -> Answer:
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is None and method in ("POST", "PATCH", "PUT"):
            body = b""
        try:
            answer = await jp_fetch(*API, *path.split("/"), method=method, body=body, **kwargs)
        except HTTPClientError as error:
            if error.response is None:
                raise  # no answer at all
            answer = error.response
        return Answer(answer.code, answer.headers, answer.body)

    return call


class Stream:
    """A client of the stream, which looks at every message."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.messages: list[dict[str, Any]] = []
        self.waiting: list[dict[str, Any]] = []

    async def next(self, timeout_s: float = 10.0) -> dict[str, Any] | None:
        """The next message; None at the end of the connection."""
        if not self.waiting:
            frame = await asyncio.wait_for(self.socket.read_message(), timeout_s)
            if frame is None:
                return None
            self.waiting = json.loads(frame)
            assert isinstance(self.waiting, list)
        message = self.waiting.pop(0)
        self.messages.append(message)
        return message

    async def until(self, *types: str, timeout_s: float = 30.0) -> dict[str, Any]:
        """Read on until a message of one of these types."""
        deadline = time.monotonic() + timeout_s
        while True:
            message = await self.next(max(0.1, deadline - time.monotonic()))
            assert message is not None, (self.socket.close_code, self.socket.close_reason)
            if message["type"] in types:
                return message

    @property
    def durable(self) -> list[dict[str, Any]]:
        """The logged events among all that was read."""
        control = ("hello", "snapshot", "heartbeat")
        return [m for m in self.messages if "offset" in m and m["type"] not in control]

    async def send(self, message: Any) -> None:
        if not isinstance(message, str | bytes):
            message = json.dumps(message)
        await self.socket.write_message(message, binary=isinstance(message, bytes))

    async def ended(self, timeout_s: float = 10.0) -> int | None:
        """Read to the end; the close code."""
        while await self.next(timeout_s) is not None:
            pass
        return self.socket.close_code


@pytest.fixture
def open_stream(jp_ws_fetch: Any, jp_asyncio_loop: Any) -> Any:
    """``await open_stream(since=3)``: a stream, closed with the test."""
    opened: list[WebSocketClientConnection] = []

    async def call(**params: Any) -> Stream:
        asked = {key: str(value) for key, value in params.items()}
        opened.append(await jp_ws_fetch(*API, "stream", params=asked))
        return Stream(opened[-1])

    yield call
    for socket in opened:
        socket.close()
        if socket.protocol is not None:
            socket.protocol.stream.close()
    jp_asyncio_loop.run_until_complete(asyncio.sleep(0.01))


@pytest.fixture
def services(jp_serverapp: Any) -> Any:
    """What is behind the handlers."""
    return jp_serverapp.web_app.settings["jupyter_progress_services"]


@pytest.fixture
def until_ended(ask: Any, scaled: Any) -> Any:
    """``await until_ended(run_id)``: the state of a run at its end."""

    async def call(run_id: str, timeout_s: float = 60.0) -> dict[str, Any]:
        deadline = time.monotonic() + scaled(timeout_s)
        while time.monotonic() < deadline:
            state: dict[str, Any] = (await ask("GET", f"runs/{run_id}")).json
            if state["status"] in ("completed", "failed", "cancelled", "interrupted"):
                return state
            await asyncio.sleep(0.1)
        raise TimeoutError(state)

    return call


@pytest.fixture
def raw(
    http_server_client: Any, jp_http_port: int, jp_base_url: str, jp_auth_header: Any
) -> RawClient:
    """A client that sends exactly the bytes that it is told to."""
    return RawClient(
        jp_http_port, f"{jp_base_url}jupyter-progress/", jp_auth_header["Authorization"]
    )


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """Where notices go."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    opened = Listener()
    yield opened
    opened.close()


@pytest.fixture
def machine(own_data_dir: Path, listener: Listener) -> Iterator[Machine]:
    """A data directory whose servers tell the listener."""
    made = Machine(own_data_dir, listener.url)
    yield made
    made.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is tried again soon, and a dead sender noticed soon."""
    monkeypatch.setattr(notice_sender, "wait_s", lambda failures: 0.05)
    monkeypatch.setattr(waiting_notices, "wait_s", lambda failures: 0.05)
    monkeypatch.setattr(notice_sender, "LOCK_EVERY_S", 0.05)
