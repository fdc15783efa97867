"""How quickly the server answers: response times over a window, and the lag of its event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable

SAMPLES_KEPT = 1000
WINDOW_S = 300.0
LAG_INTERVAL_S = 0.25


class ResponseTimes:
    """Percentiles of what was measured in the last minutes; written and read by any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, deque[tuple[float, float]]] = {}

    def add(self, kind: str, seconds: float) -> None:
        """Keep one measurement."""
        with self._lock:
            kept = self._kept.setdefault(kind, deque(maxlen=SAMPLES_KEPT))
            kept.append((self._clock(), seconds))

    def percentiles(self) -> dict[str, dict[str, float | None]]:
        """``{"rest": {"p50", "p95"}, "socket": {...}}`` in seconds; None where nothing is known."""
        since = self._clock() - WINDOW_S
        with self._lock:
            known = {
                kind: sorted(value for moment, value in kept if moment >= since)
                for kind, kept in self._kept.items()
            }
        return {
            kind: {
                "p50": _percentile(known.get(kind, []), 0.5),
                "p95": _percentile(known.get(kind, []), 0.95),
            }
            for kind in ("rest", "socket")
        }


def _percentile(ordered: list[float], share: float) -> float | None:
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 5)


class LoopLag:
    """How much later than asked the event loop calls back: the worst since it was last read."""

    def __init__(self) -> None:
        self._worst = 0.0
        self._expected: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to measure; on the loop."""
        self._loop = loop
        self._schedule()

    def _schedule(self) -> None:
        if self._loop is not None:
            self._expected = self._loop.time() + LAG_INTERVAL_S
            self._timer = self._loop.call_at(self._expected, self._called)

    def _called(self) -> None:
        if self._loop is not None and self._expected is not None:
            self._worst = max(self._worst, self._loop.time() - self._expected)
            self._schedule()

    def take(self) -> float:
        """The worst lag since the last call, in seconds; called by the sampler's thread.

        A loop that is stuck at this moment has not called back at all: its overdue time counts.
        """
        overdue = 0.0
        if self._loop is not None and self._expected is not None:
            overdue = max(0.0, self._loop.time() - self._expected)
        worst, self._worst = max(self._worst, overdue), 0.0
        return round(worst, 4)

    def stop(self) -> None:
        """Measure no more; on the loop."""
        if self._timer is not None:
            self._timer.cancel()
        self._loop = None
