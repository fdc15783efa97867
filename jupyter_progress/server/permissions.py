"""Whether those whose streams are open may still read: asked at each heartbeat, waited for by none.

The authorizer is the operator's. It may be slow, hang or fail, and a stream of heartbeats must not:
so each user is asked about in a task of its own, once for all of their streams.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable
from typing import Protocol

log = logging.getLogger(__name__)

CHECK_LIMIT_S = 10.0
CHECKS_AT_A_TIME = 100
FAILING_BEATS = 2  # for so long an authorizer may fail before streams are closed


class Stream(Protocol):
    """The handler of one stream."""

    @property
    def viewer(self) -> Hashable:
        """The same for all streams of which the authorizer says the same."""

    def measure(self) -> None:
        """Send a ping whose answer is measured."""

    def is_let_in(self) -> bool:
        """Whether who watches is still let in at all, as far as is known at once."""

    async def is_permitted(self) -> bool:
        """Whether the authorizer lets its user read."""

    def close_denied(self) -> None:
        """End it, not to come back."""

    def close_unchecked(self) -> None:
        """End it because nobody can say whether it may go on; to come back."""


class Permissions:
    """The open streams by who watches; lives on the event loop.

    Parameters
    ----------
    heartbeat_s
        Seconds between two looks.
    limit_s
        For one answer of the authorizer; later ones count as failed.
    """

    def __init__(self, heartbeat_s: float, limit_s: float = CHECK_LIMIT_S) -> None:
        self.limit_s = limit_s
        self._heartbeat_s = heartbeat_s
        self._streams: dict[Hashable, set[Stream]] = {}
        self._checks: dict[Hashable, asyncio.Task[None]] = {}
        self._asked: dict[Hashable, int] = {}
        self._failing_since: dict[Hashable, float] = {}
        self._turns = asyncio.Semaphore(CHECKS_AT_A_TIME)
        self._is_told = False

    def watch(self, stream: Stream) -> None:
        """Take a stream that has been opened; its user may read at this moment."""
        self._streams.setdefault(stream.viewer, set()).add(stream)

    def forget(self, stream: Stream) -> None:
        """Leave out a stream that has been closed."""
        streams = self._streams.get(stream.viewer, set())
        streams.discard(stream)
        if not streams:
            self._streams.pop(stream.viewer, None)
            self._failing_since.pop(stream.viewer, None)
            self._asked.pop(stream.viewer, None)

    def look_at(self, stream: Stream, beat: int) -> None:
        """Close a stream that is not let in, or have its user asked about, once in a beat."""
        viewer = stream.viewer
        if not stream.is_let_in():
            stream.close_denied()
        elif viewer not in self._checks and self._asked.get(viewer) != beat:
            self._asked[viewer] = beat
            self._checks[viewer] = asyncio.ensure_future(self._check(viewer, stream))

    def stop(self) -> None:
        """Ask no more."""
        for check in self._checks.values():
            check.cancel()

    async def _check(self, viewer: Hashable, stream: Stream) -> None:
        try:
            async with self._turns:
                began = asyncio.get_running_loop().time()
                allowed = await self._ask(stream)
            if allowed is None:
                self._failed(viewer, began)
                return
            self._failing_since.pop(viewer, None)
            self._is_told = False
            if not allowed:
                for one in tuple(self._streams.get(viewer, ())):
                    one.close_denied()
        finally:
            self._checks.pop(viewer, None)

    async def _ask(self, stream: Stream) -> bool | None:
        """The authorizer's answer; None where there is none."""
        asked = asyncio.ensure_future(stream.is_permitted())
        try:
            # Not `wait_for`, which waits for an authorizer that does not let itself be cancelled.
            await asyncio.wait({asked}, timeout=self.limit_s)
        finally:
            asked.cancel()
        if not asked.done():
            self._tell("the authorizer did not answer within %g s", self.limit_s)
            return None
        error = asked.exception()
        if error is not None:
            self._tell("the authorizer failed for a stream", exc_info=error)
            return None
        return asked.result()

    def _failed(self, viewer: Hashable, began: float) -> None:
        since = self._failing_since.setdefault(viewer, began)
        now = asyncio.get_running_loop().time()
        if now - since >= FAILING_BEATS * self._heartbeat_s:
            for stream in tuple(self._streams.get(viewer, ())):
                stream.close_unchecked()

    def _tell(self, words: str, *facts: object, exc_info: BaseException | None = None) -> None:
        """Say it once, until an answer comes again."""
        if not self._is_told:
            self._is_told = True
            log.error(words, *facts, exc_info=exc_info)
