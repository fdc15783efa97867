"""What a displayed run leaves in a notebook, in every form that a front end may know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ..core.candidates import CandidateRow
from ..core.state import RunState
from ..core.wire import Activity
from .report import everything_html, everything_text, problem_html, report_html, report_text

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MIME_TYPE = "application/vnd.jupyter-progress+json"
ACTIVITY_SAVED = 20
TRACEBACK_SAVED = 20_000


def saved_state(run: RunState) -> dict[str, Any]:
    """A run's state as it goes into a notebook: without what would make the file large."""
    told: dict[str, Any] = msgspec.to_builtins(run)
    told["running"] = []
    error = told.get("error")
    if error and len(str(error.get("traceback", ""))) > TRACEBACK_SAVED:
        told["error"] = {**error, "traceback": error["traceback"][-TRACEBACK_SAVED:]}
    return told


def mime_data(
    run_id: str | None,
    run: RunState | None,
    activity: Sequence[Activity],
    *,
    log_id: str | None,
    time: str,
    problem: str = "",
) -> dict[str, Any]:
    """The project's own MIME type: ids, and a last snapshot to show until the server answers.

    Parameters
    ----------
    run_id
        None: everything that is going on.
    log_id
        The log that the kernel sees, so that a page on another server is not shown its runs.
    time
        Now, as an ISO 8601 UTC string.
    problem
        Why nothing can feed the panel, and what to do about it.
    """
    own = [line for line in activity if run_id is None or line.run_id == run_id]
    return {
        "version": 1,
        "run_id": run_id,
        "log_id": log_id or None,
        "snapshot": saved_state(run) if run is not None else None,
        "activity": [msgspec.to_builtins(line) for line in own[:ACTIVITY_SAVED]],
        "time": time,
        **({"problem": problem} if problem else {}),
    }


def mime_bundle(
    own: dict[str, Any],
    *,
    model_id: str | None,
    run: RunState | None,
    runs: Sequence[RunState],
    activity: Sequence[Activity],
    scores: Sequence[Sequence[Any]] = (),
    candidates: Sequence[CandidateRow] = (),
) -> dict[str, Any]:
    """All forms of one output.

    Parameters
    ----------
    own
        Made by :func:`mime_data`.
    model_id
        The widget's; None where it has no comm.
    run, runs
        The run that is shown; or all, where none is.
    scores
        Of the live score, for the static chart.
    candidates
        A search's, best first.
    """
    problem = own.get("problem")
    if problem:
        html, text = problem_html(problem), problem
    elif own["run_id"] is None:
        html, text = everything_html(runs), everything_text(runs)
    elif run is None:
        html = text = f"run {own['run_id']}"
    else:
        html, text = report_html(run, activity, scores, candidates), report_text(run)
    bundle = {MIME_TYPE: own, "text/html": html, "text/plain": text}
    # A server without this extension often lacks what shows a widget too, and then the words
    # would be hidden behind a widget's error.
    if model_id is not None and not problem:
        bundle[WIDGET_VIEW] = {"version_major": 2, "version_minor": 0, "model_id": model_id}
    return bundle
