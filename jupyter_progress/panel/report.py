"""A run as a static report: HTML without scripts and plain text, for where nothing can be live.

All text that comes from somebody is escaped. Colours are the page's own, so that the report is
right in light and dark. Its tags are those that whoever cleans a notebook's HTML leaves in place,
and it reads well without its styles (see `report_marks`); what could make a notebook large is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from ..core.activity import headline, within_run
from ..core.candidates import CandidateRow
from ..core.durations import duration, estimate
from ..core.ending import status_words
from ..core.figures import name_of, name_within
from ..core.guessed import percent
from ..core.state import RunState, StageState
from ..core.transitions import has_ended
from ..core.wire import Activity
from .report_leaderboard import leaderboard_html
from .report_marks import bar_html, bar_letters, chart_html, chart_text

MARKS = {"pending": "·", "running": "▸", "completed": "✓", "failed": "✗", "skipped": "–"}
ACTIVITIES_SHOWN = 3
STAGES_SHOWN, FIGURES_SHOWN = 60, 40
LONGEST_WORDS, LONGEST_BLOCK, LONGEST_TITLE = 500, 6_000, 80
STYLE = "max-width:56em;font-variant-numeric:tabular-nums"


def report_line(run: RunState) -> str:
    """A run in one line of text."""
    words = [f"{_short(run.name or run.run_id)}: {status_words(run)}"]
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
        words.append(_short(f"{run.error.get('type')}: {run.error.get('message')}"))
    if run.elapsed_time is not None:
        words.append(duration(run.elapsed_time))
    return ", ".join(words)


def report_text(run: RunState, scores: Sequence[Sequence[Any]] = ()) -> str:
    """A run as plain text of a few lines."""
    stages = "  ".join(
        f"{MARKS.get(stage.status, '·')} {_short(stage.title, LONGEST_TITLE)}"
        for stage in run.stages[:STAGES_SHOWN]
    )
    bar = "" if has_ended(run.status) else f"{bar_letters(run.progress)} {_whereabouts(run)}"
    lines = [report_line(run), bar, stages, chart_text(scores, run), f"run {run.run_id}"]
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
        bar_html(run),
        _now(run),
        _stages(run.stages),
        chart_html(scores, run),
        _outcome(run),
        leaderboard_html(candidates),
        _feed([line for line in activity if line.run_id == run.run_id], run.name),
        _foot(run),
    ]
    return f'<div style="{STYLE}">{"".join(parts)}</div>'


def everything_html(runs: Sequence[RunState] | None, most: int | None = None) -> str:
    """Several runs as a list.

    Parameters
    ----------
    runs
        None: they are not known yet.
    most
        How many are shown at the most; None: all.
    """
    if not runs:
        return f"<div>{_text(_nothing_listed(runs).capitalize())}</div>"
    lines = "".join(f"<li>{_line(run)}</li>" for run in runs[:most])
    left = 0 if most is None else len(runs) - most
    more = f"<div>and {left:,} more</div>" if left > 0 else ""
    return f'<div style="{STYLE}"><ul>{lines}</ul>{more}</div>'


def runs_table(runs: Sequence[RunState]) -> str:
    """Several runs as a table, for where nothing is taken out of it."""
    rows = "".join(
        f"<tr><td>{_text(run.name)}</td><td>{_text(status_words(run))}</td>"
        f"<td>{percent(run)}</td><td>{_text(headline(run.result or {}))}</td>"
        f"<td><code>{_text(run.run_id)}</code></td></tr>"
        for run in runs
    )
    head = "".join(f"<th>{word}</th>" for word in ("run", "status", "progress", "result", "id"))
    return f'<table style="{STYLE}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def everything_text(runs: Sequence[RunState] | None, most: int | None = None) -> str:
    """Several runs as lines of text; None: they are not known yet."""
    return "\n".join(report_line(run) for run in (runs or [])[:most]) or _nothing_listed(runs)


def _nothing_listed(runs: Sequence[RunState] | None) -> str:
    return "looking for runs…" if runs is None else "no runs yet."


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
    title = next((stage.title for stage in run.stages if stage.id == stage_id), stage_id)
    return _short(title, LONGEST_TITLE)


def _short(words: Any, limit: int = LONGEST_WORDS) -> str:
    told = str(words)
    return told if len(told) <= limit else f"{told[:limit]}…"


def _block(text: Any) -> str:
    """The end of a long text: what went wrong stands there."""
    told = str(text)
    told = told if len(told) <= LONGEST_BLOCK else f"…{told[-LONGEST_BLOCK:]}"
    return f'<pre style="overflow-x:auto"><code>{_text(told)}</code></pre>'


def _head(run: RunState) -> str:
    name = _text(_short(run.name or run.run_id))
    words = f"<strong>{name}</strong> · {_text(status_words(run))}"
    if run.elapsed_time is not None:
        words += f" · {_text(duration(run.elapsed_time))}"
    figure = _short(headline(run.result or {}))
    return f"<div>{words}{f' · {_text(figure)}' if figure else ''}</div>"


def _line(run: RunState) -> str:
    """One of several runs."""
    words = [status_words(run)]
    if not has_ended(run.status):
        words.append(percent(run))
    words.append(_short(headline(run.result or {})))
    told = " · ".join(_text(each) for each in words if each)
    name = _text(_short(run.name or run.run_id))
    return f"<strong>{name}</strong> · {told} · <code>{_text(run.run_id)}</code>"


def _now(run: RunState) -> str:
    """Where a run was when this was written; what has ended says so in its first line."""
    words = "" if has_ended(run.status) else _whereabouts(run)
    return f"<div>{_text(words)}</div>" if words else ""


def _whereabouts(run: RunState) -> str:
    """``43 % · Train · step 30 of 300 · live accuracy 0.9722 · ~2 min 10 s left``."""
    words = [percent(run)]
    if run.current_stage:
        words.append(_title(run, run.current_stage))
    if run.step is not None and run.total_steps != 1:
        of = f" of {run.total_steps:,}" if run.total_steps is not None else ""
        words.append(f"step {run.step:,}{of}")
    if run.live_score is not None and run.live_score.value is not None:
        words.append(f"live {name_within(run.live_score.name)} {run.live_score.value:.4f}")
    if run.status == "running":
        left = run.estimated_remaining
        words.append("time left not known yet" if left is None else f"{estimate(left)} left")
    return " · ".join(words)


def _stages(stages: Sequence[StageState]) -> str:
    told = []
    for stage in stages[:STAGES_SHOWN]:
        took = "" if stage.elapsed_s is None else f"\xa0{duration(stage.elapsed_s)}"
        mark, title = MARKS.get(stage.status, "·"), _text(_short(stage.title, LONGEST_TITLE))
        # One stage stays on one line.
        words = f'{mark} {title}<span style="opacity:0.7">{_text(took)}</span>'
        told.append(f'<span style="white-space:nowrap">{words}</span>')
    return f"<div>{' &nbsp; '.join(told)}</div>" if told else ""


def _outcome(run: RunState) -> str:
    if run.error:
        return _failure(run, run.error)
    figures = (run.result or {}).get("test") or {}
    words = " · ".join(
        f"{_text(_short(name_of(name), LONGEST_TITLE))} {value:.4f}"
        for name, value in list(figures.items())[:FIGURES_SHOWN]
        if isinstance(value, int | float)
    )
    return f"<div>{words}</div>" if words else ""


def _failure(run: RunState, error: dict[str, Any]) -> str:
    where = f" in {_title(run, error['stage'])}" if error.get("stage") else ""
    said = _short(f"{error.get('type')}: {error.get('message')}", LONGEST_BLOCK)
    told = f"<div><strong>Failed{_text(where)}</strong>: {_text(said)}</div>"
    if error.get("traceback"):
        told += _block(error["traceback"])
    if error.get("output"):
        told += f"<div>The last that it printed:</div>{_block(error['output'])}"
    hint = _short(error.get("hint") or "", LONGEST_BLOCK)
    return told + (f"<div>{_text(hint)}</div>" if hint else "")


def _feed(activity: Sequence[Activity], name: str) -> str:
    lines = "".join(
        f'<li><span style="opacity:0.7">{_text(line.time[11:19])}</span> '
        f"{_text(_short(within_run(line.text, line.kind, name)))}</li>"
        for line in activity[:ACTIVITIES_SHOWN]
    )
    return f'<ul style="list-style:none;padding:0;margin:6px 0">{lines}</ul>' if lines else ""


def _foot(run: RunState) -> str:
    at = (run.updated_time or "")[:19].replace("T", " ")
    as_of = f"as of {at} UTC" if at else "not begun"
    return (
        '<div style="opacity:0.7;font-size:smaller">'
        f"run <code>{_text(run.run_id)}</code>, {_text(as_of)}</div>"
    )
