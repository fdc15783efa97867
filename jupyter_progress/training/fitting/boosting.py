"""Gradient boosting by plain ``fit`` with scikit-learn's own ``monitor``: nothing is driven.

The monitor is called after each stage; the margins of the new trees are added to those before.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import as_array
from .growth import Growth, go_on, keep, warm
from .looks import Looks
from .watch import Fitted, Watch

GROWTH = Growth(
    members=("estimators_",),
    scores=(("train_score_", 0), ("oob_improvement_", 0), ("oob_scores_", 0)),
)


def goes_on(estimator: Any) -> bool:
    """Whether the fit can be taken up: the losses that early stopping goes by are not kept."""
    return estimator.n_iter_no_change is None and hasattr(type(estimator), "_resize_state")


def fit_boosting(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit, scoring after stages as the budget allows."""
    done = go_on(estimator, GROWTH, watch) if goes_on(estimator) else 0
    monitor = _Monitor(estimator, watch)
    with warm(estimator, done > 0):
        watch.call_fit(estimator, X, y, monitor=monitor, **watch.fit_params)
    monitor.finish(estimator)
    if monitor.stopped:
        monitor.keep(monitor.done, is_last=True)
    return Fitted(stopped=monitor.stopped)


class _Monitor:
    """Called by ``fit`` after each stage; a true answer ends the fit."""

    def __init__(self, booster: Any, watch: Watch) -> None:
        self._booster = booster
        self._total = booster.n_estimators
        self._watch = watch
        self._looks = Looks(watch, self._total, self.keep)
        self._margins: Margins | None = None
        self.done = 0
        self.stopped = False

    def keep(self, done: int, *, is_last: bool = False) -> float:
        """Keep a checkpoint, where one can be gone on from."""
        if not goes_on(self._booster):
            return 0.0
        return keep(self._booster, GROWTH, self._watch, done, is_last=is_last)

    def __call__(self, stage: int, booster: Any, _local: dict[str, Any]) -> bool:
        self.done = stage + 1
        self._watch.asked.check()
        self._looks.offer(self.done, lambda: self._score(booster))
        self.stopped = self._watch.asked.to_stop and self.done < self._total
        return self.stopped

    def finish(self, booster: Any) -> None:
        """Score what the last look has not seen; early stopping may have ended the fit."""
        self.done = int(booster.n_estimators_)
        self._looks.finish(self.done, lambda: self._score(booster))

    def _score(self, booster: Any) -> None:
        self._margins = self._margins or Margins(booster, self._watch)
        self._margins.add_up_to(self.done)


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
