"""Whether how far a run is, is only judged by what earlier runs took, and not by what it shows."""

from __future__ import annotations

import math

from .state import RunState, stage_index

PATIENCE_S = 2.0  # a stage that is over by then need not be spoken of


def is_guessed(run: RunState) -> bool:
    """Whether a run's progress moves by the clock: its stage has shown nothing of its own.

    So it is with an estimator whose fit is one call (SVC, k-NN), for as long as the fit lasts. A
    view marks such a figure as the estimate that it is.
    """
    index = stage_index(run, run.current_stage)
    if run.status not in ("running", "stopping") or index is None:
        return False
    stage = run.stages[index]
    is_silent = stage.status == "running" and stage.shown_s is None
    return is_silent and stage.estimated_s is not None and (stage.elapsed_s or 0.0) >= PATIENCE_S


def percent(run: RunState, decimals: int = 0) -> str:
    """How far a run is, for a person: ``"43 %"``, and ``"~43 %"`` where that is an estimate."""
    # Whole figures are cut, not rounded: 100 % is what is done.
    figure = run.progress if decimals else math.floor(run.progress)
    return f"{'~' if is_guessed(run) else ''}{figure:.{decimals}f} %"
