"""A search's best candidates as static HTML."""

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
    names = ("rank", "parameters", "mean ± spread", "folds")
    head = "".join(f"<td><strong>{word}</strong></td>" for word in names)
    body = "".join(_row(row) for row in rows[:SHOWN])
    of = f"the best {SHOWN} of {len(rows):,} candidates" if len(rows) > SHOWN else ""
    caption = f'<div><span style="font-size:smaller">{of}</span></div>' if of else ""
    return f"<table><tr>{head}</tr>{body}</table>{caption}"


def _row(row: CandidateRow) -> str:
    params = ", ".join(f"{name}={value}" for name, value in row.params.items()) or "as they are"
    if len(params) > LONGEST_PARAMS:
        params = f"{params[:LONGEST_PARAMS]}…"
    mean = "–" if row.mean is None else f"{row.mean:.4f}"
    if row.mean is not None and row.std is not None:
        mean += f" ± {row.std:.4f}"
    folds = " ".join("–" if score is None else f"{score:.4f}" for score in row.scores[:FOLDS_SHOWN])
    if len(row.scores) > FOLDS_SHOWN:
        folds += f" and {len(row.scores) - FOLDS_SHOWN:,} more"
    rank = row.status if row.rank is None else f"{row.rank}{' best' if row.best else ''}"
    cells = (rank, params, mean, folds)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
