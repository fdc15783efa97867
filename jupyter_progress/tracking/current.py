"""Which run the code that is executing belongs to.

A context variable tells threads and tasks apart. A thread that began without one (a plain
``threading.Thread`` starts with an empty context) belongs to the process's run where there is
exactly one.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING

from ..errors import NoCurrentRun

if TYPE_CHECKING:
    from .run import Run

_current: ContextVar[tuple[Run, ...]] = ContextVar("jupyter_progress_runs", default=())
_active: list[Run] = []
_lock = threading.Lock()


def current_run() -> Run:
    """The run that this code is in: the one that ``jp.submit`` made for a function, or a ``with``.

    ::

        def train(epochs):
            run = jp.current_run()
            for epoch in run.track(range(epochs)):
                run.log(loss=step())

    Returns
    -------
    Run
        The innermost one.

    Raises
    ------
    NoCurrentRun
        This code is in none; the message says how to be in one.
    """
    run = innermost_run()
    if run is None:
        raise NoCurrentRun(
            "this code is in no run: call it in a function that `jp.submit(function)` runs, or "
            "within `with jp.Run(name):`. A process that was started anew (multiprocessing's "
            "'spawn', joblib) is in none either: have it return what is to be logged"
        )
    return run


def innermost_run() -> Run | None:
    """The innermost run that this code is in, or None."""
    for run in reversed(_current.get()):
        if run.is_active:
            return run
    with _lock:
        return _active[0] if len(_active) == 1 else None


def enter(run: Run) -> None:
    """Make a run the current one."""
    _current.set((*_current.get(), run))
    with _lock:
        _active.append(run)


def leave(run: Run) -> None:
    """Take a run that has ended out; harmless where it is not in."""
    _current.set(tuple(other for other in _current.get() if other is not run))
    with _lock:
        if run in _active:
            _active.remove(run)


def active_runs() -> list[Run]:
    """Every run of this process that has begun and not ended."""
    with _lock:
        return list(_active)


def after_fork() -> None:
    """The lock may have been held by a thread that a forked child does not have."""
    global _lock
    _lock = threading.Lock()
