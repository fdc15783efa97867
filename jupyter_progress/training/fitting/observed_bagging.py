"""Bagging, observed: its members are seen as they are made, one after another."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from .bagging_votes import BaggingVotes, asks_all_columns
from .growing import workers_of
from .members_made import listening
from .observing import Unstoppable, observe, observe_plainly
from .watch import Fitted, Watch


def shows_members(ensemble: Any) -> bool:
    """Whether a bagging ensemble makes its members in this process, one after another."""
    return workers_of(ensemble) == 1


def observe_bagging(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit a bagging ensemble in one call, observed where its members are made in this process."""
    if not shows_members(estimator):
        return observe_plainly(estimator, X, y, watch)
    members = Members(estimator, watch)
    with listening(estimator, members.made):
        return observe(estimator, X, y, watch, members)


class Members(Unstoppable):
    """The members of a bagging ensemble, made and fitted one after another.

    Those in the making cannot be told from whole ones, so there is nothing that could be kept.
    """

    def __init__(self, ensemble: Any, watch: Watch) -> None:
        self._ensemble = ensemble
        self._watch = watch
        self._votes: BaggingVotes | None = None
        self._asked = 0
        self._seen: Any = None
        # With columns of their own, members are not to be asked before the fit tells which.
        self._has_all_columns = asks_all_columns(ensemble)
        #: As the fit makes them.
        self.made: list[Any] = []
        self.total = int(ensemble.n_estimators)

    def count(self, *, is_over: bool) -> int:
        """How many members are fitted."""
        return len(self.made) if is_over else max(0, len(self.made) - 1)

    def score(self, done: int) -> None:
        """Score the first members."""
        if done == len(self._ensemble.__dict__.get("estimators_") or ()):
            self._watch.score_fitted(self._ensemble)
        elif self._has_all_columns:
            self._seen = self._seen or SimpleNamespace(
                classes_=getattr(self._ensemble, "classes_", None)
            )
            self._seen.estimators_ = self.made[:done]
            self._seen.estimators_features_ = [slice(None)] * done
            self._votes = self._votes or BaggingVotes(self._seen, self._watch)
            self._votes.add(self._asked)
            self._asked = done
