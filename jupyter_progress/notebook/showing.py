"""How a run shows itself while it is waited for: its panel in a notebook, a line in a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from ..core.state import RunState
from ..panel.kernel_state import kernel_shell
from ..tracking.display import TerminalLine

if TYPE_CHECKING:
    from .handle import RunHandle


class Showing:
    """Shows a run for as long as a block lasts.

    Parameters
    ----------
    run
        The run.
    is_wanted
        False shows nothing.
    """

    def __init__(self, run: RunHandle, *, is_wanted: bool) -> None:
        self._run = run
        self._is_wanted = is_wanted
        self._is_shown = False
        self._line: TerminalLine | None = None
        self._state: RunState | None = None

    def __enter__(self) -> Showing:
        if not self._is_wanted:
            return self
        if kernel_shell() is not None:
            self._is_shown = self._run.panel.display_once()
        elif sys.stderr is not None and sys.stderr.isatty():
            self._line = TerminalLine()
        return self

    def update(self, state: RunState) -> None:
        """Show the state as it is now; a panel keeps itself current."""
        self._state = state
        if self._line is not None:
            self._line.update(state)

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        state = self._state or self._run._state()
        if self._line is not None:
            self._line.close(state)
        elif self._is_shown:
            self._run.panel.settle(state)
