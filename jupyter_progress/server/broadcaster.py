"""The fan-out: what was committed goes to every subscriber, and a failing one disturbs no other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

import msgspec

from ..core.times import to_iso
from ..core.wire import Message
from .batch import Batch
from .channel import ChannelBroken
from .frames import array_frame
from .subscriber import Subscriber

log = logging.getLogger(__name__)


class Broadcaster:
    """All subscribers of one server; lives on the event loop."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()

    def __len__(self) -> int:
        return len(self._subscribers)

    def __iter__(self) -> Iterator[Subscriber]:
        return iter(tuple(self._subscribers))

    def join(self, subscriber: Subscriber, position: int) -> None:
        """Take a subscriber that has been told everything up to a position.

        The caller must not have given up the loop since it saw that the position is the head of
        what has been published; else a batch would be missing.
        """
        subscriber.position = position
        self._subscribers.add(subscriber)

    def leave(self, subscriber: Subscriber) -> None:
        """Forget a subscriber."""
        self._subscribers.discard(subscriber)

    def publish(self, batch: Batch) -> None:
        """Give a batch to everyone."""
        self._each(lambda subscriber: subscriber.offer(batch))

    def beat(self, head: int) -> None:
        """Tell everyone that the server is there, and the last offset that it has queued."""
        message = msgspec.json.encode(
            Message(type="heartbeat", offset=head, time=to_iso(time.time()))
        )
        frame = array_frame((message,))
        self._each(lambda subscriber: subscriber.beat(message, frame))

    def close(self, code: int, reason: str) -> None:
        """Close every connection with a code."""
        self._each(lambda subscriber: subscriber.channel.close(code, reason))
        self._subscribers.clear()

    def _each(self, give: Callable[[Subscriber], None]) -> None:
        for subscriber in tuple(self._subscribers):
            try:
                give(subscriber)
            except ChannelBroken:
                self._drop(subscriber)
            except Exception:
                # The boundary between one consumer and all others.
                log.exception("a subscriber was dropped")
                self._drop(subscriber)
            if subscriber.channel.is_closed:
                self._subscribers.discard(subscriber)

    def _drop(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)
        subscriber.channel.abort()
