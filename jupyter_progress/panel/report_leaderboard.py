"""A search's best candidates as static HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..core.candidates import CandidateRow

SHOWN = 10


def leaderboard_html(rows: Sequence[CandidateRow]) -> str:
    """The best candidates with their folds' scores; empty where there are none."""
    if not rows:
        return ""
    head = "".join(f"<th>{word}</th>" for word in ("rank", "parameters", "mean ± spread", "folds"))
    body = "".join(_row(row) for row in rows[:SHOWN])
    of = f"the best {SHOWN} of {len(rows):,} candidates" if len(rows) > SHOWN else ""
    caption = f"<div><small>{of}</small></div>" if of else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{caption}"


def _row(row: CandidateRow) -> str:
    params = ", ".join(f"{name}={value}" for name, value in row.params.items()) or "as they are"
    mean = "–" if row.mean is None else f"{row.mean:.4f}"
    if row.mean is not None and row.std is not None:
        mean += f" ± {row.std:.4f}"
    folds = " ".join("–" if score is None else f"{score:.4f}" for score in row.scores)
    rank = row.status if row.rank is None else f"{row.rank}{' best' if row.best else ''}"
    cells = (rank, params, mean, folds)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
