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


SEPARATOR = " · "
LONG_BAR, SHORT_BAR = 30, 12
SHORT_NAME = 20
DROPPED_FIRST = 4  # words of this rank and above go before the name is cut

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
        self._live.update(_Line(state), refresh=True)

    def close(self, state: RunState) -> None:
        """Write it for the last time."""
        self._live.update(_Line(state), refresh=True)
        self._live.stop()


class _Line:
    """A state as one line of whatever terminal it is written to."""

    def __init__(self, state: RunState) -> None:
        self._state = state

    def __rich_console__(self, console: Any, options: Any) -> Any:
        from rich.table import Table
        from rich.text import Text

        name, bar_width, words = fitted(self._state, options.max_width)
        line = Table.grid(padding=(0, 1), pad_edge=False)
        cells: list[Any] = [Text(name, style="bold", no_wrap=True, overflow="ellipsis")]
        if bar_width:
            cells.append(_bar(self._state, bar_width))
        if words:
            text = Text(SEPARATOR.join(words), no_wrap=True, overflow="ellipsis")
            cells.append(text)
        line.add_row(*cells)
        yield line


def _bar(state: RunState, width: int) -> Any:
    from rich.progress_bar import ProgressBar

    is_known = state.status == "completed" or state.estimated_remaining is not None
    return ProgressBar(
        total=100.0 if is_known or state.total_steps else None,
        completed=state.progress,
        width=width,
        pulse=state.status == "running" and not state.total_steps,
    )


def fitted(state: RunState, width: int) -> tuple[str, int, list[str]]:
    """What of a state has room in one line, with the least important parts left out first.

    Parameters
    ----------
    width
        Of the line, in cells.

    Returns
    -------
    (str, int, list of str)
        The name, the width of the bar (0: none), and the words beside it.
    """
    from rich.cells import cell_len, set_cell_size

    name, bar, words = state.name, LONG_BAR, _ranked_words(state)

    def has_room() -> bool:
        parts = [cell_len(name), bar, cell_len(SEPARATOR.join(text for _rank, text in words))]
        # The last cell stays free: some terminals begin a new line after it.
        return sum(parts) + sum(1 for part in parts[1:] if part) < width

    while not has_room():
        last = max(words, default=None)
        if bar > SHORT_BAR:
            bar = SHORT_BAR
        elif last is not None and last[0] >= DROPPED_FIRST:
            words.remove(last)
        elif cell_len(name) > SHORT_NAME:
            name = set_cell_size(name, SHORT_NAME - 1).rstrip() + "…"
        elif bar:
            bar = 0
        elif last is not None:
            words.remove(last)
        else:
            name = set_cell_size(name, max(0, width - 1))
            break
    return name, bar, [text for _rank, text in words]


def _ranked_words(state: RunState) -> list[tuple[int, str]]:
    """What is said beside the bar, in its order; the higher the number, the less it matters."""
    words = [(0, f"{state.progress:.0f} %")] if state.total_steps or state.progress else []
    if state.step is not None:
        of = f"/{state.total_steps:,}" if state.total_steps else ""
        words.append((5, f"{state.step:,}{of}"))
    words.append((4, duration(state.elapsed_time or 0.0)))
    if state.status in ("running", "stopping"):
        if state.estimated_remaining is not None:
            words.append((2, f"{estimate(state.estimated_remaining)} left"))
        if state.status == "stopping":
            words.append((1, "stopping"))
    else:
        words.append((1, state.status))
    for rank, (name, value) in zip((3, 6, 7), list(state.metrics.items())[-3:], strict=False):
        words.append((rank, f"{name} {'-' if value is None else format(value, '.4g')}"))
    return words
