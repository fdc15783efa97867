"""LightGBM by plain ``fit`` with a callback of its own kind: nothing is driven.

The margins of the new trees are added to those before, where a booster leaves earlier trees alone
and it is known what it makes of margins; else a look asks all trees again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .rounds import Rounds
from .watch import Fitted, Watch

_LAST = 1_000  # after the callbacks of whoever made the estimator
# Of the parameters that an estimator takes beside its own, by all their names: those that change
# what is made of margins, how rows are asked, or earlier trees.
_MAKE_OTHERWISE = {
    "boosting", "boost", "objective_type", "app", "application", "loss", "sigmoid", "reg_sqrt",
    "pred_early_stop", "predict_raw_score", "raw_score", "is_predict_raw_score", "predict_rawscore",
    "start_iteration_predict", "num_iteration_predict",
}  # fmt: skip
_NUMBERS = {"regression", "regression_l1", "huber", "fair", "quantile", "mape"}


def fit_lightgbm(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit, scoring after rounds as the budget allows."""
    held_out = HeldOut(estimator, y, watch)
    rounds = Rounds(watch, held_out.score)
    watch.call_fit(estimator, X, y, callbacks=[_Listener(rounds, held_out)], **watch.fit_params)
    rounds.finish()
    if rounds.stopped:
        # What was kept is what a plain fit of so many rounds gives; its parameter says so.
        estimator.set_params(n_estimators=rounds.done)
    return Fitted(stopped=rounds.stopped)


class _Listener:
    """Passes each round on; LightGBM ends a fit by an exception of its own."""

    order = _LAST
    before_iteration = False

    def __init__(self, rounds: Rounds, held_out: HeldOut) -> None:
        self._rounds = rounds
        self._held_out = held_out

    def __call__(self, environment: Any) -> None:
        from lightgbm.callback import EarlyStopException

        self._held_out.params = environment.params
        begin, end = environment.begin_iteration, environment.end_iteration
        done = environment.iteration + 1 - begin
        if self._rounds.hear(environment.model, done, end - begin):
            raise EarlyStopException(
                environment.iteration, environment.evaluation_result_list or []
            )


class HeldOut:
    """What a booster says of the held-out rows over the rounds so far."""

    def __init__(self, estimator: Any, y: np.ndarray, watch: Watch) -> None:
        self._estimator = estimator
        self._watch = watch
        self._classes = np.unique(y) if watch.is_classifier else None
        self._margins: np.ndarray | None = None
        self._rounds = 0
        self._rows_version = 0
        #: What the fit has made of the estimator's parameters; set before the first score.
        self.params: dict[str, Any] = {}

    def score(self, booster: Any, rounds: int) -> None:
        """Score the first rounds."""
        if self._rows_version != self._watch.rows_version:
            self._margins, self._rounds = None, 0
            self._rows_version = self._watch.rows_version
        link = self._link()
        if link is None:
            said = np.asarray(self._ask(booster, 0, rounds, raw=False))
        else:
            new = np.asarray(self._ask(booster, self._rounds, rounds - self._rounds, raw=True))
            self._margins = new if self._margins is None else self._margins + new
            said = link(self._margins)
        self._rounds = rounds
        self._watch.score_said(self._classes, said)

    def _ask(self, booster: Any, first: int, count: int, *, raw: bool) -> Any:
        # Without a number of threads, this call would also change how many the fit goes on with.
        threads = self.params.get("num_threads", 0)
        return booster.predict(
            self._watch.X,
            start_iteration=first,
            num_iteration=count,
            raw_score=raw,
            num_threads=threads,
        )

    def _link(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """What makes predictions of margins; None where that is not known, or trees change."""
        if self._estimator.boosting_type != "gbdt":
            return None
        if not _MAKE_OTHERWISE.isdisjoint(self._estimator.get_params()):
            return None
        objective = self.params.get("objective")
        if objective == "binary":
            return _logistic
        if objective == "multiclass":
            return _softmax
        return _same if objective in _NUMBERS else None


def _same(margins: np.ndarray) -> np.ndarray:
    return margins


def _logistic(margins: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return np.asarray(expit(margins))


def _softmax(margins: np.ndarray) -> np.ndarray:
    from scipy.special import softmax

    return np.asarray(softmax(margins, axis=1))
