"""One WebSocket connection as bytes in order, with the knowledge of whether it keeps up.

Tornado encodes and frames each message for each connection. Here the frame exists already: where
nothing waits in the stream's own buffer and the transport is plain TCP, it goes to the socket
directly, and only what the kernel does not take goes to the stream. Control frames (close, ping)
still go through tornado, by the same stream, so that the order holds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from tornado.iostream import IOStream, StreamBufferFullError, StreamClosedError
from tornado.websocket import WebSocketHandler

log = logging.getLogger(__name__)


class ChannelBroken(Exception):
    """The connection is gone; its subscriber is to be dropped."""


class Channel:
    """The sending side of one accepted WebSocket.

    Parameters
    ----------
    handler
        After its handshake.
    max_buffer_bytes
        What may wait in the stream's buffer; more breaks the connection.
    on_drained
        Called on the loop when a buffer that was in use has become empty.
    """

    def __init__(
        self, handler: WebSocketHandler, *, max_buffer_bytes: int, on_drained: Callable[[], None]
    ) -> None:
        connection: Any = handler.ws_connection
        if connection is None:
            raise ChannelBroken
        self._handler = handler
        self._stream: IOStream = connection.stream
        self._stream.max_write_buffer_size = max_buffer_bytes
        #: Whether frames may go to the socket directly; under TLS they may not.
        self.is_plain = type(self._stream) is IOStream
        #: The kernel's own; to be called only while the channel is not busy.
        self.send: Callable[[bytes], int] = self._stream.socket.send
        self._on_drained = on_drained
        self._waiting: asyncio.Future[None] | None = None
        self.is_closed = False

    @property
    def is_busy(self) -> bool:
        """Whether something that was written before still waits."""
        return self._waiting is not None or self._stream.writing()

    def write(self, frame: bytes) -> None:
        """Send a frame, or as much of it as goes, and leave the rest to the stream.

        Raises
        ------
        ChannelBroken
            The connection is gone, or its buffer is full.
        """
        if self.is_closed:
            raise ChannelBroken
        rest: bytes | memoryview = frame
        if self.is_plain and not self._stream.writing():
            rest = self._send_directly(frame)
            if not rest:
                return
        self._write_later(rest)

    def finish(self, rest: bytes) -> None:
        """Leave to the stream what the kernel did not take of a frame.

        Raises
        ------
        ChannelBroken
            The connection is gone, or its buffer is full.
        """
        if self.is_closed:
            raise ChannelBroken
        self._write_later(rest)

    def expect_drain(self) -> None:
        """Have ``on_drained`` called also where only a control frame of tornado's own waits.

        Raises
        ------
        ChannelBroken
            The connection is gone.
        """
        if self._waiting is None and self._stream.writing():
            self._write_later(b"")

    def _write_later(self, rest: bytes | memoryview) -> None:
        try:
            written = self._stream.write(rest)
        except (StreamClosedError, StreamBufferFullError) as error:
            raise ChannelBroken from error
        if not written.done():
            self._waiting = asyncio.ensure_future(written)
            self._waiting.add_done_callback(self._drained)

    def _send_directly(self, frame: bytes) -> memoryview:
        if self._stream.closed():
            raise ChannelBroken
        try:
            sent = self.send(frame)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise ChannelBroken from error
        return memoryview(frame)[sent:]

    def _drained(self, written: asyncio.Future[None]) -> None:
        if self._waiting is written:
            self._waiting = None
        if not written.cancelled() and written.exception() is None and not self.is_closed:
            self._on_drained()

    async def drained(self, timeout_s: float) -> bool:
        """Wait until nothing waits any more; False where that takes too long.

        Raises
        ------
        ChannelBroken
            The connection went away meanwhile.
        """
        waiting = self._waiting
        if waiting is None:
            return True
        try:
            await asyncio.wait_for(asyncio.shield(waiting), timeout_s)
        except TimeoutError:
            return False
        except StreamClosedError as error:
            raise ChannelBroken from error
        return True

    def close(self, code: int, reason: str) -> None:
        """Say goodbye with a close code; what was written before arrives before it."""
        if self.is_closed:
            return
        self.is_closed = True
        try:
            self._handler.close(code, reason)
        except (StreamClosedError, StreamBufferFullError):
            self.abort()

    def abort(self) -> None:
        """Drop the connection without a word."""
        self.is_closed = True
        self._stream.close()

    def ping(self, payload: bytes) -> None:
        """Send a WebSocket ping, which browsers answer by themselves."""
        if not self.is_closed and not self.is_busy:
            self._handler.ping(payload)
