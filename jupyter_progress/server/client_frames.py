"""What a client sends on its stream, frame by frame: masked, and not without end.

Tornado takes unmasked frames, which RFC 6455 (section 5.1) wants refused, and answers pings as fast
as they come. What it reads of a frame can be seen by a subclass only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from tornado.websocket import WebSocketProtocol13

from ..core.wire import CLOSE_BAD_MESSAGE

CLOSE_PROTOCOL_ERROR = 1002  # RFC 6455, section 7.4.1
GOODBYE_S = 1.0  # for a client to read why, before the connection is cut
BURST_S = 5.0  # a client may send as much at once as it may in so long


class ClientFrames(WebSocketProtocol13):
    """The receiving side of one accepted WebSocket.

    Parameters
    ----------
    plain
        Tornado's own, made for the same handler, which has not accepted yet.
    rate
        Frames a second that the client may send for long, of whatever kind; 0: without a limit.
    refuse
        Called with a close code and words when it breaks a rule.
    """

    def __init__(
        self, plain: WebSocketProtocol13, *, rate: float, refuse: Callable[[int, str], None]
    ) -> None:
        super().__init__(plain.handler, plain.mask_outgoing, plain.params)
        self._rate = rate
        self._refuse = refuse
        self._burst = max(1.0, rate * BURST_S)
        self._left = self._burst
        self._counted_at = time.monotonic()

    async def _receive_frame(self) -> None:
        self._frame_mask = None
        await super()._receive_frame()
        if self._frame_mask is None and not self.client_terminated:
            # A piece of a message, which was not handled yet.
            await self._end(CLOSE_PROTOCOL_ERROR, "a client's frames are to be masked")
        elif not self._has_room():
            words = f"more than {self._rate:g} messages a second"
            await self._end(CLOSE_BAD_MESSAGE, words)

    def _handle_message(self, opcode: int, data: bytes) -> Any:
        # What is not masked is not answered.
        return None if self._frame_mask is None else super()._handle_message(opcode, data)

    def _has_room(self) -> bool:
        if not self._rate:
            return True
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._counted_at) * self._rate)
        self._counted_at = now
        self._left -= 1.0
        return self._left >= 0.0

    async def _end(self, code: int, reason: str) -> None:
        """Say why, read no more, and cut the connection."""
        self._refuse(code, reason)
        await asyncio.sleep(GOODBYE_S)
        self._abort()
