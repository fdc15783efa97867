"""Stages: what one is, which names may be given, and the eight of the built-in pipeline."""

from __future__ import annotations

from typing import Final

import msgspec

from ..errors import InvalidRequest
from .names import check_label
from .titles import title_of

__all__ = [
    "PIPELINE",
    "STAGES_LIMIT",
    "STAGE_IDS",
    "PlannedStage",
    "check_stage_ids",
    "title_of",
]

STAGES_LIMIT: Final = 200


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


def check_stage_ids(field: str, ids: list[str]) -> None:
    """Check the names of stages that somebody gives a run of their own code.

    Raises
    ------
    InvalidRequest
        One cannot be shown, is there twice, or there are too many.
    """
    if len(ids) > STAGES_LIMIT:
        raise InvalidRequest(field, f"has {len(ids)} entries; at most {STAGES_LIMIT} are allowed")
    known: set[str] = set()
    for index, stage in enumerate(ids):
        check_label(f"{field}[{index}]", stage)
        if stage in known:
            raise InvalidRequest(f"{field}[{index}]", f"is {stage!r} for the second time")
        known.add(stage)
