"""Gradient boosting by plain ``fit`` with scikit-learn's own ``monitor``: nothing is driven.

The monitor is called after each stage; the margins of the new trees are added to those before.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import as_array
from .looks import Looks
from .watch import Fitted, Watch


def fit_boosting(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit, scoring after stages as the budget allows."""
    monitor = _Monitor(estimator.n_estimators, watch)
    estimator.fit(X, y, monitor=monitor, **watch.fit_params)
    monitor.finish(estimator)
    return Fitted(stopped=monitor.stopped)


class _Monitor:
    """Called by ``fit`` after each stage; a true answer ends the fit."""

    def __init__(self, total: int, watch: Watch) -> None:
        self._total = total
        self._watch = watch
        self._looks = Looks(watch, total)
        self._margins: Margins | None = None
        self._done = 0
        self.stopped = False

    def __call__(self, stage: int, booster: Any, _local: dict[str, Any]) -> bool:
        self._done = stage + 1
        self._watch.asked.check()
        self._looks.offer(self._done, lambda: self._score(booster))
        self.stopped = self._watch.asked.to_stop and self._done < self._total
        return self.stopped

    def finish(self, booster: Any) -> None:
        """Score what the last look has not seen; early stopping may have ended the fit."""
        self._done = int(booster.n_estimators_)
        self._looks.finish(self._done, lambda: self._score(booster))

    def _score(self, booster: Any) -> None:
        self._margins = self._margins or Margins(booster, self._watch)
        self._margins.add_up_to(self._done)


class Margins:
    """A booster's raw predictions of the held-out rows over the stages so far."""

    def __init__(self, booster: Any, watch: Watch) -> None:
        self._booster = booster
        self._watch = watch
        self._rows = as_array(watch.X, np.float32)
        self._raw = np.array(booster._raw_predict_init(self._rows), dtype=float)
        self._stages = 0

    def add_up_to(self, stages: int) -> None:
        """Add the stages that were not seen yet, and score."""
        for trees in self._booster.estimators_[self._stages : stages]:
            for place, tree in enumerate(trees):
                self._raw[:, place] += self._booster.learning_rate * tree.predict(self._rows)
        self._stages = stages
        if not self._watch.is_classifier:
            self._watch.score_numbers(self._raw[:, 0])
            return
        one = self._raw.shape[1] == 1
        places = (self._raw[:, 0] >= 0).astype(int) if one else np.argmax(self._raw, axis=1)
        self._watch.score_classes(self._booster.classes_, places, self._probabilities)

    def _probabilities(self) -> np.ndarray:
        return self._booster._loss.predict_proba(self._raw)
