"""REST from Python, against a real HTTP server and a real Jupyter server."""

from __future__ import annotations

import io
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import msgspec
import pytest

from jupyter_progress.client.discovery import ServerAddress
from jupyter_progress.client.rest import RestClient, credentials
from jupyter_progress.errors import (
    BodyTooLarge,
    Denied,
    ExtensionMissing,
    RunGoingOn,
    ServerUnreachable,
    Unavailable,
    UnknownColumn,
    UnknownRun,
)

BASE = "/base/jupyter-progress/api/v1/"


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, or with the status and body that the path names."""

    protocol_version = "HTTP/1.1"
    answers: ClassVar[dict[str, tuple[int, bytes]]] = {}

    def _respond(self) -> None:
        path = self.path.removeprefix(BASE)
        if path in self.answers:
            status, body = self.answers[path]
        else:
            status = 200
            facts = {
                "method": self.command,
                "path": path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": self._body().decode("latin-1"),
            }
            body = msgspec.json.encode(facts)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/login")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    do_GET = do_POST = do_PATCH = do_DELETE = _respond

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def client() -> Iterator[RestClient]:
    Echo.answers.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield RestClient(ServerAddress(f"http://127.0.0.1:{server.server_port}/base/", "abc"))
    server.shutdown()
    server.server_close()
    thread.join()


def test_each_call_sends_its_verb_path_body_and_credentials(client):
    found = client.get("runs", status="running", tag=None, before="a b")
    assert (found["method"], found["path"]) == ("GET", "runs?status=running&before=a+b")
    assert found["headers"]["authorization"] == "token abc"
    found = client.post("runs", {"x": float("nan")}, "key-1")
    assert found["body"] == '{"x":null}'
    assert found["headers"]["idempotency-key"] == "key-1"
    assert client.patch("runs/1", {"name": "n"})["method"] == "PATCH"
    assert client.post("runs/1/stop")["body"] == "{}"


def test_an_upload_is_streamed_with_or_without_a_known_length(client):
    content = bytes(range(256)) * 4000
    found = client.upload(io.BytesIO(content), "npz")
    assert found["path"] == "uploads?format=npz"
    assert found["headers"]["content-length"] == str(len(content))
    assert found["body"].encode("latin-1") == content

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.parts = [content[:1000], content[1000:]]

        def read(self, _size: int = -1) -> bytes:
            return self.parts.pop(0) if self.parts else b""

        def tell(self) -> int:
            raise OSError("a pipe has no position")

    found = client.upload(Pipe(), "csv")
    assert found["headers"]["transfer-encoding"] == "chunked"
    assert found["body"].encode("latin-1") == content


def test_a_download_goes_to_a_path_or_an_open_file(client, tmp_path):
    Echo.answers["models/m/1/artifact"] = (200, b"\x00\x01" * 300_000)
    assert client.download("models/m/1/artifact", tmp_path / "model") == 600_000
    assert (tmp_path / "model").read_bytes() == b"\x00\x01" * 300_000
    buffer = io.BytesIO()
    assert client.download("models/m/1/artifact", buffer) == 600_000


def _wire(message: str, reason: str) -> bytes:
    return msgspec.json.encode({"message": message, "reason": reason, "retryable": False})


@pytest.mark.parametrize(
    ("status", "body", "expected", "words"),
    [
        (404, _wire("there is no run 'r'", "unknown_run"), UnknownRun, "there is no run 'r'"),
        (409, _wire("it is going on", "run_going_on"), RunGoingOn, "it is going on"),
        (400, _wire("dataset.target: no such", "unknown_column"), UnknownColumn, "dataset.target"),
        (403, b'{"message": "Forbidden"}', Denied, "Forbidden"),
        (401, b"", Denied, "does not let this kernel in"),
        (302, b"", Denied, "asks for a login"),
        (502, b"<html>Bad gateway", Unavailable, "status 502"),
        (404, b'{"message": "Not Found", "reason": null}', ExtensionMissing, "pip install"),
        (404, b"<html>not found", ExtensionMissing, "pip install"),
        (200, b"<html>log in", ExtensionMissing, "pip install"),
    ],
)
def test_refusals_become_this_packages_errors(status, body, expected, words, client):
    Echo.answers["refused"] = (status, body)
    with pytest.raises(expected) as caught:
        client.get("refused")
    assert type(caught.value) is expected
    assert words in str(caught.value)
    assert "abc" not in str(caught.value)


def test_the_reason_of_a_refused_upload_is_read_though_the_server_hangs_up(client):
    Echo.answers["uploads?format=csv"] = (413, _wire("at most 1 MB", "body_too_large"))
    with pytest.raises(BodyTooLarge):
        client.upload(io.BytesIO(bytes(40_000_000)), "csv")


def test_nobody_at_the_address_is_unreachable_and_says_so():
    client = RestClient(ServerAddress("http://127.0.0.1:9/", "abc"))
    with pytest.raises(ServerUnreachable, match="nothing listens there"):
        client.get("status")


def test_a_server_that_does_not_answer_in_time_is_unreachable(client):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        slow = RestClient(ServerAddress(f"http://127.0.0.1:{port}/", "abc"), timeout_s=0.1)
        with pytest.raises(ServerUnreachable, match="took too long"):
            slow.get("status")


def test_proxies_of_the_environment_are_left_aside(client, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    assert client.get("runs")["method"] == "GET"


def test_a_jupyter_server_without_a_token_takes_a_post(plain_jupyter):
    url = f"{plain_jupyter.url}api/contents"
    assert plain_jupyter.token == ""
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        _post(url, {})
    refused.value.close()
    assert _post(url, credentials(plain_jupyter)) == 201


def _post(url: str, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, b'{"type": "notebook"}', headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status
