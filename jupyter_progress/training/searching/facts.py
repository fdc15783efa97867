"""What is told of a search: its facts in the shape of events and reports, of JSON types alone."""

from __future__ import annotations

import math
from typing import Any

from ...core.names import shorten
from ...core.times import to_iso
from .board import Board, Candidate

_TEXT_LIMIT = 200
_RUNNING_SHOWN = 64  # folds at the same time; more fit on no machine, and on no screen


def fold_fact(board: Board, candidate: Candidate, fold: int) -> dict[str, Any]:
    """What ``fold_completed`` tells."""
    result = candidate.results[fold]
    fact = {
        "candidate": candidate.number,
        "fold": fold,
        "score": finite(board.score_of(result)),
        "fit_s": finite(result.get("fit_time")),
        "folds": candidate.folds,
        "params": shown_params(candidate.params),
        **place_of(candidate),
    }
    error = result.get("fit_error")
    if error:
        fact["error"] = shorten(str(error).strip().splitlines()[-1], _TEXT_LIMIT)
    return fact


def candidate_fact(
    board: Board, candidate: Candidate, *, is_best: bool, is_skipped: bool, scorer: str
) -> dict[str, Any]:
    """What ``candidate_completed`` tells."""
    mean, std = board.mean_of(candidate)
    return {
        "candidate": candidate.number,
        "params": shown_params(candidate.params),
        "scores": [finite(score) for score in board.scores_of(candidate)],
        "mean": finite(mean),
        "std": finite(std),
        "best": is_best,
        "skipped": is_skipped,
        "scorer": scorer,
        **place_of(candidate),
    }


def place_of(candidate: Candidate) -> dict[str, Any]:
    """The candidate's round and its resources, where its search goes by halving."""
    if candidate.resources is None:
        return {}
    return {"round": candidate.round, "resources": candidate.resources}


def running_folds(board: Board) -> list[dict[str, Any]]:
    """The folds under way: ``{candidate, fold, since, params}``."""
    found = []
    for (number, fold), since in sorted(board.running.items())[:_RUNNING_SHOWN]:
        params = board.candidates[number].params
        place = {"candidate": number, "fold": fold, "since": to_iso(since)}
        found.append({**place, "params": shown_params(params)})
    return found


def shown_params(params: Any) -> dict[str, Any]:
    """Parameters as JSON has them; what it has not, in words."""
    return {str(name): shown_value(value) for name, value in dict(params).items()}


def shown_value(value: Any) -> Any:
    """A parameter's value of JSON types."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if value is None or isinstance(value, bool | str):
        return shorten(value, _TEXT_LIMIT) if isinstance(value, str) else value
    if isinstance(value, int) and abs(value) < 1 << 53:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, list | tuple) and len(value) <= 20:
        return [shown_value(inner) for inner in value]
    return shorten(" ".join(repr(value).split()), _TEXT_LIMIT)


def finite(value: Any) -> float | None:
    """A number that JSON can hold, or None."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
