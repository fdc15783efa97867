"""The live scores of one run, thinned to what a small static chart can show."""

from __future__ import annotations

from typing import Any

from ..core.wire import Message

LIMIT = 400
NAMES = ("live_accuracy", "live_score")


class Scores:
    """Collects a run's ``live_accuracy``, or its ``live_score`` where there is no accuracy.

    Attributes
    ----------
    points
        ``[[step, value], …]``, ascending.
    """

    def __init__(self, run_id: str | None) -> None:
        self._run_id = run_id
        self._name = ""
        self.points: list[list[Any]] = []

    def add(self, message: Message) -> None:
        """Take in a message; only ``metrics_appended`` of the run counts."""
        if message.type != "metrics_appended" or message.run_id != self._run_id:
            return
        series = message.data.get("series", {}) if isinstance(message.data, dict) else {}
        for name in NAMES:
            if series.get(name):
                self._take(name, series[name])
                return

    def replace(self, series: dict[str, list[Any]]) -> None:
        """Begin again from what was read elsewhere; where that is nothing, go on as before."""
        for name in NAMES:
            if series.get(name):
                self._name, self.points = name, []
                self._take(name, series[name])
                return

    def _take(self, name: str, points: list[list[Any]]) -> None:
        if self._name not in ("", name):
            return
        self._name = name
        last = self.points[-1][0] if self.points else float("-inf")
        self.points += [list(point) for point in points if point[0] > last]
        while len(self.points) > LIMIT:
            self.points = [*self.points[:-1:2], self.points[-1]]
