"""Logistic regression by L-BFGS, told by scikit-learn's own callbacks after each iteration."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from .pace import LookBudget
from .plain import fit_plainly
from .watch import Fitted, Watch


def shows_iterations(estimator: Any) -> bool:
    """Whether scikit-learn calls back from this fit: from 1.9 on, for one solver."""
    return hasattr(estimator, "set_callbacks") and estimator.solver == "lbfgs"


def fit_logistic(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit in one call, scoring after iterations as the budget allows."""
    if not shows_iterations(estimator):
        return fit_plainly(estimator, X, y, watch)
    listener = _Listener(int(estimator.max_iter), watch)
    earlier = tuple(getattr(estimator, "_skl_callbacks", ()))
    estimator.set_callbacks(*earlier, listener)
    try:
        estimator.fit(X, y)
    finally:
        estimator.set_callbacks(*earlier)
    listener.finish(estimator)
    return Fitted()


class _Listener:
    """A callback of scikit-learn's: one task of the fit is one iteration of the solver."""

    def __init__(self, total: int, watch: Watch) -> None:
        self._total = total
        self._watch = watch
        self._budget = LookBudget(total, watch.max_overhead)
        self._done = 0

    def setup(self, estimator: Any, context: Any) -> None:
        """The fit begins."""

    def teardown(self, estimator: Any, context: Any) -> None:
        """The fit has ended, or failed."""

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """An iteration begins; to be named here, or scikit-learn takes this for no callback."""

    def on_fit_task_end(
        self, estimator: Any, context: Any, *, fitted_estimator: Any = None
    ) -> bool:
        """An iteration is over; ``fitted_estimator`` has the coefficients that it has reached."""
        if context.task_name != "lbfgs-iter" or fitted_estimator is None:
            return False
        self._watch.asked.check()
        self._done += 1
        elapsed_s = self._watch.elapsed_s
        if self._budget.allows(self._done, elapsed_s):
            self._look(fitted_estimator)
        elif self._budget.is_to_tell(elapsed_s):
            self._watch.tell(self._done, self._total, self._budget.overhead(elapsed_s))
        return False

    def finish(self, estimator: Any) -> None:
        """Score the model that came of it."""
        self._done = max(1, int(np.max(estimator.n_iter_)))
        self._look(estimator)

    def _look(self, model: Any) -> None:
        begun_s = time.perf_counter()
        self._watch.guard(lambda: self._watch.score_fitted(model))
        elapsed_s = self._watch.elapsed_s
        self._budget.spend(self._done, elapsed_s, time.perf_counter() - begun_s)
        self._watch.tell(self._done, self._total, self._budget.overhead(elapsed_s))
