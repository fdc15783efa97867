"""Bagging, grown in increments; trees by threads, which are observed where they take long."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import as_array
from .bagging_in_threads import ObservedPortions, in_threads, shows_whole_members
from .bagging_votes import BaggingVotes
from .growing import grow
from .growth import Growth, go_on
from .watch import Fitted, Watch

GROWTH = Growth(members=("estimators_", "estimators_features_", "_seeds"))


def fit_bagging(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Grow a bagging ensemble."""
    done = go_on(estimator, GROWTH, watch)
    seeds: list[np.ndarray] = [estimator._seeds] if done else []

    def keep_seeds(ensemble: Any) -> None:
        # Each call leaves the seeds of its own members only; the drawn rows need all of them.
        seeds.append(ensemble._seeds)
        ensemble._seeds = np.concatenate(seeds)
        seeds[:] = [ensemble._seeds]

    rest = None
    if shows_whole_members(estimator, watch):
        rest = ObservedPortions(X, y, watch, GROWTH, keep_seeds)
    with in_threads(estimator):
        return grow(
            estimator,
            X,
            y,
            watch,
            votes=BaggingVotes,
            growth=GROWTH,
            done=done,
            deferred_oob=_compute_oob,
            after_increment=keep_seeds,
            rest=rest,
        )


def _compute_oob(ensemble: Any, X: Any, y: np.ndarray) -> None:
    rows = as_array(X, None)
    targets = np.searchsorted(ensemble.classes_, y) if hasattr(ensemble, "classes_") else y
    ensemble._set_oob_score(rows, targets)
