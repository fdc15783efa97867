"""Whether this process's kernel runs a cell just now, and since when it does not."""

from __future__ import annotations

import time
from typing import Any


class KernelState:
    """Watches the cells of an IPython kernel.

    Attributes
    ----------
    cell
        Rises with each cell: what was shown in this one is known by it.
    """

    def __init__(self, shell: Any | None) -> None:
        self.cell = 0
        # Whoever makes this does so in a cell, which has not ended yet.
        self._idle_since: float | None = None if shell is not None else time.monotonic()
        if shell is not None:
            shell.events.register("pre_execute", self._begin)
            shell.events.register("post_execute", self._end)

    @property
    def idle_since(self) -> float | None:
        """A moment of the monotonic clock; None while a cell runs."""
        return self._idle_since

    def _begin(self) -> None:
        self.cell += 1
        self._idle_since = None

    def _end(self) -> None:
        self._idle_since = time.monotonic()


_state: KernelState | None = None


def kernel_shell() -> Any | None:
    """The shell of the Jupyter kernel that this process is, or None in a terminal or a script."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    return shell if getattr(shell, "kernel", None) is not None else None


def kernel_state() -> KernelState:
    """The one watch of this process."""
    global _state
    if _state is None:
        _state = KernelState(kernel_shell())
    return _state
