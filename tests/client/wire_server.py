"""A small server on a real port that speaks the stream and ``GET events``, and can be told to fail.

It keeps a log of its own; what it answers is made by the same core that the real server uses.
"""

from __future__ import annotations

import contextlib
import threading
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

from jupyter_progress.client.discovery import ServerAddress
from jupyter_progress.client.snapshots import snapshot_message
from jupyter_progress.core.view import View
from jupyter_progress.core.wire import Message

RUN = "20261122-093000-0000abcd"
TOKEN = "the-secret-of-this-server"
TIME = "2026-11-22T09:30:00.000Z"


class WireServer:
    """Serves one log.

    Attributes
    ----------
    socket_status
        Answer handshakes with this status instead of opening.
    rest_status
        Answer REST with this status.
    skip
        Offsets that the stream leaves out: a gap.
    """

    def __init__(self, *, heartbeat_s: float = 0.1, log_id: str = "log-a", port: int = 0) -> None:
        self.heartbeat_s = heartbeat_s
        self.log_id = log_id
        self.socket_status: int | None = None
        self.rest_status: int | None = None
        self.is_mute = False
        self.skip: set[int] = set()
        self.asked: list[str] = []
        self.events: list[Message] = []
        self._revision = 0
        self._volatile: Message | None = None
        self._changed = threading.Condition()
        self._open: list[ServerConnection] = []
        self._server = serve(
            self._stream, "127.0.0.1", port, process_request=self._request, compression=None
        )
        self.port: int = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> ServerAddress:
        return ServerAddress(f"http://127.0.0.1:{self.port}/base/", TOKEN)

    def stop(self) -> None:
        self._server.shutdown()
        self.close_sockets(4400)
        self._thread.join(5)

    def emit(self, type: str, data: dict | None = None, run_id: str | None = RUN) -> int:
        with self._changed:
            offset = len(self.events) + 1
            self.events.append(
                Message(type=type, offset=offset, time=TIME, run_id=run_id, data=data or {})
            )
            self._changed.notify_all()
            return offset

    def note(self, text: str) -> int:
        facts = {"id": text, "level": "info", "kind": "note", "text": text}
        return self.emit("activity_update", facts, None)

    def measure(self, **health: object) -> None:
        with self._changed:
            self._revision += 1
            self._volatile = Message(
                type="system_metrics",
                after=len(self.events),
                revision=self._revision,
                time=TIME,
                data=health,
            )
            self._changed.notify_all()

    def close_sockets(self, code: int = 1000, reason: str = "") -> None:
        for connection in list(self._open):
            connection.close(code, reason)

    @property
    def sockets(self) -> int:
        return len(self._open)

    def _request(self, connection: ServerConnection, request) -> Response | None:
        parts = urlsplit(request.path)
        self.asked.append(request.path)
        if request.headers.get("Authorization") != f"token {TOKEN}":
            return _answer(403, {"message": "Forbidden", "reason": None})
        if parts.path == "/base/jupyter-progress/api/v1/stream":
            if self.socket_status is not None:
                return _answer(self.socket_status, {})
            return None
        if self.rest_status is not None:
            return _answer(self.rest_status, {"message": "no", "reason": None})
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.endswith("/api/v1/events"):
            return _answer(200, self._events(query))
        if parts.path.endswith("/api/v1/status"):
            return _answer(200, self._snapshot().data)
        return _answer(404, {"message": "Not Found"})

    def _snapshot(self) -> Message:
        view = View()
        view.apply(Message(type="snapshot", log_id=self.log_id, offset=0, data={}))
        for event in self.events:
            view.apply(event)
        return snapshot_message(view)

    def _events(self, query: dict[str, str]) -> dict:
        head = len(self.events)
        since = self._since(query)
        limit = int(query.get("limit", 500))
        after = head if since is None else since
        events = self.events[after : after + limit]
        end = after + len(events)
        volatile = [self._volatile] if self._volatile and end == head else []
        return {
            "log_id": self.log_id,
            "offset": end,
            "head": head,
            "more": end < head,
            "recovered": since is not None,
            "events": [] if since is None else events,
            "volatile": volatile,
            "snapshot": self._snapshot().data if since is None else None,
        }

    def _since(self, query: dict[str, str]) -> int | None:
        since = int(query["since"]) if "since" in query else None
        if since is None or query.get("log_id", self.log_id) != self.log_id:
            return None
        return since if since <= len(self.events) else None

    def _stream(self, connection: ServerConnection) -> None:
        query = parse_qs(urlsplit(connection.request.path).query)
        since = self._since({name: values[0] for name, values in query.items()})
        self._open.append(connection)
        with contextlib.suppress(ConnectionClosed):
            self._serve(connection, since)
        self._open.remove(connection)

    def _serve(self, connection: ServerConnection, since: int | None) -> None:
        hello = Message(
            type="hello",
            log_id=self.log_id,
            offset=len(self.events),
            recovered=since is not None,
            heartbeat_s=self.heartbeat_s,
        )
        first = [hello] if since is not None else [hello, self._snapshot()]
        sent = since if since is not None else first[1].offset
        measured = 0
        if self.is_mute:
            connection.recv()
        _send(connection, first)
        while True:
            with self._changed:
                self._changed.wait(self.heartbeat_s)
                fresh = [event for event in self.events[sent:] if event.offset not in self.skip]
                sent = len(self.events)
                if self._volatile and self._volatile.revision > measured:
                    measured = self._volatile.revision
                    fresh.append(self._volatile)
            beat = Message(type="heartbeat", offset=sent, time=TIME)
            while self.is_mute:
                connection.recv()
            _send(connection, [*fresh, beat])


def _send(connection: ServerConnection, messages: list[Message]) -> None:
    connection.send(msgspec.json.encode(messages).decode())


def _answer(status: int, body: object) -> Response:
    encoded = msgspec.json.encode(body)
    headers = Headers(
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(encoded))),
            ("Connection", "close"),
        ]
    )
    return Response(status, HTTPStatus(status).phrase, headers, encoded)
