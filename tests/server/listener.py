"""A real HTTP listener on loopback that keeps what is posted to it."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ..jupyter_process import SCALE


class Listener:
    """Answers every POST with a status, and can go away and come back on the same port.

    Attributes
    ----------
    statuses
        What the next requests are answered with, in order; after these 204.
    location
        Where redirects lead; by default elsewhere at this listener.
    """

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.told: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.location = ""
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        self.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/night"

    @property
    def causes(self) -> list[str]:
        return [str(body["cause"]) for body in self.told]

    def open(self) -> None:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.asked.append(self.path)
                listener.headers.append(dict(self.headers.items()))
                status = listener.statuses.pop(0) if listener.statuses else 204
                if status == 204:
                    listener.told.append(json.loads(body))
                self.send_response(status)
                if 300 <= status < 400:
                    elsewhere = f"http://127.0.0.1:{listener.port}/elsewhere"
                    self.send_header("Location", listener.location or elsewhere)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def wait_for(self, count: int, within_s: float = 10.0) -> list[dict[str, Any]]:
        """What was told, once it is that much."""
        deadline = time.monotonic() + within_s * SCALE
        while len(self.told) < count:
            assert time.monotonic() < deadline, self.told
            time.sleep(0.02)
        return self.told
