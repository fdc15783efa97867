"""What a displayed run leaves in a notebook, in every form that a front end may know.

All of it together stays below 60 kB, widget state included, whatever a run holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ..core.candidates import CandidateRow
from ..core.state import RunState
from ..core.wire import Activity
from .report import everything_html, everything_text, problem_html, report_html, report_text

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MIME_TYPE = "application/vnd.jupyter-progress+json"
ACTIVITY_SAVED = 20
RUNS_SHOWN = 50
# A widget saves the state a second time.
STATE_SAVED_BYTES = 12_000
TEXT_SAVED = 4_000
LINE_SAVED = 1_000
ITEMS_SAVED = 100


def saved_state(run: RunState) -> dict[str, Any]:
    """A run's state as it goes into a notebook: without what would make the file large."""
    told: dict[str, Any] = msgspec.to_builtins(run)
    told["running"] = []
    for lighten in _LIGHTER:
        if len(msgspec.json.encode(told)) <= STATE_SAVED_BYTES:
            break
        lighten(told)
    return told


def _cut_texts(told: dict[str, Any]) -> None:
    told["notes"] = told["notes"][:TEXT_SAVED]
    for name, text in (told["error"] or {}).items():
        if isinstance(text, str) and len(text) > TEXT_SAVED:
            # The end of what went wrong says most; of a message it is the beginning.
            is_end = name in ("traceback", "output")
            told["error"][name] = text[-TEXT_SAVED:] if is_end else text[:TEXT_SAVED]


def _cut_lists(told: dict[str, Any]) -> None:
    told["tags"] = [tag[:LINE_SAVED] for tag in told["tags"][:ITEMS_SAVED]]
    told["metrics"] = dict(list(told["metrics"].items())[:ITEMS_SAVED])
    told["stages"] = [{**stage, "metrics": {}} for stage in told["stages"][:ITEMS_SAVED]]
    told["stages_completed"] = told["stages_completed"][:ITEMS_SAVED]


def _cut_tables(told: dict[str, Any]) -> None:
    """What the server tells again: the matrix of many classes, what was asked for."""
    result = told["result"] or {}
    told["result"] = {"test": result["test"]} if isinstance(result.get("test"), dict) else None
    told["spec"], told["search"] = {}, None


def _keep_little(told: dict[str, Any]) -> None:
    kept = ("run_id", "kind", "status", "progress", "updated_time", "elapsed_time", "attempt")
    name = told["name"][:LINE_SAVED]
    left = {key: told[key] for key in kept}
    told.clear()
    told.update(left, name=name)


_LIGHTER: tuple[Callable[[dict[str, Any]], None], ...] = (
    _cut_texts,
    _cut_lists,
    _cut_tables,
    _keep_little,
)


def mime_data(
    run_id: str | None,
    run: RunState | None,
    activity: Sequence[Activity],
    *,
    log_id: str | None,
    time: str,
    problem: str = "",
    show: Sequence[str] | None = None,
    size: str = "panel",
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
    show, size
        As the panel has them.
    """
    own = [line for line in activity if run_id is None or line.run_id == run_id]
    lines = [msgspec.to_builtins(line) for line in own[:ACTIVITY_SAVED]]
    return {
        "version": 1,
        "run_id": run_id,
        "log_id": log_id or None,
        "snapshot": saved_state(run) if run is not None else None,
        "activity": _fitting([{**line, "text": line["text"][:LINE_SAVED]} for line in lines]),
        "time": time,
        **({"problem": problem} if problem else {}),
        **({"show": list(show)} if show is not None else {}),
        **({"size": size} if size != "panel" else {}),
    }


def _fitting(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    while lines and len(msgspec.json.encode(lines)) > STATE_SAVED_BYTES // 2:
        lines.pop()
    return lines


def static_forms(
    run_id: str | None,
    run: RunState | None,
    runs: Sequence[RunState] | None,
    activity: Sequence[Activity],
    scores: Sequence[Sequence[Any]] = (),
    candidates: Sequence[CandidateRow] = (),
    problem: str = "",
) -> dict[str, Any]:
    """HTML and plain text, for where nothing is live.

    Parameters
    ----------
    run, runs
        The run that is shown; or all, where none is. None: they are not known yet.
    scores
        Of the live score, for the static chart.
    candidates
        A search's, best first.
    """
    if problem:
        html, text = problem_html(problem), problem
    elif run_id is None:
        html, text = everything_html(runs, RUNS_SHOWN), everything_text(runs, RUNS_SHOWN)
    elif run is None:
        html = text = f"run {run_id}"
    else:
        html = report_html(run, activity, scores, candidates)
        text = report_text(run, scores)
    return {"text/html": html, "text/plain": text}


def mime_bundle(
    own: dict[str, Any], static: dict[str, Any], model_id: str | None
) -> dict[str, Any]:
    """All forms of one output.

    Parameters
    ----------
    own
        Made by :func:`mime_data`.
    static
        Made by :func:`static_forms`.
    model_id
        The widget's; None where no widget is to be shown.
    """
    bundle = {MIME_TYPE: own, **static}
    # A server without this extension often lacks what shows a widget too, and then the words
    # would be hidden behind a widget's error.
    if model_id is not None and not own.get("problem"):
        bundle[WIDGET_VIEW] = {"version_major": 2, "version_minor": 0, "model_id": model_id}
    return bundle
