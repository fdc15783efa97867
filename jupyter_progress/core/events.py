"""Events: immutable facts that happened, each with its writer and its place in that writer's file.

A journal line is an event without its origin: ``{"sequence", "type", "time", "data"}`` and, where
the event starts or ends a run, ``"follows": {writer: sequence}``: what must be logged before it.
Three types have no place in the log, because the newest replaces the one before it; a journal holds
them all the same (``training_progress``, ``metrics_appended``).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from .stages import PlannedStage


class JournalLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of one writer's journal.

    Parameters
    ----------
    sequence
        The line's place in its file, from 1.
    type
        What happened.
    time
        When, as an ISO 8601 UTC string.
    data
        The facts; the shape depends on the type (``PAYLOADS``).
    run_id
        Only in a server's own journal: the run that the event is about.
    follows
        The last sequence of each other writer that must be logged before this line.
    """

    sequence: int
    type: str
    time: str
    data: dict[str, Any] = {}
    run_id: str | None = None
    follows: dict[str, int] = {}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its identity and, once logged, its offset.

    Parameters
    ----------
    origin
        The run id, or the server slot (``server-0``), whose journal holds it.
    writer, sequence
        Its place in that journal. Together with the origin: its identity.
    offset
        Its place in the log; 0 before it is logged.
    """

    type: str
    time: str
    data: dict[str, Any]
    run_id: str | None
    origin: str = ""
    writer: str = ""
    sequence: int = 0
    offset: int = 0


class TrainingQueued(msgspec.Struct, frozen=True, kw_only=True):
    """A run was taken."""

    name: str
    spec: dict[str, Any] = {}
    who: str = ""
    kind: str = "pipeline"
    tags: list[str] = []


class TrainingStarted(msgspec.Struct, frozen=True, kw_only=True):
    """A worker began, with the stages that it is going to go through."""

    name: str
    stages: list[PlannedStage] = []
    kind: str | None = None
    tags: list[str] | None = None
    spec: dict[str, Any] | None = None


class TrainingResuming(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked for the next attempt; the run waits for its worker.

    Parameters
    ----------
    attempt
        Its number: 2 for the first resumption.
    """

    attempt: int = 2
    who: str = ""


class TrainingStopping(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked for the end; or a limit was reached: ``why`` is ``time_limit`` then."""

    action: str
    who: str = ""
    why: str = ""
    limit_s: float | None = None


class TrainingStalled(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing was heard of the run for longer than its own history makes likely.

    Parameters
    ----------
    since
        When something was heard last.
    quiet_s, likely_s
        How long that was ago, and how long a silence was likely at most.
    uses_cpu
        Whether its processes computed meanwhile; if not, it waits for something, maybe itself.
    output
        The end of what it has printed: where its threads are, where they could be asked.
    """

    since: str = ""
    stage: str | None = None
    quiet_s: float = 0.0
    likely_s: float | None = None
    uses_cpu: bool = True
    output: str = ""


class TrainingRecovered(msgspec.Struct, frozen=True, kw_only=True):
    """A stalled run has shown a sign of life."""

    quiet_s: float = 0.0


class StageStarted(msgspec.Struct, frozen=True, kw_only=True):
    """A stage began.

    Parameters
    ----------
    estimates
        What stages to come are expected to take, where more is known of that by now:
        ``{stage: [seconds, low, high]}``.
    carried_s
        Seconds that an earlier attempt spent on what this one goes on from.
    can_stop
        Of ``train``: whether the fit can be ended with what it has; None where that is not known.
    """

    stage: str
    title: str = ""
    index: int = 0
    estimated_s: float | None = None
    estimated_range: list[float] | None = None
    estimates: dict[str, list[float]] = {}
    carried_s: float = 0.0
    can_stop: bool | None = None


class StageCompleted(msgspec.Struct, frozen=True, kw_only=True):
    """A stage is done."""

    stage: str
    title: str = ""
    index: int = 0
    estimated_s: float | None = None
    estimated_range: list[float] | None = None
    elapsed_s: float = 0.0
    progress: float = 100.0
    elapsed_time: float = 0.0
    metrics: dict[str, Any] = {}


class FoldCompleted(msgspec.Struct, frozen=True, kw_only=True):
    """One fold of one candidate of a search was fitted and scored.

    Parameters
    ----------
    candidate, fold
        The candidate's row in ``cv_results_``, and the fold's number; from 0.
    score
        None where the fit failed; ``error`` says how.
    fit_s
        Seconds that its fit took.
    folds
        How many folds the candidate has.
    round, resources
        Of a search by halving: its round, from 0, and what the candidate has in it.
    step, total_steps, stage_progress
        How far the search is with it: folds done, folds in all, 0-100.
    stage_left
        ``[seconds, low, high]`` that are left with it, where there is ground for a number.
    """

    candidate: int
    fold: int
    score: float | None = None
    fit_s: float | None = None
    folds: int | None = None
    params: dict[str, Any] = {}
    round: int | None = None
    resources: int | None = None
    error: str | None = None
    step: int | None = None
    total_steps: int | None = None
    stage_progress: float | None = None
    stage_left: list[float] | None = None


class CandidateCompleted(msgspec.Struct, frozen=True, kw_only=True):
    """All folds of a search's candidate are done, or somebody gave it up.

    Parameters
    ----------
    best
        Whether it is the best so far.
    skipped
        Whether it was given up before its last fold.
    scorer
        What the scores are.
    """

    candidate: int
    params: dict[str, Any] = {}
    scores: list[float | None] = []
    mean: float | None = None
    std: float | None = None
    best: bool = False
    skipped: bool = False
    scorer: str = ""
    round: int | None = None
    resources: int | None = None


class TrainingCompleted(msgspec.Struct, frozen=True, kw_only=True):
    """The run ended with its result."""

    result: dict[str, Any] = {}
    elapsed_time: float = 0.0


class RunError(msgspec.Struct, frozen=True, kw_only=True):
    """Why a run failed, for a person.

    Parameters
    ----------
    type
        The exception's class, or what ended the worker (``SIGKILL``).
    traceback
        The part of the traceback that is in the user's own code.
    reason
        A stable code: ``worker_killed``, ``out_of_memory``, ``worker_crashed``, ``fit_failed``, …
    hint
        What to do about it.
    output
        The end of what a worker printed that died without a last word, or a function that failed.
    """

    type: str
    message: str
    stage: str | None = None
    traceback: str = ""
    reason: str = "training_error"
    hint: str = ""
    output: str = ""


class TrainingFailed(msgspec.Struct, frozen=True, kw_only=True):
    """The run ended with an error."""

    error: RunError
    elapsed_time: float | None = None
    resumable: bool = False


class TrainingEnded(msgspec.Struct, frozen=True, kw_only=True):
    """The run was cancelled or interrupted."""

    stage: str | None = None
    elapsed_time: float | None = None
    who: str = ""
    resumable: bool = False


class RunUpdated(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody renamed, tagged or annotated the run."""

    name: str | None = None
    tags: list[str] | None = None
    notes: str | None = None


class RunDeleted(msgspec.Struct, frozen=True, kw_only=True):
    """The run was forgotten."""


class ActivityUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the activity feed."""

    id: str
    level: str
    kind: str
    text: str
    who: str = ""


class HealthChanged(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The machine's health went from one colour to another."""

    from_: str
    to: str
    reasons: list[str] = []


class ModelChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A model version was registered, or put in service."""

    name: str
    version: int
    previous: int | None = None


PAYLOADS: Final[dict[str, type[msgspec.Struct]]] = {
    "training_queued": TrainingQueued,
    "training_started": TrainingStarted,
    "training_resuming": TrainingResuming,
    "training_resumed": TrainingStarted,
    "training_stopping": TrainingStopping,
    "training_stalled": TrainingStalled,
    "training_recovered": TrainingRecovered,
    "stage_started": StageStarted,
    "stage_completed": StageCompleted,
    "fold_completed": FoldCompleted,
    "candidate_completed": CandidateCompleted,
    "training_completed": TrainingCompleted,
    "training_failed": TrainingFailed,
    "training_cancelled": TrainingEnded,
    "training_interrupted": TrainingEnded,
    "run_updated": RunUpdated,
    "run_deleted": RunDeleted,
    "activity_update": ActivityUpdate,
    "health_changed": HealthChanged,
    "model_registered": ModelChanged,
    "model_deployed": ModelChanged,
}

DURABLE: Final[frozenset[str]] = frozenset(PAYLOADS)
VOLATILE: Final[frozenset[str]] = frozenset(
    {"training_progress", "metrics_appended", "system_metrics"}
)
LAST_EVENTS: Final[frozenset[str]] = frozenset(
    {"training_completed", "training_failed", "training_cancelled", "training_interrupted"}
)


def payload_of(event_type: str, data: dict[str, Any]) -> msgspec.Struct:
    """Read an event's facts into their type.

    Raises
    ------
    msgspec.ValidationError
        A fact is missing or of the wrong type, or the event type is not a durable one.
    """
    payload = PAYLOADS.get(event_type)
    if payload is None:
        raise msgspec.ValidationError(f"{event_type!r} is not the type of a durable event")
    return msgspec.convert(data, payload, strict=False)
