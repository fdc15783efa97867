"""What a panel tells other widgets of its run: traits for ``link``, ``jslink`` and ``observe``."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import traitlets

from ..core.state import RunState

log = logging.getLogger(__name__)


class ToldTraits(traitlets.HasTraits):
    """Of a panel of one run; as here, where it shows everything or nothing is known yet."""

    # 0-100.
    progress = traitlets.Float(0.0, read_only=True).tag(sync=True)
    # The title of the stage that it is in.
    stage = traitlets.Unicode("", read_only=True).tag(sync=True)
    # The newest score on held-out rows: accuracy, R², or that of a scorer.
    live_score = traitlets.Float(None, allow_none=True, read_only=True).tag(sync=True)
    # The state as a dictionary: too much for a page, which has it by other ways.
    run_state = traitlets.Dict(None, allow_none=True, read_only=True)
    # Last, so that who hears of a run's end finds the others at their end.
    status = traitlets.Unicode("", read_only=True).tag(sync=True)


def told_of(run: RunState | None) -> dict[str, Any]:
    """The traits' values for a run, in the order in which they change."""
    if run is None:
        return {}
    score = run.live_score.value if run.live_score is not None else run.live_accuracy
    stage = next((stage.title for stage in run.stages if stage.id == run.current_stage), "")
    return {
        "progress": run.progress,
        "stage": stage,
        "live_score": score,
        "run_state": msgspec.to_builtins(run),
        "status": run.status,
    }


class Telling:
    """Sets traits, whatever their observers raise.

    Parameters
    ----------
    widget
        Whose traits they are.
    """

    def __init__(self, widget: Any) -> None:
        self._widget = widget
        self._failed: set[str] = set()

    def tell(self, values: dict[str, Any]) -> None:
        """Set those that are another, in one message to the page."""
        with self._widget.hold_sync():
            for name, value in values.items():
                if getattr(self._widget, name) != value:
                    self._set(name, value)

    def _set(self, name: str, value: Any) -> None:
        try:
            self._widget.set_trait(name, value)
        except Exception:
            # Somebody's callback: it must not keep the news from the others. Told once, for it
            # would fail five times a second.
            if name not in self._failed:
                self._failed.add(name)
                log.exception("what observes a panel's %s has failed; it is not told again", name)
