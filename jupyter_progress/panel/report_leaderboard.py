"""A search's best candidates as static HTML: a list, for cleaners of HTML tear tables apart."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..core.candidates import CandidateRow

SHOWN = 10
FOLDS_SHOWN = 20
LONGEST_PARAMS = 300


def leaderboard_html(rows: Sequence[CandidateRow]) -> str:
    """The best candidates with their folds' scores; empty where there are none."""
    if not rows:
        return ""
    ranked = [row for row in rows[:SHOWN] if row.rank is not None]
    others = [row for row in rows[:SHOWN] if row.rank is None]
    told = f"<ol>{''.join(_row(row) for row in ranked)}</ol>" if ranked else ""
    told += f"<ul>{''.join(_row(row) for row in others)}</ul>" if others else ""
    of = f"the best {SHOWN} of {len(rows):,} candidates" if len(rows) > SHOWN else "candidates"
    return f"<div>{of[0].upper()}{of[1:]}:</div>{told}"


def _row(row: CandidateRow) -> str:
    params = ", ".join(f"{name}={value}" for name, value in row.params.items()) or "as they are"
    if len(params) > LONGEST_PARAMS:
        params = f"{params[:LONGEST_PARAMS]}…"
    mean = row.status if row.mean is None else f"{row.mean:.4f}"
    if row.mean is not None and row.std is not None:
        mean += f" ± {row.std:.4f}"
    folds = " ".join("–" if score is None else f"{score:.4f}" for score in row.scores[:FOLDS_SHOWN])
    if len(row.scores) > FOLDS_SHOWN:
        folds += f" and {len(row.scores) - FOLDS_SHOWN:,} more"
    scored = f'<span style="opacity:0.7"> · folds {escape(folds)}</span>' if folds else ""
    best = " · best" if row.best else ""
    return f"<li><strong>{escape(mean)}{best}</strong> · {escape(params)}{scored}</li>"
