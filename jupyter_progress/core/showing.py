"""A run's stages as they show what they have done; events and reports tell it alike."""

from __future__ import annotations

import math

import msgspec

from .eta import newest_pace
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
    index = stage_index(state, state.current_stage)
    if index is None or state.stages[index].status != "running":
        return replace(state, stage_progress=share)
    stage = state.stages[index]
    if stage.told_left is not None:
        return state  # where the time left is told, a share of steps would be a second opinion
    return with_stage(replace(state, stage_progress=share), index, _shown(stage, share, time))


def tell_left(state: RunState, left: list[float], time: str) -> RunState:
    """The state with what who trains says is left of the current stage.

    Parameters
    ----------
    left
        ``[seconds, low, high]``; what is no time says nothing.
    """
    index = stage_index(state, state.current_stage)
    if index is None or state.stages[index].status != "running":
        return state
    stage = state.stages[index]
    is_time = len(left) == 3 and all(0 <= each < math.inf for each in left)
    if not is_time or stage.started_time is None:
        return state
    seconds, low, high = left
    told = [seconds, min(low, seconds), max(high, seconds)]
    told_s = round(stage.carried_s + seconds_between(stage.started_time, time), 3)
    return with_stage(state, index, replace(stage, told_left=told, told_s=told_s))


def _shown(stage: StageState, share: float, time: str) -> StageState:
    """The stage with a share that it has just shown; the same share again is no news."""
    if share == stage.progress or stage.started_time is None:
        return replace(stage, progress=share, progress_estimated=False)
    shown_s = round(stage.carried_s + seconds_between(stage.started_time, time), 3)
    pace_s = newest_pace(stage, share, shown_s)
    return replace(stage, progress=share, progress_estimated=False, shown_s=shown_s, pace_s=pace_s)
