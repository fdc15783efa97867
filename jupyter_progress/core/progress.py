"""Volatile reports of progress, laid over the durable state of a run.

A journal's ``training_progress`` line holds only what its writer knows: the worker its steps and
scores, the keeper what the process tree uses. The message of the same name that views get is the
whole state.
"""

from __future__ import annotations

from typing import Any

import msgspec

from .reduce import refresh
from .showing import show_share, tell_left
from .state import LiveScore, Resources, RunState
from .transitions import has_ended

replace = msgspec.structs.replace


# What a report says of the run as a whole, whichever stage it comes from.
_KEPT = (
    "live_accuracy", "live_score", "predictions_processed", "throughput", "monitoring_overhead",
    "resources", "running", "can_stop",
)  # fmt: skip


class ProgressReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one writer reports in passing; what is None is left as it was.

    Parameters
    ----------
    stage
        The stage that the report is about; a report for another than the current one is late.
    stage_progress
        0-100.
    stage_left
        ``[seconds, low, high]`` that are left of the stage, where its share does not tell.
    """

    stage: str | None = None
    stage_progress: float | None = None
    stage_left: list[float] | None = None
    step: int | None = None
    total_steps: int | None = None
    live_accuracy: float | None = None
    live_score: LiveScore | None = None
    predictions_processed: int | None = None
    throughput: float | None = None
    monitoring_overhead: float | None = None
    resources: Resources | None = None
    metrics: dict[str, float | None] | None = None
    running: list[dict[str, Any]] | None = None
    can_stop: bool | None = None


def apply_report(state: RunState, data: dict[str, Any], time: str) -> RunState:
    """Lay a progress report over a run's state.

    Raises
    ------
    msgspec.ValidationError
        The report is not of its shape.
    """
    report = msgspec.convert(data, ProgressReport, strict=False)
    if has_ended(state.status):
        return state
    known = {name: getattr(report, name) for name in _KEPT if getattr(report, name) is not None}
    if report.metrics:
        known["metrics"] = {**state.metrics, **report.metrics}
    state = replace(state, **known)
    if report.stage in (None, state.current_stage):
        state = _in_stage(state, report, time)
    return refresh(state, time)


def _in_stage(state: RunState, report: ProgressReport, time: str) -> RunState:
    known: dict[str, Any] = {}
    if report.step is not None:
        known["step"] = report.step
    if report.total_steps is not None:
        known["total_steps"] = report.total_steps
    if report.stage_left is not None:
        state = tell_left(state, report.stage_left, time)
    if report.stage_progress is not None:
        state = show_share(state, report.stage_progress, time)
    return replace(state, **known)


def latest_metrics(state: RunState, series: dict[str, list[list[float | None]]]) -> RunState:
    """Keep the newest value of each series in the state."""
    newest = {name: points[-1][1] for name, points in series.items() if points}
    return replace(state, metrics={**state.metrics, **newest})
