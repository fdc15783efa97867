"""A search in a terminal: how far it is and what runs now, and its leaderboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..core.candidates import CandidateRow
from ..core.figures import name_within
from ..core.state import RunState

SHOWN = 10
_RUNNING_SHOWN = 4


def draw_search(run: RunState) -> list[RenderableType]:
    """The best candidate so far and the folds under way; nothing for a run that is no search."""
    search = run.search
    if search is None:
        return []
    words = f" {search.completed:,} candidate{'s' if search.completed != 1 else ''} done"
    if search.skipped:
        words += f", {search.skipped:,} skipped"
    line = Text(words, style="dim", no_wrap=True, overflow="ellipsis")
    if search.best is not None and search.best.mean is not None:
        line.append(f" · best {name_within(search.scorer or 'score')} ")
        line.append(f"{search.best.mean:.4f}", style="bold")
        line.append(f" with {param_words(search.best.params)}")
    return [line, *(_running(fold) for fold in run.running[:_RUNNING_SHOWN])]


def _running(fold: dict[str, Any]) -> Text:
    number, place = fold.get("candidate"), fold.get("fold")
    place = place + 1 if isinstance(place, int) else place
    words = f" ▸ candidate {number}, fold {place}: {param_words(fold.get('params') or {})}"
    return Text(words, style="cyan", no_wrap=True, overflow="ellipsis")


def draw_leaderboard(rows: Sequence[CandidateRow]) -> RenderableType:
    """The best candidates, each with its folds' scores."""
    table = Table(box=None, pad_edge=True, padding=(0, 1), header_style="dim")
    for name, how in (("#", "right"), ("mean ± spread", "right"), ("folds", "left")):
        table.add_column(name, justify=how, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("parameters", overflow="fold")
    for row in rows[:SHOWN]:
        mean = "–" if row.mean is None else f"{row.mean:.4f}"
        if row.mean is not None and row.std is not None:
            mean += f" ± {row.std:.4f}"
        folds = " ".join("–" if score is None else f"{score:.4f}" for score in row.scores)
        words = param_words(row.params)
        if row.status not in ("completed", "running"):
            words += f" ({row.status})"
        style = "bold green" if row.best else "cyan" if row.status == "running" else ""
        table.add_row(str(row.candidate), mean, folds, Text(words), style=style)
    if len(rows) > SHOWN:
        table.add_row("", "", "", Text(f"and {len(rows) - SHOWN:,} more", style="dim"))
    return table


def param_words(params: dict[str, Any]) -> str:
    """``C=10, gamma=0.001``"""
    return ", ".join(f"{name}={value}" for name, value in params.items()) or "as they are"
