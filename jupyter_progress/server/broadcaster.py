"""The fan-out: what was committed goes to every subscriber, and a failing one disturbs no other.

A frame is built once and handed to each socket. The loop that does this has no call in it but the
kernel's `send`: at a thousand subscribers, a microsecond more is a millisecond for the last of
them. Whoever something waits for leaves that loop, has its messages queued
(:class:`~jupyter_progress.server.subscriber.Subscriber`), and comes back when it has taken all.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from ..core.times import to_iso
from ..core.wire import Message
from .batch import Batch, joined_frame
from .channel import ChannelBroken
from .frames import array_frame
from .subscriber import Subscriber

log = logging.getLogger(__name__)


class Broadcaster:
    """All subscribers of one server; lives on the event loop."""

    def __init__(self) -> None:
        # Those that have taken all that was sent, and how the kernel takes more. Nothing may wait
        # in their streams: it would be overtaken, in the middle of a frame.
        self._current: dict[Subscriber, Callable[[bytes], int]] = {}
        # Those that something waits for, and those whose transport is not plain TCP.
        self._behind: set[Subscriber] = set()

    def __len__(self) -> int:
        return len(self._current) + len(self._behind)

    def __iter__(self) -> Iterator[Subscriber]:
        return iter((*self._current, *self._behind))

    def join(self, subscriber: Subscriber) -> None:
        """Take a subscriber that has been told everything that has been published.

        The caller must not have given up the loop since it saw that; else a batch would be missing.
        """
        self._behind.add(subscriber)
        self.resume(subscriber)

    def resume(self, subscriber: Subscriber) -> None:
        """Send directly again to a subscriber that may have taken all that waited for it."""
        channel = subscriber.channel
        if subscriber in self._behind and channel.is_plain and not subscriber.is_behind:
            self._behind.discard(subscriber)
            self._current[subscriber] = channel.send

    def look_at(self, subscriber: Subscriber) -> None:
        """Something else than a broadcast was written to a subscriber: it may wait there now."""
        if subscriber in self._current and subscriber.channel.is_busy:
            del self._current[subscriber]
            self._behind.add(subscriber)
            self._guarded(subscriber, lambda one: one.channel.expect_drain())

    def leave(self, subscriber: Subscriber) -> None:
        """Forget a subscriber."""
        self._current.pop(subscriber, None)
        self._behind.discard(subscriber)

    def publish(self, batches: Sequence[Batch]) -> None:
        """Give batches, as one frame, to everyone."""

        def offer(subscriber: Subscriber) -> None:
            for batch in batches:
                subscriber.offer(batch)

        if len(self):
            self._give(joined_frame(batches), offer)

    def beat(self, head: int) -> None:
        """Tell everyone that the server is there, and the last offset that it has queued."""
        message = msgspec.json.encode(
            Message(type="heartbeat", offset=head, time=to_iso(time.time()))
        )
        frame = array_frame((message,))
        self._give(frame, lambda subscriber: subscriber.beat(message, frame))

    def close(self, code: int, reason: str) -> None:
        """Close every connection with a code."""
        for subscriber in self:
            self._guarded(subscriber, lambda one: one.channel.close(code, reason))
        self._current.clear()
        self._behind.clear()

    def _give(self, frame: bytes, otherwise: Callable[[Subscriber], None]) -> None:
        """Send a frame to whoever takes it at once, and give it to the others as they can."""
        behind = tuple(self._behind)
        for subscriber, sent in self._send(frame):
            del self._current[subscriber]
            self._behind.add(subscriber)
            self._guarded(subscriber, lambda one, rest=frame[sent:]: one.channel.finish(rest))
        for subscriber in behind:
            self._guarded(subscriber, otherwise)

    def _send(self, frame: bytes) -> list[tuple[Subscriber, int]]:
        """Send to all that are current; answers who did not take all of it, and how much."""
        size = len(frame)
        short: list[tuple[Subscriber, int]] = []
        for subscriber, send in self._current.items():
            try:
                sent = send(frame)
            except BlockingIOError:
                sent = 0
            except OSError:
                # Reset, or closed under us; tornado finds that out and tells `on_close`.
                subscriber.channel.abort()
                sent = 0
            if sent != size:
                short.append((subscriber, sent))
        return short

    def _guarded(self, subscriber: Subscriber, call: Callable[[Subscriber], None]) -> None:
        """The boundary between one consumer and all others."""
        try:
            call(subscriber)
        except ChannelBroken:
            self._drop(subscriber)
        except Exception:
            log.exception("a subscriber was dropped")
            self._drop(subscriber)
        if subscriber.channel.is_closed:
            self.leave(subscriber)

    def _drop(self, subscriber: Subscriber) -> None:
        self.leave(subscriber)
        subscriber.channel.abort()
