"""What every stream gets regularly: heartbeats, pings that are measured, a look at permissions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .broadcaster import Broadcaster
from .permissions import Permissions, Stream

MEASURE_EVERY_S = 10.0
PORTIONS = 50  # in which all streams are looked after between two heartbeats
SPREAD = 0.8  # of the time between two heartbeats


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
    may_measure
        Whether streams can be pinged at the moment.
    """

    def __init__(
        self,
        broadcaster: Broadcaster,
        *,
        heartbeat_s: float,
        max_streams: int,
        head: Callable[[], int],
        may_measure: Callable[[], bool],
    ) -> None:
        self._broadcaster = broadcaster
        self._heartbeat_s = heartbeat_s
        self._max_streams = max_streams
        self._head = head
        self._may_measure = may_measure
        self._streams: set[Stream] = set()
        self.permissions = Permissions(heartbeat_s)
        self._task: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether no more streams are taken."""
        return len(self._streams) >= self._max_streams

    def watch(self, stream: Stream) -> None:
        """Take a stream that has been opened."""
        self._streams.add(stream)
        self.permissions.watch(stream)

    def forget(self, stream: Stream) -> None:
        """Leave out a stream that has been closed."""
        self._streams.discard(stream)
        self.permissions.forget(stream)

    def start(self) -> None:
        """Begin to beat."""
        self._task = asyncio.ensure_future(self._run())

    def stop(self) -> None:
        """Beat no more."""
        if self._task is not None:
            self._task.cancel()
        self.permissions.stop()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        beats = 0
        while True:
            # By the clock, not by the length of a pause: heartbeats do not drift apart.
            due = max(due + self._heartbeat_s, loop.time())
            await asyncio.sleep(due - loop.time())
            self._broadcaster.beat(self._head())
            beats += 1
            await self._look_after(tuple(self._streams), beats, due)

    async def _look_after(self, streams: tuple[Stream, ...], beats: int, due: float) -> None:
        """Have every stream checked before the next beat, and ping some, in small portions.

        At once for a thousand streams, this would hold up everything else for tens of milliseconds.
        No answer is waited for here.
        """
        loop = asyncio.get_running_loop()
        measure_every = max(1, round(MEASURE_EVERY_S / self._heartbeat_s))
        portions = max(1, min(PORTIONS, len(streams)))
        may_measure = self._may_measure()
        for number in range(portions):
            for place in range(number, len(streams), portions):
                stream = streams[place]
                if may_measure and (place + beats) % measure_every == 0:
                    stream.measure()
                self.permissions.look_at(stream, beats)
            pause_until = due + SPREAD * self._heartbeat_s * (number + 1) / portions
            await asyncio.sleep(max(0.0, pause_until - loop.time()))
