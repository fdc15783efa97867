"""The statuses of a run and the one table of what moves between them.

A pair that is missing from the table is not allowed: such an event leaves the state untouched. The
diagram in ``docs/architecture.md`` is drawn from this table, and a test goes through every pair.

A last event can come without its ``training_started``: a worker can die before its first word, and
a queued run can be cancelled. A run that is to be resumed waits in the queue like a new one; one
that trains elsewhere is resumed by its producer, without waiting. Weak spot: nothing here stops two
workers from writing at the same time; the lock on the run directory does.
"""

from __future__ import annotations

from typing import Final, Literal

Status = Literal["queued", "running", "stopping", "completed", "failed", "cancelled", "interrupted"]

ACTIVE: Final[frozenset[str]] = frozenset({"queued", "running", "stopping"})
ENDED: Final[frozenset[str]] = frozenset({"completed", "failed", "cancelled", "interrupted"})

# (status before, event) -> status after. None: there is no run yet.
TRANSITIONS: Final[dict[tuple[str | None, str], Status]] = {
    (None, "training_queued"): "queued",
    (None, "training_started"): "running",
    ("queued", "training_started"): "running",
    ("queued", "training_resumed"): "running",
    ("queued", "training_failed"): "failed",
    ("queued", "training_stopping"): "stopping",
    ("queued", "training_cancelled"): "cancelled",
    ("queued", "training_interrupted"): "interrupted",
    ("running", "stage_started"): "running",
    ("running", "stage_completed"): "running",
    ("running", "fold_completed"): "running",
    ("running", "candidate_completed"): "running",
    ("running", "training_stopping"): "stopping",
    ("running", "training_stalled"): "running",
    ("running", "training_recovered"): "running",
    ("running", "training_completed"): "completed",
    ("running", "training_failed"): "failed",
    ("running", "training_cancelled"): "cancelled",
    ("running", "training_interrupted"): "interrupted",
    ("stopping", "training_started"): "stopping",
    ("stopping", "training_resumed"): "stopping",
    ("stopping", "stage_started"): "stopping",
    ("stopping", "stage_completed"): "stopping",
    ("stopping", "fold_completed"): "stopping",
    ("stopping", "candidate_completed"): "stopping",
    ("stopping", "training_stopping"): "stopping",
    ("stopping", "training_stalled"): "stopping",
    ("stopping", "training_recovered"): "stopping",
    ("stopping", "training_completed"): "completed",
    ("stopping", "training_failed"): "failed",
    ("stopping", "training_cancelled"): "cancelled",
    ("stopping", "training_interrupted"): "interrupted",
    ("failed", "training_resuming"): "queued",
    ("failed", "training_resumed"): "running",
    ("interrupted", "training_resuming"): "queued",
    ("interrupted", "training_resumed"): "running",
}


def status_after(status: str | None, event_type: str) -> Status | None:
    """The status that an event leads to, or None where the table does not allow the event."""
    return TRANSITIONS.get((status, event_type))


def is_active(status: str) -> bool:
    """Whether a run of this status is still going on (or waiting to)."""
    return status in ACTIVE


def has_ended(status: str) -> bool:
    """Whether a run of this status has ended."""
    return status in ENDED
