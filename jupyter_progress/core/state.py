"""The state of a run, as ``GET runs/{id}`` answers it and every view shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from .times import from_iso


class StageState(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of a run.

    Parameters
    ----------
    status
        ``pending``, ``running``, ``completed``, ``failed`` or ``skipped``.
    estimated_s, elapsed_s
        Seconds that it is expected to take (None: not known) and has taken.
    estimated_range
        ``[low, high]``: what it takes nine times in ten; None where that is not known.
    progress
        0-100.
    progress_estimated
        Whether ``progress`` is only told from the time that it is likely to take, for it shows
        nothing itself, or nothing that goes with the time.
    shown_s
        Seconds after its beginning at which it had come to ``progress``; None before it showed any.
    pace_s
        Seconds that all of it takes at the pace of what it has shown last.
    told_left, told_s
        ``[seconds, low, high]`` that were left by what who trains says, so many seconds after its
        beginning; None where nothing was said.
    started_time
        When it began; None before.
    carried_s
        Seconds of ``elapsed_s`` that an earlier attempt spent on what this one goes on from.
    metrics
        What the stage measured.
    """

    id: str
    title: str
    status: str = "pending"
    estimated_s: float | None = None
    estimated_range: list[float] | None = None
    elapsed_s: float | None = None
    progress: float = 0.0
    progress_estimated: bool = False
    shown_s: float | None = None
    pace_s: float | None = None
    told_left: list[float] | None = None
    told_s: float | None = None
    started_time: str | None = None
    carried_s: float = 0.0
    metrics: dict[str, Any] = {}


class LiveScore(msgspec.Struct, frozen=True, kw_only=True):
    """The newest score on held-out rows.

    Parameters
    ----------
    name
        What is measured: ``accuracy``, ``r2``, or the name of a scorer.
    """

    name: str
    value: float | None


class BestCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """The best candidate of a search so far; ``std`` is the spread of its folds' scores."""

    candidate: int
    params: dict[str, Any] = {}
    mean: float | None = None
    std: float | None = None


class SearchState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a search is; its leaderboard is asked for apart.

    Parameters
    ----------
    completed
        Candidates that are done, those that were given up included.
    skipped
        Candidates that were given up.
    scorer
        What is measured on each fold.
    """

    completed: int = 0
    skipped: int = 0
    scorer: str = ""
    best: BestCandidate | None = None


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    """What the run's process tree uses.

    Parameters
    ----------
    cpu
        Percent of one core, summed over the tree.
    memory, peak_memory
        Resident bytes, now and at most.
    limit
        Bytes that the run's memory may reach; None without a limit.
    """

    cpu: float | None = None
    memory: int | None = None
    peak_memory: int | None = None
    limit: int | None = None


class Stall(msgspec.Struct, frozen=True, kw_only=True):
    """A run of which nothing is heard for longer than its own history makes likely.

    Parameters
    ----------
    since
        When something was heard last.
    likely_s
        How long a silence is likely at most.
    uses_cpu
        Whether its processes compute all the same.
    output
        The end of what it has printed: where its threads are, where they could be asked.
    """

    since: str
    likely_s: float | None = None
    uses_cpu: bool = True
    output: str = ""


class RunState(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a run at a position of the log.

    Parameters
    ----------
    progress, stage_progress
        0-100; the first is weighted by time, not by the number of stages.
    elapsed_time, estimated_remaining
        Seconds at ``updated_time``; the second is an estimate, None while there is no ground for
        one.
    estimated_range
        ``[low, high]`` seconds around ``estimated_remaining``.
    live_accuracy
        0-1, measured on rows that the model was not trained on.
    predictions_processed
        Held-out rows scored so far.
    throughput
        Training rows a second.
    monitoring_overhead
        Share of the training time that watching has cost.
    running
        A search's folds under way: ``{candidate, fold, since, params}``.
    search
        How far a search is; None for what is none.
    queue_place
        Its place among the runs that wait for their turn, 1 for the next one; None outside of it.
    can_stop
        Whether its fit can be ended with what it has; None before that is known.
    stalled
        Since when nothing is heard of it, where that is longer than likely; else None.
    resumable
        Whether it failed or was interrupted, and has something to go on from.
    updated_time
        The moment that the durations above hold for.
    attempt
        Which attempt this is: 1, and one more with each resumption.
    attempt_time
        When the worker of this attempt began; None before.
    earlier_s
        Seconds that the attempts before this one took; part of ``elapsed_time``.
    """

    run_id: str
    name: str = ""
    tags: list[str] = []
    notes: str = ""
    kind: str = "pipeline"
    who: str = ""
    status: str = "queued"
    resumable: bool = False
    current_stage: str | None = None
    stages: list[StageState] = []
    stages_completed: list[str] = []
    progress: float = 0.0
    stage_progress: float = 0.0
    step: int | None = None
    total_steps: int | None = None
    queued_time: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    attempt: int = 1
    attempt_time: str | None = None
    earlier_s: float = 0.0
    updated_time: str | None = None
    elapsed_time: float | None = None
    estimated_remaining: float | None = None
    estimated_range: list[float] | None = None
    live_accuracy: float | None = None
    live_score: LiveScore | None = None
    metrics: dict[str, float | None] = {}
    predictions_processed: int = 0
    throughput: float | None = None
    monitoring_overhead: float | None = None
    resources: Resources | None = None
    running: list[dict[str, Any]] = []
    search: SearchState | None = None
    stalled: Stall | None = None
    can_stop: bool | None = None
    queue_place: int | None = None
    error: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    spec: dict[str, Any] = {}


def stage_index(state: RunState, stage_id: str | None) -> int | None:
    """Where a stage stands in the run's list, or None."""
    for index, stage in enumerate(state.stages):
        if stage.id == stage_id:
            return index
    return None


def attempt_began(state: RunState) -> str | None:
    """When the worker of this attempt began; None while it has not."""
    # A state that was kept before there were attempts has only the first one's.
    return state.attempt_time or (state.start_time if state.attempt == 1 else None)


def newer(told: RunState | None, known: RunState | None) -> RunState | None:
    """What was told of a run, unless it tells of an attempt before the one that is known."""
    if told is not None and known is not None and told.attempt < known.attempt:
        return known
    return told or known


def begun_us(state: RunState) -> int:
    """When a run was queued or, where it never was, started; microseconds since 1970-01-01 UTC.

    It does not change while the run lives, so that lists can be ordered and paged by it.
    """
    time = state.queued_time or state.start_time
    try:
        return max(0, round(from_iso(time) * 1_000_000)) if time else 0
    except ValueError:
        return 0  # a time that a foreign journal garbled: the run is shown, as the oldest


def newest_first(states: Iterable[RunState]) -> list[RunState]:
    """Runs in the order in which every list shows them."""
    return sorted(states, key=lambda state: (begun_us(state), state.run_id), reverse=True)
