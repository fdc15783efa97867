"""A run as a static report: HTML without scripts and plain text, for where nothing can be live.

All text that comes from somebody is escaped. Colours are the page's own, so that the report is
right in light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from ..core.activity import headline, within_run
from ..core.candidates import CandidateRow
from ..core.durations import duration
from ..core.ending import status_words
from ..core.figures import name_of, name_within
from ..core.guessed import is_guessed, percent
from ..core.state import RunState, StageState
from ..core.transitions import has_ended
from ..core.wire import Activity
from .report_leaderboard import leaderboard_html

MARKS = {"pending": "·", "running": "▸", "completed": "✓", "failed": "✗", "skipped": "–"}
ACTIVITIES_SHOWN = 3
CHART_WIDTH, CHART_HEIGHT = 360, 60
MONO = "font-variant-numeric:tabular-nums"


def report_line(run: RunState) -> str:
    """A run in one line of text."""
    words = [f"{run.name or run.run_id}: {status_words(run)}"]
    if not has_ended(run.status):
        words.append(percent(run))
        if run.current_stage:
            words.append(_title(run, run.current_stage))
        if run.live_score is not None and run.live_score.value is not None:
            words.append(f"live {name_within(run.live_score.name)} {run.live_score.value:.4f}")
    figure = headline(run.result or {})
    if figure:
        words.append(figure)
    if run.error:
        words.append(f"{run.error.get('type')}: {run.error.get('message')}")
    if run.elapsed_time is not None:
        words.append(duration(run.elapsed_time))
    return ", ".join(words)


def report_text(run: RunState) -> str:
    """A run as plain text of a few lines."""
    stages = "  ".join(f"{MARKS.get(stage.status, '·')} {stage.title}" for stage in run.stages)
    lines = [report_line(run), stages, f"run {run.run_id}"]
    return "\n".join(line for line in lines if line)


def report_html(
    run: RunState,
    activity: Sequence[Activity] = (),
    scores: Sequence[Sequence[Any]] = (),
    candidates: Sequence[CandidateRow] = (),
) -> str:
    """A run as HTML.

    Parameters
    ----------
    activity
        Newest first; the run's own lines are shown.
    scores
        ``[[step, value], …]`` of the live score, drawn as a line.
    candidates
        A search's, best first; the first ten are shown.
    """
    parts = [
        _head(run),
        _bar(run),
        _stages(run.stages),
        _chart(scores, run),
        _outcome(run),
        leaderboard_html(candidates),
        _feed([line for line in activity if line.run_id == run.run_id], run.name),
        _foot(run),
    ]
    return f'<div style="max-width:56em;{MONO}">{"".join(parts)}</div>'


def everything_html(runs: Sequence[RunState]) -> str:
    """Several runs as a table."""
    if not runs:
        return "<p>No runs yet.</p>"
    rows = "".join(
        f"<tr><td>{_text(run.name)}</td><td>{_text(status_words(run))}</td>"
        f"<td>{percent(run)}</td><td>{_text(headline(run.result or {}))}</td>"
        f"<td><code>{_text(run.run_id)}</code></td></tr>"
        for run in runs
    )
    head = "".join(f"<th>{word}</th>" for word in ("run", "status", "progress", "result", "id"))
    return f'<table style="{MONO}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def everything_text(runs: Sequence[RunState]) -> str:
    """Several runs as lines of text."""
    return "\n".join(report_line(run) for run in runs) or "no runs yet"


def problem_html(problem: str) -> str:
    """Why a panel shows nothing, and what to do about it; what stands in backquotes, as code."""
    words = _text(problem[:1].upper() + problem[1:]).split("`")
    told = "".join(
        f"<code>{word}</code>" if index % 2 else word for index, word in enumerate(words)
    )
    return (
        f'<div role="alert" style="max-width:56em"><strong>jupyter-progress</strong>: {told}</div>'
    )


def _text(value: Any) -> str:
    return escape(str(value), quote=True)


def _title(run: RunState, stage_id: str) -> str:
    return next((stage.title for stage in run.stages if stage.id == stage_id), stage_id)


def _head(run: RunState) -> str:
    words = f"<strong>{_text(run.name or run.run_id)}</strong> · {_text(status_words(run))}"
    if run.elapsed_time is not None:
        words += f" · {_text(duration(run.elapsed_time))}"
    figure = headline(run.result or {})
    return f"<div>{words}{f' · {_text(figure)}' if figure else ''}</div>"


def _bar(run: RunState) -> str:
    share = min(100.0, max(0.0, run.progress))
    guessed = is_guessed(run)
    told = f"{math.floor(share)} percent"
    told = f"about {told}, judged by earlier runs" if guessed else told
    return (
        '<svg width="100%" height="6" role="img" style="margin:6px 0;display:block" '
        f'aria-label="{told}">'
        '<rect width="100%" height="6" rx="3" fill="currentColor" opacity="0.15"></rect>'
        f'<rect width="{share:.1f}%" height="6" rx="3" fill="currentColor" '
        f'opacity="{0.35 if guessed else 0.6}"></rect>'
        "</svg>"
    )


def _stages(stages: Sequence[StageState]) -> str:
    told = []
    for stage in stages:
        took = f" {duration(stage.elapsed_s)}" if stage.elapsed_s is not None else ""
        mark = MARKS.get(stage.status, "·")
        told.append(f"<span>{mark} {_text(stage.title)}<small>{_text(took)}</small></span>")
    return f"<div>{' &nbsp; '.join(told)}</div>" if told else ""


def _chart(scores: Sequence[Sequence[Any]], run: RunState) -> str:
    points = [(float(step), float(value)) for step, value in scores if value is not None]
    if len(points) < 2:
        return ""
    steps, values = [p[0] for p in points], [p[1] for p in points]
    low, high = min(values), max(values)
    wide, tall = (steps[-1] - steps[0]) or 1.0, (high - low) or 1.0
    path = " ".join(
        f"{(step - steps[0]) / wide * CHART_WIDTH:.1f},"
        f"{CHART_HEIGHT - 4 - (value - low) / tall * (CHART_HEIGHT - 8):.1f}"
        for step, value in points
    )
    name = name_within(run.live_score.name) if run.live_score is not None else "score"
    label = f"live {name}: from {values[0]:.4f} to {values[-1]:.4f}, best {high:.4f}"
    return (
        f'<svg width="{CHART_WIDTH}" height="{CHART_HEIGHT}" role="img" '
        f'aria-label="{_text(label)}" '
        f'style="margin:6px 0;display:block"><polyline points="{path}" fill="none" '
        'stroke="currentColor" stroke-width="1.5"></polyline></svg>'
        f"<div><small>{_text(label)}</small></div>"
    )


def _outcome(run: RunState) -> str:
    if run.error:
        where = f" in {_title(run, run.error['stage'])}" if run.error.get("stage") else ""
        said = f"{run.error.get('type')}: {run.error.get('message')}"
        told = f"<div><strong>Failed{_text(where)}</strong>: {_text(said)}</div>"
        if run.error.get("traceback"):
            told += f'<pre style="overflow-x:auto">{_text(run.error["traceback"])}</pre>'
        if run.error.get("output"):
            printed = _text(run.error["output"])
            told += (
                f'<div>The last that it printed:</div><pre style="overflow-x:auto">{printed}</pre>'
            )
        return told + (f"<div>{_text(run.error['hint'])}</div>" if run.error.get("hint") else "")
    figures = (run.result or {}).get("test") or {}
    cells = "".join(
        f"<tr><td>{_text(name_of(name))}</td><td>{value:.4f}</td></tr>"
        for name, value in figures.items()
        if isinstance(value, int | float)
    )
    return f"<table><tbody>{cells}</tbody></table>" if cells else ""


def _feed(activity: Sequence[Activity], name: str) -> str:
    lines = "".join(
        f"<li><small>{_text(line.time[11:19])}</small> "
        f"{_text(within_run(line.text, line.kind, name))}</li>"
        for line in activity[:ACTIVITIES_SHOWN]
    )
    return f'<ul style="list-style:none;padding:0;margin:6px 0">{lines}</ul>' if lines else ""


def _foot(run: RunState) -> str:
    at = (run.updated_time or "")[:19].replace("T", " ")
    as_of = f"as of {at} UTC" if at else "not begun"
    return f'<div style="opacity:0.7"><small>run {_text(run.run_id)}, {_text(as_of)}</small></div>'
