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
    return sum(size for size, _ in planned_rounds(search, candidates)) * folds


def planned_rounds(search: Any, candidates: int) -> list[tuple[int, int | None]]:
    """Each round's candidates, and its resources where it goes by halving."""
    if not hasattr(search, "factor"):
        return [(candidates, None)]
    sizes = _rounds(search, candidates)
    least, most = getattr(search, "min_resources_", None), getattr(search, "max_resources_", None)
    if not isinstance(least, int) or not isinstance(most, int):
        return [(size, None) for size in sizes]
    # With what is left for the first rounds, where candidates are eliminated for lack of resources.
    late = max(0, len(sizes) - (1 + floor(log(most // least, search.factor))))
    powers = [max(0, at - late) for at in range(len(sizes))]
    return [
        (size, min(int(search.factor**power * least), most))
        for size, power in zip(sizes, powers, strict=True)
    ]


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
