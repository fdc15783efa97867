"""What an event makes of a run's state. ``frontend/src/model/reduce.ts`` mirrors this file.

Both are held to the same golden streams in ``tests/fixtures/streams``. An event that the table of
transitions does not allow leaves the state untouched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from . import eta, searching
from .events import Event, payload_of
from .showing import with_stage
from .stages import PIPELINE, PlannedStage, title_of
from .state import RunState, StageState, Stall, attempt_began, stage_index
from .times import seconds_between
from .transitions import ENDED, has_ended, status_after

replace = msgspec.structs.replace


def reduce(state: RunState | None, event: Event) -> RunState | None:
    """Apply one durable event to a run's state.

    Parameters
    ----------
    state
        The state so far; None before the run's first event.
    event
        An event of this run.

    Returns
    -------
    RunState or None
        The new state; the same object where the event changes nothing. None stays None where the
        run has not begun.

    Raises
    ------
    msgspec.ValidationError
        The event's facts are not of its type's shape.
    """
    if event.type not in _APPLY and event.type not in _APPLY_ANY_TIME:
        return state
    payload: Any = payload_of(event.type, event.data)
    if event.type in _APPLY_ANY_TIME:
        return None if state is None else _APPLY_ANY_TIME[event.type](state, payload)
    status = status_after(state.status if state else None, event.type)
    if status is None or event.run_id is None:
        return state
    before = state or RunState(run_id=event.run_id)
    changed = replace(_APPLY[event.type](before, payload, event.time), status=status)
    return refresh(changed, event.time)


def refresh(state: RunState, time: str) -> RunState:
    """Bring the derived figures (elapsed, progress, time left) to a moment."""
    if has_ended(state.status):
        return replace(
            state,
            updated_time=time,
            progress=100.0 if state.status == "completed" else state.progress,
            estimated_remaining=None,
            estimated_range=None,
            running=[],
            stalled=None,
        )
    elapsed_s = elapsed_at(state, time)
    if elapsed_s is None:
        return replace(state, updated_time=time)
    state = replace(_current_stage_at(state, time), updated_time=time, elapsed_time=elapsed_s)
    left = eta.remaining(state)
    return replace(
        state,
        progress=eta.overall_progress(state),
        estimated_remaining=left[0] if left else None,
        estimated_range=left[1] if left else None,
    )


def elapsed_at(state: RunState, time: str) -> float | None:
    """Seconds that all attempts have taken; what lay between them does not count.

    Returns
    -------
    float or None
        None while this attempt has not begun.
    """
    began = attempt_began(state)
    return None if began is None else round(state.earlier_s + seconds_between(began, time), 3)


def _current_stage_at(state: RunState, time: str) -> RunState:
    index = stage_index(state, state.current_stage)
    if index is None:
        return state
    stage = state.stages[index]
    if stage.status != "running" or stage.started_time is None:
        return state
    elapsed = round(stage.carried_s + seconds_between(stage.started_time, time), 3)
    stage = replace(stage, elapsed_s=elapsed)
    by_time = eta.progress_by_time(stage) if eta.is_told_by_time(stage) else None
    if by_time is None:
        return with_stage(state, index, stage)
    share = max(stage.progress, by_time)
    stage = replace(stage, progress=share, progress_estimated=True)
    return replace(with_stage(state, index, stage), stage_progress=share)


def _planned(stages: list[PlannedStage] | tuple[PlannedStage, ...]) -> list[StageState]:
    return [
        StageState(
            id=stage.id,
            title=stage.title or title_of(stage.id),
            estimated_s=stage.estimated_s,
            estimated_range=stage.estimated_range,
        )
        for stage in stages
    ]


def _queued(state: RunState, queued: Any, time: str) -> RunState:
    stages = _planned(PIPELINE) if queued.kind == "pipeline" else []
    return replace(
        state,
        name=queued.name,
        spec=queued.spec,
        who=queued.who,
        kind=queued.kind,
        tags=queued.tags,
        stages=stages,
        queued_time=time,
    )


def _started(state: RunState, started: Any, time: str) -> RunState:
    return replace(
        state,
        name=state.name or started.name,
        kind=started.kind or state.kind,
        tags=state.tags if started.tags is None else started.tags,
        spec=state.spec if started.spec is None else started.spec,
        stages=_planned(started.stages) or state.stages,
        stages_completed=[],
        current_stage=None,
        search=None,
        start_time=state.start_time or time,
        attempt_time=time,
        end_time=None,
        stalled=None,
        error=None,
        resumable=False,
    )


def _resuming(state: RunState, resuming: Any, _time: str) -> RunState:
    return replace(_next_attempt(state), attempt=resuming.attempt)


def _resumed(state: RunState, resumed: Any, time: str) -> RunState:
    # One that trains elsewhere comes without having waited.
    waited = state.status not in ENDED
    return _started(state if waited else _next_attempt(state), resumed, time)


def _next_attempt(state: RunState) -> RunState:
    """All begins again, but for the time that was spent and the points that were measured."""
    stages = [
        StageState(id=stage.id, title=stage.title, estimated_s=stage.estimated_s)
        for stage in state.stages
    ]
    return replace(
        state,
        attempt=state.attempt + 1,
        attempt_time=None,
        earlier_s=state.elapsed_time or 0.0,
        stages=stages,
        stages_completed=[],
        current_stage=None,
        progress=0.0,
        stage_progress=0.0,
        step=None,
        total_steps=None,
        end_time=None,
        error=None,
        resources=None,
        stalled=None,
        resumable=False,
        can_stop=None,
    )


def _stopping(state: RunState, _stopping: Any, _time: str) -> RunState:
    return state


def _stalled(state: RunState, stalled: Any, time: str) -> RunState:
    stall = Stall(
        since=stalled.since or time,
        likely_s=stalled.likely_s,
        uses_cpu=stalled.uses_cpu,
        output=stalled.output,
    )
    return replace(state, stalled=stall)


def _recovered(state: RunState, _recovered: Any, _time: str) -> RunState:
    return replace(state, stalled=None)


def _stage_started(state: RunState, started: Any, time: str) -> RunState:
    index = stage_index(state, started.stage)
    if index is None:
        stages = [*state.stages, StageState(id=started.stage, title=started.title)]
        state = replace(state, stages=stages)
        index = len(stages) - 1
    state = _planned_anew(state, started.estimates)
    stage = state.stages[index]
    newer = stage if started.estimated_s is None else started
    begun = replace(
        stage,
        title=started.title or stage.title or title_of(started.stage),
        status="running",
        started_time=time,
        carried_s=started.carried_s,
        estimated_s=newer.estimated_s,
        estimated_range=newer.estimated_range,
        elapsed_s=started.carried_s,
        progress=0.0,
        progress_estimated=False,
        shown_s=None,
        pace_s=None,
        told_left=None,
        told_s=None,
    )
    return replace(
        with_stage(state, index, begun),
        current_stage=started.stage,
        can_stop=state.can_stop if started.can_stop is None else started.can_stop,
        stalled=None,
        stage_progress=0.0,
        step=None,
        total_steps=None,
    )


def _planned_anew(state: RunState, estimates: dict[str, list[float]]) -> RunState:
    """The state with what is known by now of the stages to come."""
    for index, stage in enumerate(state.stages):
        known = estimates.get(stage.id)
        if known is not None and len(known) == 3 and stage.status == "pending":
            stage = replace(stage, estimated_s=known[0], estimated_range=known[1:])
            state = with_stage(state, index, stage)
    return state


def _stage_completed(state: RunState, done: Any, time: str) -> RunState:
    index = stage_index(state, done.stage)
    if index is None:
        return state
    stage = replace(
        state.stages[index],
        status="completed",
        elapsed_s=done.elapsed_s,
        progress=100.0,
        progress_estimated=False,
        metrics=done.metrics,
    )
    completed = state.stages_completed
    if done.stage not in completed:
        completed = [*completed, done.stage]
    return replace(
        with_stage(state, index, stage),
        stages_completed=completed,
        stage_progress=100.0,
        running=[],
    )


def _completed(state: RunState, done: Any, time: str) -> RunState:
    ended = _end(state, time, done.elapsed_time, "skipped")
    return replace(
        ended,
        # What never began was left out; of a run that ended badly it may yet come.
        stages=[
            replace(stage, status="skipped") if stage.status == "pending" else stage
            for stage in ended.stages
        ],
        result=done.result,
        current_stage=None,
        stage_progress=100.0,
    )


def _failed(state: RunState, failed: Any, time: str) -> RunState:
    error = msgspec.to_builtins(failed.error)
    error["stage"] = failed.error.stage or state.current_stage
    ended = _end(state, time, failed.elapsed_time, "failed")
    return replace(ended, error=error, resumable=failed.resumable)


def _cancelled(state: RunState, ended: Any, time: str) -> RunState:
    return replace(_end(state, time, ended.elapsed_time, "skipped"), resumable=ended.resumable)


def _end(state: RunState, time: str, elapsed: float | None, stage_status: str) -> RunState:
    """Close the run; a stage that was under way gets the given status."""
    if elapsed is None:
        # One that was dropped while it waited for its next attempt took what it took before.
        elapsed = elapsed_at(state, time) or state.earlier_s or None
    state = _current_stage_at(state, time)
    index = stage_index(state, state.current_stage)
    if index is not None and state.stages[index].status == "running":
        state = with_stage(state, index, replace(state.stages[index], status=stage_status))
    return replace(state, end_time=time, elapsed_time=elapsed)


def _updated(state: RunState, updated: Any) -> RunState:
    return replace(
        state,
        name=state.name if updated.name is None else updated.name,
        tags=state.tags if updated.tags is None else updated.tags,
        notes=state.notes if updated.notes is None else updated.notes,
    )


def _registered(state: RunState, registered: Any) -> RunState:
    """A run that was registered after its end: its result names the model from then on."""
    if state.result is None:
        return state
    model = {"name": registered.name, "version": registered.version}
    return replace(state, result={**state.result, "model": model})


# Whatever the status, which stays as it is.
_APPLY_ANY_TIME = {"run_updated": _updated, "model_registered": _registered}
_APPLY: Final[dict[str, Callable[[RunState, Any, str], RunState]]] = {
    "training_queued": _queued,
    "training_started": _started,
    "training_resuming": _resuming,
    "training_resumed": _resumed,
    "training_stopping": _stopping,
    "training_stalled": _stalled,
    "training_recovered": _recovered,
    "stage_started": _stage_started,
    "stage_completed": _stage_completed,
    "fold_completed": searching.fold_completed,
    "candidate_completed": searching.candidate_completed,
    "training_completed": _completed,
    "training_failed": _failed,
    "training_cancelled": _cancelled,
    "training_interrupted": _cancelled,
}
