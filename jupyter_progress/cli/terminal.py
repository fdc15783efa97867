"""A run as a person sees it in a terminal: pure drawing with rich, from a state to lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ..core.activity import headline
from ..core.candidates import CandidateRow
from ..core.durations import duration, estimate
from ..core.ending import status_words
from ..core.figures import metric_words, name_within
from ..core.guessed import percent
from ..core.kinds import has_keeper
from ..core.queueing import waiting_words
from ..core.state import RunState, StageState
from ..core.transitions import has_ended
from ..core.view import View
from .leaderboard import draw_leaderboard, draw_search

COLOURS = {
    "queued": "dim", "running": "cyan", "stopping": "yellow", "completed": "green",
    "failed": "red", "cancelled": "yellow", "interrupted": "yellow",
    "green": "green", "yellow": "yellow", "red": "red",
    "info": "dim", "success": "green", "warning": "yellow", "error": "red",
}  # fmt: skip
MARKS = {"pending": "·", "running": "▸", "completed": "✓", "failed": "✗", "skipped": "–"}
SPARKS = "▁▂▃▄▅▆▇█"
FEED_LINES = 5
LEVEL_MARKS = {"info": "·", "success": "✓", "warning": "!", "error": "✗"}


def draw_run(
    view: View,
    run_id: str,
    scores: list[float],
    connection: str,
    board: Sequence[CandidateRow] = (),
) -> RenderableType:
    """Draw all that a terminal shows of a run.

    Parameters
    ----------
    view
        What is known.
    scores
        The live scores so far, for the sparkline.
    connection
        How the view is fed: ``live``, ``polling``, ``local`` or ``offline``.
    board
        A search's candidates, best first.
    """
    run = view.runs.get(run_id)
    if run is None:
        return Text("waiting for the run …", style="dim")
    lines: list[RenderableType] = [_header(run, connection)]
    waiting = waiting_words_in(view, run)
    if waiting:
        lines.append(Text(f" {waiting}", style="yellow"))
    if run.stalled is not None and run.stalled.output:
        lines.append(Text(run.stalled.output, style="dim"))
    lines += [_bar(run), _stages(run)]
    lines += [line for line in (_live(run, scores), _outcome(run)) if line is not None]
    lines += draw_search(run)
    if board:
        lines.append(draw_leaderboard(board))
    health = _health(view.health)
    if health is not None:
        lines.append(health)
    lines.append(_feed(view, run_id))
    return Group(*lines)


def _header(run: RunState, connection: str) -> Text:
    header = Text(run.name, style="bold", no_wrap=True, overflow="ellipsis")
    header.append(f"  {status_words(run)}", style=COLOURS.get(run.status, ""))
    header.append(f"  {connection}", style="dim" if connection in ("live", "local") else "yellow")
    return header


def waiting_words_in(view: View, run: RunState) -> str:
    """What a queued run waits for; empty where the view follows this run alone and cannot know."""
    if has_keeper(run.kind) and not view.knows_queue:
        return ""
    at_once = None if view.server is None else view.server.max_concurrent_runs
    return waiting_words(run, view.runs.values(), at_once)


def draw_error(run: RunState) -> RenderableType | None:
    """Why a run failed: the error, the part of the traceback that is the user's, what to do."""
    if not run.error:
        return None
    told = f"\n{run.error['type']}: {run.error['message']}"
    lines = [Text(told, style="red")]
    if run.error.get("traceback"):
        lines.append(Text(run.error["traceback"]))
    if run.error.get("output"):
        lines += [Text("the last that it printed:", style="dim"), Text(run.error["output"])]
    if run.error.get("hint"):
        lines.append(Text(run.error["hint"]))
    return Group(*lines)


def _bar(run: RunState) -> Table:
    grid = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=100.0, completed=run.progress, width=40)
    grid.add_row(bar, percent(run, 1).rjust(7), Text(time_words(run), style="dim"))
    return grid


def time_words(run: RunState) -> str:
    """Elapsed time and time left, the second marked as the estimate that it is."""
    elapsed = f"{duration(run.elapsed_time)} elapsed" if run.elapsed_time is not None else ""
    if has_ended(run.status):
        return elapsed
    if isinstance(limit_s := run.spec.get("time_limit"), int | float):
        elapsed += f" (time limit {duration(limit_s)})"
    if run.estimated_remaining is None:
        left = "time left not known yet" if run.status == "running" else ""
    else:
        left = f"{estimate(run.estimated_remaining)} left"
    return " · ".join(words for words in (elapsed, left) if words)


def _stages(run: RunState) -> Table:
    grid = Table.grid(padding=(0, 2))
    for stage in run.stages:
        grid.add_row(*_stage_cells(run, stage))
    return grid


def _stage_cells(run: RunState, stage: StageState) -> tuple[Text, Text, Text, Text]:
    colour = {"completed": "green", "running": "cyan", "failed": "red"}.get(stage.status, "dim")
    took = duration(stage.elapsed_s) if stage.elapsed_s is not None else ""
    if stage.status == "pending" and stage.estimated_s is not None:
        took = estimate(stage.estimated_s)
    about = " · ".join(_shown(stage.metrics))
    if stage.status == "running" and run.step is not None:
        about = f"step {run.step:,}" + (f" of {run.total_steps:,}" if run.total_steps else "")
    return (
        Text(f" {MARKS.get(stage.status, '·')}", style=colour),
        Text(stage.title, style="" if stage.status != "pending" else "dim"),
        Text(took, style="dim", justify="right"),
        Text(about, style="dim", overflow="ellipsis", no_wrap=True),
    )


def _shown(metrics: dict[str, Any]) -> list[str]:
    plain = [
        (name, value) for name, value in metrics.items() if isinstance(value, int | float | str)
    ]
    return [metric_words(name, value) for name, value in plain[:4]]


def _live(run: RunState, scores: list[float]) -> Text | None:
    line = Text(no_wrap=True, overflow="ellipsis")
    if run.live_score is not None and run.live_score.value is not None:
        line.append(f" Live {name_within(run.live_score.name)} ", style="dim")
        line.append(f"{run.live_score.value:.4f} ", style="bold")
        line.append(f"{sparkline(scores)} ", style="cyan")
        line.append(f"{run.predictions_processed:,} predictions", style="dim")
    if run.throughput:
        line.append(f" · {run.throughput:,.0f} rows/s", style="dim")
    return line if line.plain else None


def _outcome(run: RunState) -> Text | None:
    words = headline(run.result or {})
    # A line of its own begins as the panel's does.
    return Text(f" {words[0].upper()}{words[1:]}", style="bold green") if words else None


def sparkline(values: list[float], width: int = 24) -> str:
    """All values so far as a row of small bars, each the mean of its share."""
    if not values:
        return ""
    count = min(width, len(values))
    edges = [index * len(values) // count for index in range(count + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    low, high = min(means), max(means)
    span = (high - low) or 1.0
    return "".join(SPARKS[round((mean - low) / span * (len(SPARKS) - 1))] for mean in means)


def _health(health: dict[str, Any] | None) -> Text | None:
    if not health or not health.get("status"):
        return None
    line = Text(" health ", style="dim")
    line.append(str(health["status"]), style=COLOURS.get(str(health["status"]), ""))
    for name in ("cpu", "memory", "disk"):
        percent = (health.get(name) or {}).get("percent")
        if percent is not None:
            line.append(f"  {name} {percent:.0f} %", style="dim")
    for reason in health.get("reasons") or []:
        line.append(f"  {reason}", style="yellow")
    return line


def _feed(view: View, run_id: str) -> Group:
    lines = []
    # The stage list above says already which stages are done.
    newest = [
        item
        for item in view.activity
        if item.run_id in (None, run_id) and item.kind != "stage_completed"
    ][:FEED_LINES]
    for item in reversed(newest):
        clock = f"{datetime.fromisoformat(item.time).astimezone():%H:%M:%S}"
        line = Text(f" {clock} {LEVEL_MARKS.get(item.level, '·')} ", style="dim")
        line.append(item.text, style=COLOURS.get(item.level, ""))
        line.no_wrap, line.overflow = True, "ellipsis"
        lines.append(line)
    return Group(*lines)
