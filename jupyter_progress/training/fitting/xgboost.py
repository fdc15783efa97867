"""XGBoost by plain ``fit`` with a callback of its own kind: nothing is driven.

A booster remembers what it has predicted for a matrix and adds the trees that are new, so a look
costs no more than those; of the boosters that change earlier trees (DART) it asks all again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .plain import fit_plainly
from .rounds import Rounds
from .watch import Fitted, Watch


def fit_xgboost(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit, scoring after rounds as the budget allows."""
    if not hasattr(estimator, "callbacks"):
        return fit_plainly(estimator, X, y, watch)  # before 1.6, callbacks were given to fit
    held_out = HeldOut(estimator, y, watch)
    rounds = Rounds(watch, lambda booster, _done: held_out.score(booster))
    earlier = estimator.callbacks
    estimator.callbacks = [*(earlier or ()), _callback(rounds, int(_total_of(estimator)))]
    try:
        watch.call_fit(estimator, X, y, **watch.fit_params)
    finally:
        estimator.callbacks = earlier
    rounds.finish()
    if rounds.stopped:
        # What was kept is what a plain fit of so many rounds gives; its parameter says so.
        estimator.set_params(n_estimators=rounds.done)
    return Fitted(stopped=rounds.stopped)


def _total_of(estimator: Any) -> int:
    return int(estimator.get_num_boosting_rounds())


def _callback(rounds: Rounds, total: int) -> Any:
    from xgboost.callback import TrainingCallback

    class Listener(TrainingCallback):  # type: ignore[misc]
        """Passes each round on; a true answer ends the fit."""

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            return rounds.hear(model, epoch + 1, total)

    return Listener()


class HeldOut:
    """The held-out rows, as a booster reads them."""

    def __init__(self, estimator: Any, y: np.ndarray, watch: Watch) -> None:
        self._estimator = estimator
        self._watch = watch
        self._classes = np.unique(y) if watch.is_classifier else None
        self._rows: Any = None
        self._rows_version = 0

    def score(self, booster: Any) -> None:
        """Score what the booster predicts now, as the estimator's ``predict`` reads it."""
        if self._rows is None or self._rows_version != self._watch.rows_version:
            self._rows_version = self._watch.rows_version
            self._rows = self._matrix()
        said = np.asarray(booster.predict(self._rows))
        self._watch.score_said(self._classes, said)

    def _matrix(self) -> Any:
        from xgboost import DMatrix

        asked = self._estimator
        return DMatrix(
            self._watch.X,
            missing=asked.missing,
            nthread=asked.n_jobs,
            feature_types=asked.feature_types,
            enable_categorical=asked.enable_categorical,
        )
