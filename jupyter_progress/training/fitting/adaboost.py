"""AdaBoost, observed: ``fit`` appends one member a round; their votes are added up.

SAMME for classifiers (Zhu et al., Multi-class AdaBoost, 2009), the weighted median for regressors
(Drucker, Improving Regressors using Boosting Techniques, 1997), as scikit-learn predicts by them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .observing import observe
from .watch import Fitted, Watch


def fit_adaboost(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit in one call, observed."""
    return observe(estimator, X, y, watch, Rounds(estimator, watch))


class Rounds:
    """The rounds of a booster."""

    def __init__(self, booster: Any, watch: Watch) -> None:
        self._booster = booster
        self._watch = watch
        # What an earlier fit has left there is not this fit's.
        self._earlier = getattr(booster, "estimators_", None)
        self._votes: ClassVotes | MedianVotes | None = None
        #: ``n_estimators``; a perfect or a hopeless member ends the fit before.
        self.total = int(booster.n_estimators)

    def count(self, *, is_over: bool) -> int:
        """How many members are fitted and weighted."""
        members = getattr(self._booster, "estimators_", None)
        if members is None or members is self._earlier:
            return 0
        return len(members) if is_over else max(0, len(members) - 1)

    def score(self, done: int) -> None:
        """Score the first members."""
        if self._votes is None:
            kind = ClassVotes if self._watch.is_classifier else MedianVotes
            self._votes = kind(self._booster, self._watch)
        self._votes.add_up_to(done)

    def complete(self) -> None:
        """Leave what a plain fit of so many members gives; its parameter says so."""
        booster = self._booster
        done = self.count(is_over=False)
        booster.estimators_ = booster.estimators_[:done]
        booster.estimator_weights_ = booster.estimator_weights_[:done]
        booster.estimator_errors_ = booster.estimator_errors_[:done]
        booster.set_params(n_estimators=done)


class ClassVotes:
    """A classifier's weighted votes for the held-out rows over the members so far."""

    def __init__(self, booster: Any, watch: Watch) -> None:
        self._booster = booster
        self._watch = watch
        self._classes = booster.classes_
        self._sum = np.zeros((len(watch.y), len(self._classes)))
        self._weight = 0.0
        self._members = 0

    def add_up_to(self, members: int) -> None:
        """Ask the members that were not asked yet, and score."""
        booster = self._booster
        against = -1.0 / max(1, len(self._classes) - 1)
        for place in range(self._members, members):
            weight = booster.estimator_weights_[place]
            said = booster.estimators_[place].predict(self._watch.X)
            self._sum += np.where(said[:, None] == self._classes, weight, against * weight)
            self._weight += weight
        self._members = members
        places = np.argmax(self._sum, axis=1)
        self._watch.score_classes(self._classes, places, self._probabilities)

    def _probabilities(self) -> np.ndarray:
        decision = self._sum / (self._weight or 1.0)
        if len(self._classes) == 2:
            decision = decision[:, 1] - decision[:, 0]
        return np.asarray(self._booster._compute_proba_from_decision(decision, len(self._classes)))


class MedianVotes:
    """A regressor's weighted median for the held-out rows over the members so far."""

    def __init__(self, booster: Any, watch: Watch) -> None:
        self._booster = booster
        self._watch = watch
        self._said: list[np.ndarray] = []

    def add_up_to(self, members: int) -> None:
        """Ask the members that were not asked yet, and score."""
        for member in self._booster.estimators_[len(self._said) : members]:
            self._said.append(np.asarray(member.predict(self._watch.X)))
        said = np.array(self._said).T
        order = np.argsort(said, axis=1)
        weights = np.cumsum(self._booster.estimator_weights_[order], axis=1)
        middle = (weights >= 0.5 * weights[:, -1:]).argmax(axis=1)
        rows = np.arange(len(said))
        self._watch.score_numbers(said[rows, order[rows, middle]])
