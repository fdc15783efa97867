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


def _planned(stage: str, title: str, seconds: float, low: float, high: float) -> PlannedStage:
    return PlannedStage(id=stage, title=title, estimated_s=seconds, estimated_range=[low, high])


# Only what every run does alike has an estimate before a first run was seen, and a wide one.
PIPELINE: tuple[PlannedStage, ...] = (
    _planned("initialize", "Initialize", 1.5, 0.5, 8.0),
    _planned("load_data", "Load data", 0.5, 0.01, 5.0),
    _planned("validate_data", "Validate data", 0.3, 0.01, 3.0),
    _planned("split_data", "Split data", 0.1, 0.01, 1.0),
    _planned("preprocess", "Preprocess", 0.2, 0.001, 2.0),
    PlannedStage(id="train", title="Train"),
    _planned("evaluate", "Evaluate", 0.5, 0.02, 5.0),
    _planned("save_model", "Save model", 0.5, 0.1, 6.0),
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
