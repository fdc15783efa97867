"""A run's stages as they show what they have done; events and reports tell it alike."""

from __future__ import annotations

import msgspec

from .state import RunState, StageState, stage_index
from .times import seconds_between

replace = msgspec.structs.replace


def with_stage(state: RunState, index: int, stage: StageState) -> RunState:
    """The state with one of its stages replaced."""
    stages = list(state.stages)
    stages[index] = stage
    return replace(state, stages=stages)


def show_share(state: RunState, percent: float, time: str) -> RunState:
    """The state with a share of its current stage that has just been done.

    Parameters
    ----------
    percent
        0-100; what is beyond is cut.
    """
    share = min(100.0, max(0.0, percent))
    state = replace(state, stage_progress=share)
    index = stage_index(state, state.current_stage)
    if index is None or state.stages[index].status != "running":
        return state
    return with_stage(state, index, _shown(state.stages[index], share, time))


def _shown(stage: StageState, share: float, time: str) -> StageState:
    """The stage with a share that it has just shown; the same share again is no news."""
    if share == stage.progress or stage.started_time is None:
        return replace(stage, progress=share)
    shown_s = round(stage.carried_s + seconds_between(stage.started_time, time), 3)
    return replace(stage, progress=share, shown_s=shown_s)
