"""One consumer of the stream, with a bounded queue: durable messages all arrive or it is closed."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from ..core.wire import CLOSE_TOO_SLOW, VolatileMessage
from .batch import Batch, VolatileKey, key_of, merge_waiting
from .channel import Channel
from .frames import array_frame

REPLIES_KEPT = 100


class Subscriber:
    """What waits for one consumer.

    Parameters
    ----------
    channel
        Where it is sent.
    max_events, max_bytes
        Of durable messages that may wait; above, the consumer is too slow and is closed, to come
        back with its position.
    stalled_s
        How long a consumer may take nothing at all.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        max_events: int = 10_000,
        max_bytes: int = 4 << 20,
        stalled_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.channel = channel
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._stalled_s = stalled_s
        self._clock = clock
        self._busy_since: float | None = None
        self._durable: list[bytes] = []
        self._durable_bytes = 0
        self._volatile: dict[VolatileKey, VolatileMessage] = {}
        self._replies: list[bytes] = []
        self._heartbeat: bytes | None = None

    @property
    def is_behind(self) -> bool:
        """Whether something waits for this consumer, here or in the channel."""
        return bool(
            self.channel.is_busy
            or self._durable
            or self._volatile
            or self._replies
            or self._heartbeat is not None
        )

    def offer(self, batch: Batch) -> None:
        """Send a batch now, or keep it until the consumer has taken what was sent before."""
        if not self._must_wait():
            self.channel.write(batch.frame)
            return
        self._durable.extend(batch.encoded)
        self._durable_bytes += batch.size_bytes
        for message in batch.volatile:
            key = key_of(message)
            self._volatile[key] = merge_waiting(self._volatile.pop(key, None), message)
        if len(self._durable) > self._max_events or self._durable_bytes > self._max_bytes:
            self._too_slow(f"{len(self._durable)} messages were waiting")

    def beat(self, message: bytes, frame: bytes) -> None:
        """Send a heartbeat; of several that wait only the newest is kept."""
        if not self._must_wait():
            self.channel.write(frame)
            return
        self._heartbeat = message
        if self._busy_since is not None and self._clock() - self._busy_since > self._stalled_s:
            self._too_slow(f"nothing was taken for {self._stalled_s:g} s")

    def reply(self, message: bytes) -> None:
        """Answer this consumer alone."""
        if not self._must_wait():
            self.channel.write(array_frame((message,)))
            return
        self._replies.append(message)
        if len(self._replies) > REPLIES_KEPT:
            self._too_slow("its answers are not taken")

    def flush(self) -> None:
        """Send all that waits, as one frame; called when the channel has become free."""
        self._busy_since = None
        items = [*self._durable, *map(msgspec.json.encode, self._volatile.values())]
        items += self._replies
        if self._heartbeat is not None:
            items.append(self._heartbeat)
        self._forget()
        if items:
            self.channel.write(array_frame(items))

    def _must_wait(self) -> bool:
        if not self.channel.is_busy:
            return False
        self.channel.expect_drain()
        if self._busy_since is None:
            self._busy_since = self._clock()
        return True

    def _forget(self) -> None:
        self._durable.clear()
        self._durable_bytes = 0
        self._volatile.clear()
        self._replies.clear()
        self._heartbeat = None

    def _too_slow(self, why: str) -> None:
        self._forget()
        self.channel.close(CLOSE_TOO_SLOW, f"too slow: {why}; come back with your position")
