"""What every stream gets regularly: heartbeats, pings that are measured, a look at permissions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from .broadcaster import Broadcaster

log = logging.getLogger(__name__)

MEASURE_EVERY_S = 10.0


class Stream(Protocol):
    """The handler of one stream."""

    def measure(self) -> None:
        """Send a ping whose answer is measured."""

    async def check_permission(self) -> None:
        """Close the stream of a user who may no longer read."""


class Pulse:
    """The heartbeat of all streams; lives on the event loop.

    Parameters
    ----------
    heartbeat_s
        Seconds between heartbeats.
    max_streams
        How many may be open at a time.
    head
        The last durable offset that has been published.
    """

    def __init__(
        self,
        broadcaster: Broadcaster,
        *,
        heartbeat_s: float,
        max_streams: int,
        head: Callable[[], int],
    ) -> None:
        self._broadcaster = broadcaster
        self._heartbeat_s = heartbeat_s
        self._max_streams = max_streams
        self._head = head
        self._streams: set[Stream] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether no more streams are taken."""
        return len(self._streams) >= self._max_streams

    def watch(self, stream: Stream) -> None:
        """Take a stream that has been opened."""
        self._streams.add(stream)

    def forget(self, stream: Stream) -> None:
        """Leave out a stream that has been closed."""
        self._streams.discard(stream)

    def start(self) -> None:
        """Begin to beat."""
        self._task = asyncio.ensure_future(self._run())

    def stop(self) -> None:
        """Beat no more."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        measured = due
        while True:
            # By the clock, not by the length of a pause: heartbeats do not drift apart.
            due = max(due + self._heartbeat_s, loop.time())
            await asyncio.sleep(due - loop.time())
            self._broadcaster.beat(self._head())
            streams = tuple(self._streams)
            if loop.time() - measured >= MEASURE_EVERY_S:
                measured = loop.time()
                for stream in streams:
                    stream.measure()
            for stream in streams:
                try:
                    await stream.check_permission()
                except Exception:
                    # An authorizer of the operator's that fails: asked again at the next beat.
                    log.exception("the permission of a stream could not be checked")
