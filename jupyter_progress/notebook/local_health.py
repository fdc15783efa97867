"""The machine's health where there is no server: sampled by the kernel for its panels."""

from __future__ import annotations

import time
from typing import Any

from ..core.health import Health, judge
from ..machine.sampling import Machine
from ..store.layout import DataDirectory

INTERVAL_S = 2.0


class LocalHealth:
    """Samples and judges, at a modest rate and only where somebody looks.

    Parameters
    ----------
    data
        The data directory, whose disk is watched.
    """

    def __init__(self, data: DataDirectory) -> None:
        self._data = data
        self._machine: Machine | None = None
        self._health: Health | None = None
        self._due = 0.0

    def sample(self) -> dict[str, Any] | None:
        """A judged sample as ``GET health`` answers it, without what only a server has.

        Returns
        -------
        dict or None
            None where the last one is new enough.
        """
        now = time.monotonic()
        if now < self._due:
            return None
        self._due = now + INTERVAL_S
        if self._machine is None:
            self._machine = Machine(self._data.path)
        found = {
            **self._machine.sample(),
            "response_times": {
                "rest": {"p50": None, "p95": None},
                "socket": {"p50": None, "p95": None},
            },
            "event_loop_lag": None,
        }
        self._health = judge(found, self._health)
        return {**self._health.told(), **found}

    def close(self) -> None:
        """Let go of the GPUs."""
        if self._machine is not None:
            self._machine.close()
            self._machine = None
