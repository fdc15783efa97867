"""Bagging: what its members say of the held-out rows, added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import as_array
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
    )


def _compute_oob(ensemble: Any, X: Any, y: np.ndarray) -> None:
    rows = as_array(X, None)
    targets = np.searchsorted(ensemble.classes_, y) if hasattr(ensemble, "classes_") else y
    ensemble._set_oob_score(rows, targets)


class BaggingVotes:
    """A bagging ensemble's mean prediction over the members so far."""

    def __init__(self, ensemble: Any, watch: Watch) -> None:
        self._ensemble = ensemble
        self._watch = watch
        self._rows = as_array(watch.X, None)
        self._sum: np.ndarray | None = None

    def add(self, first: int) -> None:
        """Ask the members from this one on, and score."""
        members = self._ensemble.estimators_[first:]
        columns = self._ensemble.estimators_features_[first:]
        for member, chosen in zip(members, columns, strict=True):
            said = self._ask(member, self._rows[:, chosen])
            self._sum = said if self._sum is None else self._sum + said
        if self._sum is None:
            return
        if self._watch.is_classifier:
            self._watch.score_classes(
                self._ensemble.classes_, np.argmax(self._sum, axis=1), self._mean
            )
        else:
            self._watch.score_numbers(self._mean())

    def _ask(self, member: Any, rows: np.ndarray) -> np.ndarray:
        if not self._watch.is_classifier:
            return np.asarray(member.predict(rows), dtype=float)
        classes = len(self._ensemble.classes_)
        said = np.zeros((rows.shape[0], classes))
        if hasattr(member, "predict_proba"):
            # A member may have been given rows of some classes only.
            said[:, np.asarray(member.classes_, dtype=int)] = member.predict_proba(rows)
        else:
            said[np.arange(rows.shape[0]), np.asarray(member.predict(rows), dtype=int)] = 1.0
        return said

    def _mean(self) -> np.ndarray:
        return self._sum / len(self._ensemble.estimators_)
