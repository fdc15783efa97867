"""What a measurement answers, and how it is printed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line: what was measured, its value, and what it is compared with."""

    what: str
    value: float
    unit: str
    beside: str = ""
    other: float | None = None

    def line(self) -> str:
        """The figure as a row of a Markdown table."""
        if self.other is None:
            return f"| {self.what} | {self.value:.3g} {self.unit} | | |"
        ratio = self.value / self.other if self.other else float("nan")
        other = f"{self.beside}: {self.other:.3g} {self.unit}"
        return f"| {self.what} | {self.value:.3g} {self.unit} | {other} | {ratio:.3g} × |"


def best_of(times: int, work: Callable[[], object]) -> float:
    """The least of several durations, in seconds: noise only ever adds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)
