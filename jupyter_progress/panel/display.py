"""Showing a panel in a cell: once per cell, in every form, and kept fresh in the saved notebook."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING

from .clock import clock
from .kernel_state import kernel_shell, kernel_state

if TYPE_CHECKING:
    from .widget import PanelWidget

REFRESH_EVERY_S = 2.0
# The feed's word on a run's end follows right after the end itself.
LAST_WORD_S = 0.5
_shown: dict[str, int] = {}


class Output:
    """One place in a notebook where a panel was shown.

    Parameters
    ----------
    panel
        Whose bundle stands there.
    """

    def __init__(self, panel: PanelWidget) -> None:
        self.panel = panel
        self.display_id = secrets.token_hex(16)
        self._due_at: float | None = None
        self._is_final = False
        self._refreshed = 0.0
        self._lock = threading.Lock()

    def show(self) -> None:
        """Write the output for the first time."""
        from IPython.display import display

        display(self.panel.bundle(), raw=True, display_id=self.display_id)
        self._refreshed = time.monotonic()
        clock().add(self)

    def progressed(self, is_final: bool) -> None:
        """Note that what stands there has grown old."""
        now = time.monotonic()
        with self._lock:
            self._is_final = self._is_final or is_final
            soonest = now if self._is_final else self._refreshed + REFRESH_EVERY_S
            self._due_at = max(now + LAST_WORD_S, soonest)

    def tick(self, now: float) -> None:
        """Write the output anew where that is due, but not all the time."""
        with self._lock:
            if self._due_at is None or now < self._due_at:
                return
            self._due_at = None
        self.refresh(now)

    def refresh(self, now: float) -> None:
        """Write the output anew."""
        from IPython.display import update_display

        self._refreshed = now
        update_display(self.panel.bundle(), raw=True, display_id=self.display_id)


def show_panel(panel: PanelWidget) -> bool:
    """Show a panel in the cell that runs now, unless it has been shown there already.

    Returns
    -------
    bool
        Whether it was shown now.
    """
    key = panel.run_id
    cell = kernel_state().cell
    if kernel_shell() is None or _shown.get(key) == cell:
        return False
    _shown[key] = cell
    output = Output(panel)
    panel.keep_fresh(output)
    output.show()
    return True
