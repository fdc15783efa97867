"""Where a widget's traits are changed, so that what observes them may do what it likes.

Callbacks of ``observe`` and ``link`` run in the thread that changes a trait. While the kernel is
idle that is its main thread, as for every other widget's callbacks: there they may print, draw and
display. While a cell runs that thread has no time, and one of this project's own takes its place,
so that a linked bar moves during ``run.wait()``. There is one for all panels beside the one that
feeds them: a callback that is slow delays other callbacks, and no panel.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .kernel_state import kernel_shell, kernel_state

_thread = ThreadPoolExecutor(1, thread_name_prefix="jupyter-progress-observers")


class Delivery:
    """Has a function called where observers may run, once for any number of reasons to.

    Parameters
    ----------
    apply
        Never called twice at once.
    """

    def __init__(self, apply: Callable[[], None]) -> None:
        self._apply = apply
        self._applying = threading.Lock()
        self._waiting: set[str] = set()

    def wake(self) -> None:
        """Have it called soon."""
        loop = _idle_loop()
        way = "thread" if loop is None else "loop"
        if way in self._waiting:
            return
        self._waiting.add(way)
        if loop is None:
            _thread.submit(self._run, way)
        else:
            loop.add_callback(self._run, way)

    def _run(self, way: str) -> None:
        self._waiting.discard(way)
        # Whoever is at it looks at what is true by then; the next moment comes soon.
        if not self._applying.acquire(blocking=False):
            return
        try:
            self._apply()
        finally:
            self._applying.release()


def _idle_loop() -> Any | None:
    """The event loop of the kernel's main thread, while that has time."""
    shell = kernel_shell()
    if shell is None or kernel_state().idle_since is None:
        return None
    return getattr(shell.kernel, "io_loop", None)
