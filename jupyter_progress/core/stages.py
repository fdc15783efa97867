"""The eight stages of the built-in pipeline."""

from __future__ import annotations

import msgspec

from .titles import title_of

__all__ = ["PIPELINE", "STAGE_IDS", "PlannedStage", "title_of"]


class PlannedStage(msgspec.Struct, frozen=True, kw_only=True):
    """A stage that a run is going to go through.

    Parameters
    ----------
    id
        Its name in the vocabulary, for example ``load_data``.
    title
        What a person reads.
    estimated_s
        Seconds that it is expected to take; None where there is no ground for a number.
    estimated_range
        ``[low, high]``: what it takes nine times in ten; None where that is not known.
    """

    id: str
    title: str
    estimated_s: float | None = None
    estimated_range: list[float] | None = None


# Only what every run does alike has an estimate before a first run was seen.
PIPELINE: tuple[PlannedStage, ...] = (
    PlannedStage(id="initialize", title="Initialize", estimated_s=1.5),
    PlannedStage(id="load_data", title="Load data", estimated_s=0.5),
    PlannedStage(id="validate_data", title="Validate data", estimated_s=0.3),
    PlannedStage(id="split_data", title="Split data", estimated_s=0.1),
    PlannedStage(id="preprocess", title="Preprocess", estimated_s=0.2),
    PlannedStage(id="train", title="Train", estimated_s=None),
    PlannedStage(id="evaluate", title="Evaluate", estimated_s=0.5),
    PlannedStage(id="save_model", title="Save model", estimated_s=0.5),
)
STAGE_IDS: tuple[str, ...] = tuple(stage.id for stage in PIPELINE)
