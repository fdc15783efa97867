"""A run as a person sees it in a terminal: pure drawing with rich, from a state to lines."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ..core.activity import headline, seconds
from ..core.state import RunState, StageState
from ..core.transitions import has_ended
from ..core.view import View

COLOURS = {
    "queued": "dim", "running": "cyan", "stopping": "yellow", "completed": "green",
    "failed": "red", "cancelled": "yellow", "interrupted": "yellow",
    "green": "green", "yellow": "yellow", "red": "red",
    "info": "dim", "success": "green", "warning": "yellow", "error": "red",
}  # fmt: skip
MARKS = {"pending": "·", "running": "▸", "completed": "✓", "failed": "✗", "skipped": "–"}
SPARKS = "▁▂▃▄▅▆▇█"
LEVEL_MARKS = {"info": "·", "success": "✓", "warning": "!", "error": "✗"}


def draw_run(view: View, run_id: str, scores: list[float], connection: str) -> RenderableType:
    """Draw all that a terminal shows of a run.

    Parameters
    ----------
    view
        What is known.
    scores
        The live scores so far, for the sparkline.
    connection
        How the view is fed: ``live``, ``polling``, ``local`` or ``offline``.
    """
    run = view.runs.get(run_id)
    if run is None:
        return Text("waiting for the run …", style="dim")
    lines: list[RenderableType] = [_header(run, connection), _bar(run), _stages(run)]
    lines.append(_live(run, scores))
    health = _health(view.health)
    if health is not None:
        lines.append(health)
    lines.append(_feed(view, run_id))
    return Group(*lines)


def _header(run: RunState, connection: str) -> Text:
    header = Text(run.name, style="bold", no_wrap=True, overflow="ellipsis")
    header.append(f"  {run.status}", style=COLOURS.get(run.status, ""))
    header.append(f"  {connection}", style="dim" if connection in ("live", "local") else "yellow")
    return header


def _bar(run: RunState) -> Table:
    grid = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=100.0, completed=run.progress, width=40)
    grid.add_row(bar, f"{run.progress:5.1f} %", Text(time_words(run), style="dim"))
    return grid


def time_words(run: RunState) -> str:
    """Elapsed time and time left, the second marked as the estimate that it is."""
    elapsed = f"{seconds(run.elapsed_time)} elapsed" if run.elapsed_time is not None else ""
    if has_ended(run.status):
        return elapsed
    if run.estimated_remaining is None:
        left = "time left not known yet" if run.status == "running" else ""
    else:
        left = f"about {seconds(run.estimated_remaining)} left"
    return " · ".join(words for words in (elapsed, left) if words)


def _stages(run: RunState) -> Table:
    grid = Table.grid(padding=(0, 2))
    for stage in run.stages:
        grid.add_row(*_stage_cells(run, stage))
    return grid


def _stage_cells(run: RunState, stage: StageState) -> tuple[Text, Text, Text, Text]:
    colour = {"completed": "green", "running": "cyan", "failed": "red"}.get(stage.status, "dim")
    took = seconds(stage.elapsed_s) if stage.elapsed_s is not None else ""
    if stage.status == "pending" and stage.estimated_s is not None:
        took = f"~{seconds(stage.estimated_s)}"
    about = ", ".join(f"{name} {_figure(value)}" for name, value in _shown(stage.metrics))
    if stage.status == "running" and run.step is not None:
        about = f"step {run.step:,}" + (f" of {run.total_steps:,}" if run.total_steps else "")
    return (
        Text(f" {MARKS.get(stage.status, '·')}", style=colour),
        Text(stage.title, style="" if stage.status != "pending" else "dim"),
        Text(took, style="dim", justify="right"),
        Text(about, style="dim", overflow="ellipsis", no_wrap=True),
    )


def _shown(metrics: dict[str, Any]) -> list[tuple[str, Any]]:
    plain = [(n, v) for n, v in metrics.items() if isinstance(v, int | float | str)]
    return plain[:4]


def _figure(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _live(run: RunState, scores: list[float]) -> Text:
    line = Text()
    if run.live_score is not None and run.live_score.value is not None:
        line.append(f" live {run.live_score.name} ", style="dim")
        line.append(f"{run.live_score.value:.4f} ", style="bold")
        line.append(f"{sparkline(scores)} ", style="cyan")
        line.append(f"{run.predictions_processed:,} predictions", style="dim")
    if run.throughput:
        line.append(f" · {run.throughput:,.0f} rows/s", style="dim")
    if run.result:
        line.append(f"  {headline(run.result)}", style="bold green")
    return line


def sparkline(values: list[float], width: int = 24) -> str:
    """The newest values as a row of small bars, between their least and their greatest."""
    newest = values[-width:]
    if not newest:
        return ""
    low, high = min(newest), max(newest)
    span = (high - low) or 1.0
    return "".join(SPARKS[round((value - low) / span * (len(SPARKS) - 1))] for value in newest)


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
    newest = [item for item in view.activity if item.run_id in (None, run_id)][:4]
    for item in reversed(newest):
        clock = item.time[11:19]
        line = Text(f" {clock} {LEVEL_MARKS.get(item.level, '·')} ", style="dim")
        line.append(item.text, style=COLOURS.get(item.level, ""))
        line.no_wrap, line.overflow = True, "ellipsis"
        lines.append(line)
    return Group(*lines)
