"""What the run's worker is asked to do, and the watch over its keeper.

A thread of the worker looks; the fit asks ``check()`` between two increments. A fit that never asks
is ended from outside, by the keeper.
"""

from __future__ import annotations

import collections
import ctypes
import faulthandler
import os
import signal
import sys
import threading

from ..store.control import Control, ControlReader
from ..store.layout import RunDirectory

_POLL_S = 0.1


class Cancelled(BaseException):
    """The run is dropped. No Exception: a user's ``except Exception`` must not swallow it."""


class Interrupted(BaseException):
    """Jupyter, or the machine, is going down: save what there is and end."""


class Asked:
    """What was asked of this run so far.

    Parameters
    ----------
    run
        The run's directory.
    keeper_pid
        The process that started this one. When it is gone nobody looks after the run, and this
        process ends at once; None where nobody has to.
    """

    def __init__(self, run: RunDirectory, keeper_pid: int | None = None) -> None:
        self._reader = ControlReader(run)
        self._keeper_pid = keeper_pid
        self._stop = threading.Event()
        self._cancel = threading.Event()
        self._interrupt = threading.Event()
        self._ended = threading.Event()
        self._skips: collections.deque[tuple[int | None, str]] = collections.deque()
        self._is_first_look = True
        self.who = ""
        self.why = ""  # a stop that nobody asked for: "time_limit"
        self._thread = threading.Thread(target=self._watch, name="asked", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._look()
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    @property
    def to_stop(self) -> bool:
        """Whether the best so far is to be kept, and the run finished."""
        return self._stop.is_set() or self._interrupt.is_set()

    @property
    def to_interrupt(self) -> bool:
        """Whether the run is to end as interrupted."""
        return self._interrupt.is_set()

    @property
    def to_cancel(self) -> bool:
        """Whether the run is dropped."""
        return self._cancel.is_set()

    def take_skips(self) -> list[tuple[int | None, str]]:
        """The candidates that were given up since the last call, and by whom; None: those now."""
        taken = []
        while self._skips:
            taken.append(self._skips.popleft())
        return taken

    def check(self) -> None:
        """Leave a fit, or a stage, that is not wanted any more.

        Raises
        ------
        Cancelled
        """
        if self._cancel.is_set():
            raise Cancelled

    def _watch(self) -> None:
        while not self._ended.wait(_POLL_S):
            if self._keeper_pid is not None and os.getppid() != self._keeper_pid:
                os._exit(1)
            self._look()

    def _look(self) -> None:
        for control in self._reader.poll():
            if control.action == "skip":
                self._note_skip(control)
                continue
            event = {"stop": self._stop, "cancel": self._cancel, "interrupt": self._interrupt}.get(
                control.action
            )
            if event is self._stop and not event.is_set():
                self.why = control.why
            if event is not None:
                self.who = control.who
                event.set()
        self._is_first_look = False

    def _note_skip(self, control: Control) -> None:
        # "Those that run now" was said of another attempt's folds, if it was said before this one.
        if control.candidate is not None or not self._is_first_look:
            self._skips.append((control.candidate, control.who))


def begin_under_keeper() -> int:
    """Have this process, a worker, end with its keeper and say where it waits when that asks.

    Returns
    -------
    int
        The keeper's process id; it was alive at the end of this call.
    """
    keeper_pid = os.getppid()
    _die_with(keeper_pid)
    # The keeper of a run that has stalled asks so where its threads are.
    faulthandler.register(signal.SIGUSR2, all_threads=True)
    return keeper_pid


def _die_with(parent_pid: int) -> None:
    """Have the system end this process when its parent dies (Linux; elsewhere a thread looks)."""
    if sys.platform == "linux":
        death_signal = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>
        ctypes.CDLL(None, use_errno=True).prctl(death_signal, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os._exit(1)
