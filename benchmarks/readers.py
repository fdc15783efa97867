"""A thousand subscribers in one process that does next to nothing with what it gets.

``python -m benchmarks.readers`` takes orders as the contestants do, and answers with moments by the
clock that all processes of the machine share.
"""

from __future__ import annotations

import re
import resource
import select
import socket
import statistics
import time
from typing import Any
from urllib.parse import urlsplit

from .inflating import Inflater
from .peers.contest import END, orders, say

MARK = re.compile(rb"#(\d+|end)#")
NAP_S = 0.02  # in a flood: several frames a call, so that the readers are not what is measured
TAIL_BYTES = 16
STALLED_BUFFER_BYTES = 4096
GIVE_UP_S = 60.0


class Readers:
    """Sockets that read, and some that never do."""

    def __init__(self) -> None:
        self._reading: dict[int, socket.socket] = {}
        self._inflaters: dict[int, Inflater] = {}
        self._stalled: list[socket.socket] = []
        self._poll = select.epoll()
        self._seen: dict[int, list[float]] = {}

    def connect(self, url: str, headers: dict[str, str], count: int) -> None:
        for _ in range(count):
            opened, deflates = _open(url, headers, None)
            self._reading[opened.fileno()] = opened
            if deflates:
                self._inflaters[opened.fileno()] = Inflater()
            self._poll.register(opened, select.EPOLLIN)
        self.settle(0.3)

    def stall(self, url: str, headers: dict[str, str], count: int) -> None:
        """Open sockets with small buffers that are never read again."""
        self._stalled += [_open(url, headers, STALLED_BUFFER_BYTES)[0] for _ in range(count)]
        self.settle(0.3)

    def let_go(self) -> None:
        """Close the sockets that were never read."""
        for opened in self._stalled:
            opened.close()
        self._stalled.clear()
        self.settle(0.3)

    def settle(self, quiet_s: float) -> None:
        """Read what comes until nothing has come for a moment."""
        while ready := self._poll.poll(quiet_s):
            for number, _ in ready:
                self._receive(number)
            if len(ready) < 2:
                break

    def flood(self) -> dict[str, Any]:
        """Read until every socket has seen the last event."""
        end = END.encode()
        tails = dict.fromkeys(self._reading, b"")
        missing = set(self._reading)
        size = 0
        give_up = time.monotonic() + GIVE_UP_S
        while missing:
            if time.monotonic() > give_up:
                raise TimeoutError(f"{len(missing)} sockets have not seen the last event")
            for number, _ in self._poll.poll(1):
                received = self._receive(number)
                size += len(received)
                if end in tails[number] + received[:TAIL_BYTES] or end in received:
                    missing.discard(number)
                tails[number] = received[-TAIL_BYTES:]
            if missing:
                time.sleep(NAP_S)
        return {"end": time.monotonic(), "bytes": size}

    def pace(self, events: int) -> None:
        """Take the moment at which each event arrives at each socket."""
        self._seen = {index: [] for index in range(events)}
        end = END.encode()
        give_up = time.monotonic() + GIVE_UP_S
        while any(len(moments) < len(self._reading) for moments in self._seen.values()):
            if time.monotonic() > give_up:
                raise TimeoutError("not every event has arrived everywhere")
            for number, _ in self._poll.poll(1):
                received = self._receive(number)
                at = time.monotonic()
                for found in MARK.findall(received):
                    index = events - 1 if found in end else int(found)
                    self._seen[index].append(at)

    def _receive(self, number: int) -> bytes:
        received = self._reading[number].recv(1 << 18)
        if not received:
            raise ConnectionError("the server has closed a socket that reads")
        inflater = self._inflaters.get(number)
        return received if inflater is None else inflater.inflated(received)

    def delays(self, sent: list[float]) -> dict[str, float]:
        """How long events took, in milliseconds."""
        took = sorted(
            1e3 * (at - sent[index]) for index, moments in self._seen.items() for at in moments
        )
        return {"median": statistics.median(took), "p99": took[int(0.99 * len(took))]}


def _open(
    url: str, headers: dict[str, str], buffer_bytes: int | None
) -> tuple[socket.socket, bool]:
    """Connect as a browser does; answers with whether the server compresses what it sends."""
    parts = urlsplit(url)
    opened = socket.socket()
    if buffer_bytes is not None:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    opened.connect((parts.hostname, parts.port))
    fields = {
        "Host": parts.netloc, "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Extensions": "permessage-deflate", **headers,
    }  # fmt: skip
    lines = [f"GET {parts.path or '/'} HTTP/1.1", *(f"{k}: {v}" for k, v in fields.items())]
    opened.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        received = opened.recv(1)
        if not received:
            raise ConnectionError(f"refused: {answer[:200]!r}")
        answer += received
    if b" 101 " not in answer.split(b"\r\n", 1)[0]:
        raise ConnectionError(f"refused: {answer[:200]!r}")
    opened.setblocking(False)
    return opened, b"permessage-deflate" in answer


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    readers = Readers()
    for order in orders():
        match order["do"]:
            case "connect":
                readers.connect(order["url"], order["headers"], order["count"])
                say({})
            case "stall":
                readers.stall(order["url"], order["headers"], order["count"])
                say({})
            case "let_go":
                readers.let_go()
                say({})
            case "settle":
                readers.settle(order["quiet_s"])
                say({})
            case "flood":
                say({"is_reading": True})
                say(readers.flood())
            case "pace":
                say({"is_reading": True})
                readers.pace(order["events"])
                say({})
            case "delays":
                say(readers.delays(order["sent"]))


if __name__ == "__main__":
    main()
