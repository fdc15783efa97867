"""Every pair of status and event, against what the words mean."""

from __future__ import annotations

import itertools

import pytest

from jupyter_progress.core.events import DURABLE, LAST_EVENTS, Event
from jupyter_progress.core.reduce import reduce
from jupyter_progress.core.state import RunState
from jupyter_progress.core.transitions import ACTIVE, ENDED, TRANSITIONS, status_after

STATUSES = [*sorted(ACTIVE | ENDED), None]
DATA = {
    "training_failed": {"error": {"type": "E", "message": "m"}},
    "training_started": {"name": "a"},
    "training_resumed": {"name": "a"},
    "training_queued": {"name": "a"},
    "training_resuming": {"attempt": 2},
    "training_stopping": {"action": "stop"},
    "stage_started": {"stage": "train"},
    "stage_completed": {"stage": "train"},
    "fold_completed": {"candidate": 0, "fold": 0},
    "candidate_completed": {"candidate": 0},
    "training_stalled": {"since": "2026-01-01T00:00:00Z"},
}
RUN_EVENTS = sorted(
    DURABLE
    - {"run_updated", "run_deleted", "activity_update", "health_changed"}
    - {"model_registered", "model_deployed"}
)


@pytest.mark.parametrize(("status", "event"), list(itertools.product(STATUSES, RUN_EVENTS)))
def test_pair_moves_as_the_table_says_or_leaves_the_state_untouched(
    status: str | None, event: str
) -> None:
    before = None if status is None else RunState(run_id="r", status=status)
    fact = Event(type=event, time="2026-01-01T00:00:00Z", data=DATA.get(event, {}), run_id="r")
    after = reduce(before, fact)
    expected = TRANSITIONS.get((status, event))
    if expected is None:
        assert after is before
    else:
        assert after is not None
        assert after.status == expected


@pytest.mark.parametrize("status", sorted(ENDED))
def test_ended_run_moves_only_by_being_resumed(status: str) -> None:
    moves = {event for event in DURABLE if status_after(status, event)}
    assert moves <= {"training_resuming", "training_resumed"}


@pytest.mark.parametrize("status", sorted(ACTIVE))
def test_every_active_run_can_fail_be_cancelled_and_be_interrupted(status: str) -> None:
    ends = {status_after(status, event) for event in LAST_EVENTS}
    assert {"failed", "cancelled", "interrupted"} <= ends


def test_resumed_run_runs_with_its_error_gone() -> None:
    failed = RunState(run_id="r", status="failed", error={"type": "E"}, resumable=True)
    resumed = reduce(
        failed,
        Event(
            type="training_resumed",
            time="2026-01-01T00:00:00Z",
            data={"name": "a", "stages": [{"id": "train", "title": "Train"}]},
            run_id="r",
        ),
    )
    assert resumed is not None
    assert (resumed.status, resumed.error, resumed.resumable) == ("running", None, False)


def fact(type: str, time: str, **data: object) -> Event:
    return Event(type=type, time=f"2026-01-01T{time}Z", data=data, run_id="r")


def test_resumed_run_counts_what_its_attempts_took_and_not_what_lay_between() -> None:
    stages = [{"id": "load", "title": "Load"}, {"id": "train", "title": "Train"}]
    facts = [
        fact("training_queued", "10:00:00", name="a"),
        fact("training_started", "10:00:05", name="a", stages=stages),
        fact("stage_started", "10:00:06", stage="load"),
        fact("stage_completed", "10:00:10", stage="load", elapsed_s=4.0),
        fact("stage_started", "10:00:10", stage="train"),
        fact("training_interrupted", "10:00:25", elapsed_time=20.0, resumable=True),
        fact("training_resuming", "12:00:00", attempt=2, who="ada"),
    ]
    state = None
    for each in facts:
        state = reduce(state, each)
    assert state is not None
    assert (state.status, state.attempt, state.resumable) == ("queued", 2, False)
    assert (state.elapsed_time, state.stages_completed, state.progress) == (20.0, [], 0.0)
    assert [stage.status for stage in state.stages] == ["pending", "pending"]

    waited = reduce(state, fact("training_resumed", "12:30:00", name="a", stages=stages))
    begun = reduce(waited, fact("stage_started", "12:30:02", stage="train", carried_s=15.0))
    assert begun is not None
    assert (begun.elapsed_time, begun.stages[1].elapsed_s) == (22.0, 15.0)
    assert begun.start_time == "2026-01-01T10:00:05Z"
    ended = reduce(begun, fact("training_failed", "12:30:10", error={"type": "E", "message": "m"}))
    assert ended is not None
    assert ended.elapsed_time == 30.0  # its process was killed, and could not tell

    dropped = reduce(state, fact("training_cancelled", "12:10:00"))
    assert dropped is not None
    assert (dropped.status, dropped.elapsed_time) == ("cancelled", 20.0)


def test_resumption_is_taken_once_and_only_from_a_run_that_ended_badly() -> None:
    for status in sorted((ACTIVE | ENDED) - {"failed", "interrupted"}):
        before = RunState(run_id="r", status=status)
        assert reduce(before, fact("training_resuming", "10:00:00", attempt=2)) is before


def test_run_that_trains_elsewhere_is_resumed_without_having_waited() -> None:
    failed = RunState(run_id="r", status="failed", kind="external", elapsed_time=8.0)
    again = reduce(failed, fact("training_resumed", "10:00:00", name="a"))
    assert again is not None
    assert (again.status, again.attempt, again.elapsed_time) == ("running", 2, 8.0)
