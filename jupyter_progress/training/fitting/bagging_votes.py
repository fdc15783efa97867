"""What the members of a bagging ensemble say of the held-out rows, added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import as_array
from .watch import Watch


def asks_all_columns(ensemble: Any) -> bool:
    """Whether each member is given all columns, in their order; the number 1 means one of them."""
    share = ensemble.max_features
    return isinstance(share, float) and share == 1.0 and not ensemble.bootstrap_features


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
