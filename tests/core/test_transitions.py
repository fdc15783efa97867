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
    assert moves <= {"training_resumed"}


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
