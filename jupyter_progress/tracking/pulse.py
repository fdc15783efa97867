"""The light thread of a run of one's own: hears what people ask, reports where the loops stand.

The training code itself only counts; all else happens here, ten times a second at most.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from typing import Any

import psutil

from ..store.control import Control, ControlReader

INTERVAL_S = 0.1
RESOURCES_EVERY = 20  # intervals

log = logging.getLogger(__name__)


class Pulse:
    """Beats for one run.

    Parameters
    ----------
    controls
        What people asked of the run.
    on_control
        Called with each.
    on_beat
        Called each time, with what the process uses where that was measured.
    """

    def __init__(
        self,
        controls: ControlReader,
        on_control: Callable[[Control], None],
        on_beat: Callable[[dict[str, Any] | None], None],
        *,
        interval_s: float = INTERVAL_S,
    ) -> None:
        self._controls = controls
        self._on_control = on_control
        self._on_beat = on_beat
        self._interval_s = interval_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._beat, name="jupyter-progress-pulse", daemon=True
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for a beat that is under way."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join(2.0)

    def _beat(self) -> None:
        process = psutil.Process(os.getpid())
        process.cpu_percent()  # the first call only sets the mark
        beats = 0
        has_complained = False
        while not self._stopped.wait(self._interval_s):
            beats += 1
            try:
                for control in self._controls.poll():
                    self._on_control(control)
                is_due = beats % RESOURCES_EVERY == 0
                self._on_beat(_resources(process) if is_due else None)
            except Exception:
                # Watching must not end because of one bad beat, nor fill the log with them.
                if not has_complained:
                    log.exception("the run goes on, but reporting its progress failed")
                has_complained = True


def _resources(process: psutil.Process) -> dict[str, Any]:
    from .record import peak_memory_bytes

    return {
        "cpu": process.cpu_percent(),
        "memory": process.memory_info().rss,
        "peak_memory": peak_memory_bytes(),
    }
