"""The machine's health: sampled by one thread, once for all viewers, and judged."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from ..core.health import COLOURS, THRESHOLDS, Health, Threshold, judge
from ..errors import InvalidRequest
from ..machine.sampling import Machine
from .latency import LoopLag, ResponseTimes

log = logging.getLogger(__name__)

Sample = dict[str, Any]


class Monitor:
    """Samples, judges and remembers an hour.

    Parameters
    ----------
    machine
        What is looked at.
    on_sample
        Called in the sampler's thread with each judged sample.
    on_change
        Called in the sampler's thread with (from, to, reasons) when the colour changes.
    has_viewers
        Whether somebody is looking, and the sampling goes at its faster pace.
    idle_s, watched_s
        Seconds between samples without and with viewers.
    history_s
        How long samples are kept.
    """

    def __init__(
        self,
        machine: Machine,
        times: ResponseTimes,
        lag: LoopLag,
        *,
        on_sample: Callable[[Sample], None],
        on_change: Callable[[str, str, list[str]], None],
        has_viewers: Callable[[], bool],
        thresholds: tuple[Threshold, ...] = THRESHOLDS,
        idle_s: float = 2.0,
        watched_s: float = 1.0,
        history_s: float = 3600.0,
    ) -> None:
        self._machine = machine
        self._times = times
        self._lag = lag
        self._on_sample = on_sample
        self._on_change = on_change
        self._has_viewers = has_viewers
        self._thresholds = thresholds
        self._idle_s = idle_s
        self._watched_s = watched_s
        self._kept: deque[Sample] = deque(maxlen=max(1, int(history_s / watched_s)))
        self._health: Health | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress-monitor", daemon=True)

    def start(self) -> None:
        """Begin to sample."""
        self._thread.start()

    def stop(self) -> None:
        """Sample no more; waits for the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)
        self._machine.close()

    def history(self, since: str) -> list[Sample]:
        """The samples from a moment on, oldest first."""
        return [sample for sample in tuple(self._kept) if sample["time"] >= since]

    @property
    def latest(self) -> Sample | None:
        """The newest sample."""
        return self._kept[-1] if self._kept else None

    def take(self) -> Sample:
        """Take and judge one sample."""
        sample = self._machine.sample()
        sample["response_times"] = self._times.percentiles()
        sample["event_loop_lag"] = self._lag.take()
        health = judge(sample, self._health, self._thresholds)
        before = self._health.status if self._health else None
        self._health = health
        judged = {**health.told(), **sample}
        self._kept.append(judged)
        if before != health.status and not (before is None and health.status == COLOURS[0]):
            self._on_change(before or COLOURS[0], health.status, health.reasons)
        return judged

    def _run(self) -> None:
        has_failed = False
        while not self._stop.is_set():
            try:
                self._on_sample(self.take())
                has_failed = False
            except Exception:
                # A figure that cannot be read must not end the monitoring; it is said once.
                if not has_failed:
                    log.exception("the machine's health could not be sampled")
                has_failed = True
            self._stop.wait(self._watched_s if self._has_viewers() else self._idle_s)


def read_thresholds(changes: dict[str, dict[str, float]]) -> tuple[Threshold, ...]:
    """The default thresholds with some replaced.

    Parameters
    ----------
    changes
        ``{"memory.percent": {"yellow": 85, "red": 95, "margin": 2}}``; parts can be left out, and a
        colour that is None is never shown.

    Raises
    ------
    InvalidRequest
        No such figure or key, or yellow above red.
    """
    known = {threshold.figure: threshold for threshold in THRESHOLDS}
    for figure, change in changes.items():
        if figure not in known:
            expected = ", ".join(known)
            raise InvalidRequest("thresholds", f"{figure!r} is not watched; expected {expected}")
        unknown = set(change) - {"yellow", "red", "margin"}
        if unknown:
            raise InvalidRequest(f"thresholds.{figure}", f"{min(unknown)!r} is not known")
        known[figure] = msgspec.structs.replace(
            known[figure], **{key: _limit(figure, key, value) for key, value in change.items()}
        )
        yellow, red = known[figure].yellow, known[figure].red
        if yellow is not None and red is not None and yellow > red:
            raise InvalidRequest(f"thresholds.{figure}", "yellow is above red")
    return tuple(known.values())


def _limit(figure: str, key: str, value: Any) -> float | None:
    if value is None and key != "margin":
        return None  # never this colour
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidRequest(f"thresholds.{figure}.{key}", f"is {value!r}; expected a number")
    return float(value)
