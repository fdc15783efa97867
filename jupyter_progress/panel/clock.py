"""One thread that gives all panels of this process their moments, five times a second."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from typing import Protocol

# A kernel may send a thousand messages a second to all its outputs together.
TICK_S = 0.2

log = logging.getLogger(__name__)


class Ticking(Protocol):
    """Whatever wants moments."""

    def tick(self, now: float) -> None: ...


class Clock:
    """Ticks what was added, for as long as that lives."""

    def __init__(self) -> None:
        self._members: weakref.WeakSet[Ticking] = weakref.WeakSet()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def add(self, member: Ticking) -> None:
        """Begin to give moments to a member; it is not kept alive by this."""
        with self._lock:
            self._members.add(member)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="jupyter-progress-clock", daemon=True
                )
                self._thread.start()

    def remove(self, member: Ticking) -> None:
        """Give no more moments to a member."""
        with self._lock:
            self._members.discard(member)

    def _run(self) -> None:
        while True:
            with self._lock:
                members = list(self._members)
            now = time.monotonic()
            for member in members:
                try:
                    member.tick(now)
                except Exception:
                    # One panel's fault (a comm that breaks under it) must not stop the others.
                    log.exception("a panel could not be updated")
            members.clear()
            time.sleep(TICK_S)


_clock: Clock | None = None


def clock() -> Clock:
    """The one clock of this process."""
    global _clock
    if _clock is None:
        _clock = Clock()
    return _clock
