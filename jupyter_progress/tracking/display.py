"""How a run of the user's own code shows itself.

In a notebook another layer registers how, with :func:`set_display`. In a terminal it is one line
that is written anew; where nobody looks (a pipe, a log file) it is nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ..core.durations import duration, estimate
from ..core.state import RunState

if TYPE_CHECKING:
    from .run import Run


class Display(Protocol):
    """Shows one run. Called by a thread of the run, a few times a second at most."""

    def update(self, state: RunState) -> None:
        """Show the state as it is now."""

    def close(self, state: RunState) -> None:
        """Show the state that the run ended with, and leave it there."""


DisplayFactory = Callable[["Run"], "Display | None"]
_factory: DisplayFactory | None = None


def set_display(factory: DisplayFactory | None) -> None:
    """Register how runs are shown in this process; None goes back to the line in a terminal."""
    global _factory
    _factory = factory


def display_for(run: Run) -> Display | None:
    """What shows a run here, or None where nobody looks."""
    if _factory is not None:
        return _factory(run)
    return TerminalLine() if sys.stderr is not None and sys.stderr.isatty() else None


class TerminalLine:
    """One updating line on the terminal."""

    def __init__(self, console: Any = None) -> None:
        from rich.console import Console
        from rich.live import Live

        self._live = Live(
            console=console or Console(stderr=True), auto_refresh=False, transient=False
        )
        self._live.start()

    def update(self, state: RunState) -> None:
        """Write the line anew."""
        self._live.update(_line(state), refresh=True)

    def close(self, state: RunState) -> None:
        """Write it for the last time."""
        self._live.update(_line(state), refresh=True)
        self._live.stop()


def _line(state: RunState) -> Any:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    line = Table.grid(padding=(0, 1))
    is_known = state.status == "completed" or state.estimated_remaining is not None
    bar = ProgressBar(
        total=100.0 if is_known or state.total_steps else None,
        completed=state.progress,
        width=30,
        pulse=state.status == "running" and not state.total_steps,
    )
    line.add_row(Text(state.name, style="bold"), bar, Text(" · ".join(words_of(state))))
    return line


def words_of(state: RunState) -> list[str]:
    """What is said beside the bar, most important first."""
    words = [f"{state.progress:.0f} %"] if state.total_steps or state.progress else []
    if state.step is not None:
        of = f"/{state.total_steps:,}" if state.total_steps else ""
        words.append(f"{state.step:,}{of}")
    words.append(duration(state.elapsed_time or 0.0))
    if state.status in ("running", "stopping"):
        if state.estimated_remaining is not None:
            words.append(f"{estimate(state.estimated_remaining)} left")
        if state.status == "stopping":
            words.append("stopping")
    else:
        words.append(state.status)
    for name, value in list(state.metrics.items())[-3:]:
        words.append(f"{name} {'-' if value is None else format(value, '.4g')}")
    return words
