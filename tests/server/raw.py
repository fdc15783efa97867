"""A client that sends exactly the bytes that it is told to, whatever they are."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass


@dataclass
class RawAnswer:
    """What came back on one connection."""

    status: int
    head: bytes
    body: bytes


class RawClient:
    """Sends requests to a server on loopback, each on a connection of its own.

    Parameters
    ----------
    port
        Where it listens.
    prefix
        What stands before each path, ``/base/jupyter-progress/``.
    authorization
        The header that lets it in.
    """

    def __init__(self, port: int, prefix: str, authorization: str) -> None:
        self.port = port
        self.prefix = prefix
        self.authorization = authorization

    def head(self, verb: str, path: str, *headers: str) -> bytes:
        lines = [
            f"{verb} {self.prefix}{path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}",
            f"Authorization: {self.authorization}", *headers,
        ]  # fmt: skip
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    async def ask(
        self, verb: str, path: str, body: bytes | None = None, *headers: str
    ) -> RawAnswer:
        """One request, and its answer."""
        length = [] if body is None else [f"Content-Length: {len(body)}"]
        head = self.head(verb, path, "Connection: close", *length, *headers)
        return await self.send(head + (body or b""))

    async def send(self, request: bytes) -> RawAnswer:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            return await asyncio.wait_for(_read_answer(reader), 10)
        finally:
            writer.close()

    async def shake_hands(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A stream, with the handshake done."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            self.head(
                "GET", "api/v1/stream", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            )
        )  # fmt: skip
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert b" 101 " in answer.split(b"\r\n")[0]
        return reader, writer


async def _read_answer(reader: asyncio.StreamReader) -> RawAnswer:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\ncontent-length: *([0-9]+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    return RawAnswer(int(head.split(b" ", 2)[1]), head, body)


def frame(opcode: int, payload: bytes, *, final: bool = True, masked: bool = True) -> bytes:
    """A frame as a client sends it (RFC 6455, section 5.2); it is to mask each."""
    mask = os.urandom(4) if masked else b""
    bit = 0x80 if masked else 0
    first = bytes([(0x80 if final else 0) | opcode])
    size = len(payload)
    if size < 126:
        length = bytes([bit | size])
    elif size < 1 << 16:
        length = bytes([bit | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([bit | 127]) + size.to_bytes(8, "big")
    if not masked:
        return first + length + payload
    return first + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


async def close_code(reader: asyncio.StreamReader, timeout_s: float) -> int | None:
    """Read to the end; the code of the close frame, None where there was none."""
    received = bytearray()
    code: int | None = None
    deadline = asyncio.get_running_loop().time() + timeout_s
    while True:
        left = deadline - asyncio.get_running_loop().time()
        chunk = await asyncio.wait_for(reader.read(1 << 16), max(0.01, left))
        received += chunk
        while (parsed := _next_frame(received)) is not None:
            opcode, payload = parsed
            if opcode == 8:
                code = int.from_bytes(payload[:2], "big") if payload else 1005
        if not chunk or code is not None:
            return code


def _next_frame(received: bytearray) -> tuple[int, bytes] | None:
    if len(received) < 2:
        return None
    size, start = received[1] & 127, 2
    if size == 126:
        size, start = int.from_bytes(received[2:4], "big"), 4
    elif size == 127:
        size, start = int.from_bytes(received[2:10], "big"), 10
    if len(received) < start + size:
        return None
    opcode, payload = received[0] & 15, bytes(received[start : start + size])
    del received[: start + size]
    return opcode, payload
