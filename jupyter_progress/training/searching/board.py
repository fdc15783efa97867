"""What is known of a search's candidates so far: their folds' scores, and which is the best.

Pure: fed with what the spool says, in any order, once or several times.
"""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Candidate:
    """One set of parameters, evaluated in one round.

    Parameters
    ----------
    number
        Its place in ``cv_results_``.
    round, resources
        Of a search that goes by halving; else 0 and None.
    params
        As the search has them.
    folds
        How many it has.
    results
        By fold: what scikit-learn's own function gave.
    given_up
        Folds that were not fitted.
    is_told
        Whether its end was told.
    """

    number: int
    round: int
    params: Any
    folds: int
    resources: int | None = None
    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)
    is_told: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing comes of it any more but what is known."""
        return len(self.results) + len(self.given_up - set(self.results)) >= self.folds

    @property
    def is_complete(self) -> bool:
        """Whether every fold has a result."""
        return len(self.results) >= self.folds


class Board:
    """All candidates of one search so far.

    Parameters
    ----------
    metric
        Which score counts, where a fold has several; None for the only one, or the first.
    """

    def __init__(self, metric: str | None) -> None:
        self.metric = metric
        self.candidates: dict[int, Candidate] = {}
        self.best: Candidate | None = None
        self.best_mean = math.nan
        self.running: dict[tuple[int, int], float] = {}

    def begin(self, candidate: Candidate) -> None:
        """Take a candidate in whose folds are about to be fitted."""
        self.candidates[candidate.number] = candidate

    @property
    def folds_done(self) -> int:
        """Folds that are fitted, or of a candidate that is over; what a stop left out is not."""
        return sum(c.folds if c.is_told else len(c.results) for c in self.candidates.values())

    def score_of(self, result: dict[str, Any]) -> float:
        """The score of a fold that counts; NaN where it failed."""
        score = result.get("test_scores")
        if isinstance(score, dict):
            named = self.metric if self.metric in score else next(iter(score), None)
            score = score.get(named)
        return float(score) if isinstance(score, numbers.Real) else math.nan

    def scores_of(self, candidate: Candidate) -> list[float]:
        """Its folds' scores in order; NaN for what is not there."""
        missing = {"test_scores": math.nan}
        return [
            self.score_of(candidate.results.get(fold, missing)) for fold in range(candidate.folds)
        ]

    def mean_of(self, candidate: Candidate) -> tuple[float, float]:
        """Mean and spread, as ``cv_results_`` has them; NaN unless every fold has a score."""
        scores = np.array(self.scores_of(candidate))
        if not np.isfinite(scores).all():
            return math.nan, math.nan
        return float(np.mean(scores)), float(np.std(scores))

    def judge(self, candidate: Candidate) -> bool:
        """Whether a candidate that is complete now is the best so far."""
        mean, _spread = self.mean_of(candidate)
        if not candidate.is_complete or math.isnan(mean):
            return False
        best = self.best
        if best is not None and best is not candidate:
            # Of two alike scikit-learn takes the first; by halving, whoever came furthest.
            mine = (candidate.round, mean, -candidate.number)
            if mine < (best.round, self.best_mean, -best.number):
                return False
        self.best, self.best_mean = candidate, mean
        return True
