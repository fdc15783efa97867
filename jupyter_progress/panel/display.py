"""Showing a panel in a cell: once per cell, in every form, and kept fresh in the saved notebook."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from ..core.state import RunState
from .bundle import MIME_TYPE
from .clock import clock
from .kernel_state import kernel_shell, kernel_state

REFRESH_EVERY_S = 2.0
# A training of hours has a chart in the notebook that is saved meanwhile.
REFRESH_WITHIN_STAGE_S = 60.0
# The feed's word on a run's end follows right after the end itself.
LAST_WORD_S = 0.5
OUTPUTS_KEPT_FRESH = 5

log = logging.getLogger(__name__)
# One after the other: what is asked for a report must not hold up the panels' clock.
_writer = ThreadPoolExecutor(1, thread_name_prefix="jupyter-progress-report")
_shown: dict[object, int] = {}


class Displayable(Protocol):
    """What can stand in an output."""

    run_id: str

    def bundle(self, *, asks: bool = True, is_new: bool = False) -> dict[str, Any]: ...
    def output_metadata(self) -> dict[str, Any]: ...
    def keep_fresh(self, output: Output) -> None: ...


class Output:
    """One place in a notebook where a panel was shown.

    Parameters
    ----------
    panel
        Whose bundle stands there.
    every_s
        How often it is written anew for what is no stage's end.
    """

    def __init__(self, panel: Displayable, every_s: float = REFRESH_WITHIN_STAGE_S) -> None:
        self.panel = panel
        self.display_id = secrets.token_hex(16)
        self._every_s = every_s
        self._due_at: float | None = None
        self._refreshed = 0.0
        self._written: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    def show(self, *, asks: bool) -> None:
        """Write the output for the first time."""
        from IPython.display import display

        bundle = self.panel.bundle(asks=asks, is_new=True)
        self._written = _lasting(bundle)
        display(bundle, raw=True, display_id=self.display_id, metadata=self.panel.output_metadata())
        self._refreshed = time.monotonic()
        clock().add(self)

    def changed(self, *, is_stage: bool, is_final: bool) -> None:
        """Note that what stands there has grown old.

        Parameters
        ----------
        is_stage, is_final
            A stage has ended; the run has.
        """
        now = time.monotonic()
        after_s = min(self._every_s, REFRESH_EVERY_S) if is_stage else self._every_s
        soonest = now if is_final else self._refreshed + after_s
        due_at = max(now + min(LAST_WORD_S, self._every_s), soonest)
        with self._lock:
            self._due_at = due_at if self._due_at is None else min(self._due_at, due_at)

    def tick(self, now: float) -> None:
        """Have the output written anew where that is due, but not all the time."""
        with self._lock:
            if self._due_at is None or now < self._due_at:
                return
            self._due_at = None
        _writer.submit(self._refresh_guarded)

    def _refresh_guarded(self) -> None:
        try:
            self.refresh()
        except Exception:
            # An output that cannot be written must not end the writing of the others.
            log.exception("what a notebook keeps of a run could not be written anew")

    def refresh(self) -> None:
        """Write the output anew, if it says anything else by now."""
        from IPython.display import update_display

        with self._writing:
            self._refreshed = time.monotonic()
            bundle = self.panel.bundle(asks=True)
            if _lasting(bundle) == self._written:
                return
            self._written = _lasting(bundle)
            update_display(
                bundle, raw=True, display_id=self.display_id, metadata=self.panel.output_metadata()
            )


def _lasting(bundle: dict[str, Any]) -> dict[str, Any]:
    """What of a bundle is worth writing an output for: not the moment that it was made."""
    own = bundle.get(MIME_TYPE)
    return bundle if own is None else {**bundle, MIME_TYPE: {**own, "time": ""}}


class Outputs:
    """The newest places where one panel was shown, told what has changed."""

    def __init__(self) -> None:
        self._outputs: deque[Output] = deque(maxlen=OUTPUTS_KEPT_FRESH)
        self._mark: object = None

    def add(self, output: Output) -> None:
        """Keep one fresh; of many the oldest is left as it is."""
        self._outputs.append(output)

    def progressed(self, run: RunState) -> bool:
        """Have them follow a run; whether a stage or the run has ended, or begun again."""
        mark = (run.attempt, len(run.stages_completed), run.end_time)
        is_stage = mark != self._mark
        is_final = is_stage and run.end_time is not None
        self._mark = mark
        self.changed(is_stage=is_stage, is_final=is_final)
        return is_stage

    def changed(self, *, is_stage: bool = False, is_final: bool = False) -> None:
        """Have them written anew, sooner or later."""
        for output in list(self._outputs):
            output.changed(is_stage=is_stage, is_final=is_final)

    def refresh(self) -> None:
        """Write them now, as the end of a cell may be the end of all listening."""
        for output in list(self._outputs):
            output.refresh()


def show_once(panel: Displayable, key: object, output: Output, *, asks: bool) -> bool:
    """Show a panel in the cell that runs now, unless it has been shown there already.

    Parameters
    ----------
    key
        What it shows; the same shown in another way is another.
    asks
        Ask for all that a report can hold before it is written.

    Returns
    -------
    bool
        Whether it was shown now.
    """
    cell = kernel_state().cell
    if kernel_shell() is None or _shown.get(key) == cell:
        return False
    _shown[key] = cell
    panel.keep_fresh(output)
    output.show(asks=asks)
    return True
