"""How many folds a search is going to fit: by halving, before all of its rounds have begun."""

from __future__ import annotations

from math import ceil, floor, log
from typing import Any


def planned_folds(search: Any, candidates: int, folds: int) -> int:
    """Folds in all, as far as that is known when the first round begins.

    Parameters
    ----------
    candidates
        Of the first round.
    folds
        Of each candidate.
    """
    sizes = _rounds(search, candidates) if hasattr(search, "factor") else [candidates]
    return sum(sizes) * folds


def _rounds(search: Any, candidates: int) -> list[int]:
    """Candidates of each round, as ``BaseSuccessiveHalving._run_search`` works them out."""
    try:
        factor, least, most = search.factor, search.min_resources_, search.max_resources_
        needed = 1 + floor(log(candidates, factor))
        possible = 1 + floor(log(most // least, factor))
        rounds = needed if search.aggressive_elimination else min(possible, needed)
    except (AttributeError, ArithmeticError, ValueError, TypeError):
        return [candidates]  # another version counts otherwise: the number grows with the rounds
    sizes = [candidates]
    while len(sizes) < rounds:
        sizes.append(ceil(sizes[-1] / factor))
    return sizes


def close_rounds(search: Any, left: int) -> None:
    """Give a search by halving that was ended early what it has at the end of its rounds."""
    if not hasattr(search, "n_resources_"):
        return
    rounds = len(search.n_resources_)
    for name, value in (
        ("n_remaining_candidates_", left),
        ("n_required_iterations_", rounds),
        ("n_possible_iterations_", rounds),
        ("n_iterations_", rounds),
    ):
        if not hasattr(search, name):
            setattr(search, name, value)
