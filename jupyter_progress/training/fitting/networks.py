"""Multi-layer perceptrons, observed: their weights are updated in place, epoch after epoch."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .observing import observe
from .plain import fit_plainly
from .watch import Fitted, Watch

_STOCHASTIC = ("adam", "sgd")


def fit_network(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit in one call, observed; with L-BFGS, which knows no epochs, plainly."""
    if estimator.solver not in _STOCHASTIC:
        return fit_plainly(estimator, X, y, watch)
    return observe(estimator, X, y, watch, Epochs(estimator, watch))


def shows_epochs(estimator: Any) -> bool:
    """Whether the fit of this network shows more than its end."""
    return estimator.solver in _STOCHASTIC


class Epochs:
    """The epochs of a network."""

    def __init__(self, network: Any, watch: Watch) -> None:
        self._network = network
        self._watch = watch
        # What an earlier fit has left there is not this fit's.
        self._earlier = getattr(network, "loss_curve_", None)
        #: ``max_iter``; most fits converge before.
        self.total = int(network.max_iter)

    def count(self, *, is_over: bool) -> int:
        """How many epochs are over."""
        losses = getattr(self._network, "loss_curve_", None)
        return 0 if losses is None or losses is self._earlier else len(losses)

    def score(self, done: int) -> None:
        """Score the weights as they are at this moment, at an epoch's end or a little behind it."""
        now = copy.copy(self._network)
        # The optimizer goes on in these very arrays.
        now.coefs_ = [layer.copy() for layer in now.coefs_]
        now.intercepts_ = [layer.copy() for layer in now.intercepts_]
        self._watch.score_fitted(now)
        self._watch.note("loss", float(self._network.loss_curve_[done - 1]))

    def complete(self) -> None:
        """With early stopping, take the best weights so far, as the end of ``fit`` does."""
        network = self._network
        if network.early_stopping:
            network.coefs_, network.intercepts_ = network._best_coefs, network._best_intercepts
