"""Logistic regression by L-BFGS, told by scikit-learn's own callbacks after each iteration."""

from __future__ import annotations

from typing import Any

import numpy as np

from .looks import Looks
from .plain import fit_plainly
from .thinning import Asks
from .watch import Fitted, Watch

#: What a look costs the fit, by what the look takes: its rows are in the caches then, and not the
#: fit's. Measured as CPU time with two threads of BLAS, where the most is lost.
CACHES_LOST = 1.25


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
        watch.call_fit(estimator, X, y, **watch.fit_params)
    finally:
        estimator.set_callbacks(*earlier)
    listener.finish(estimator)
    return Fitted()


class _Listener:
    """A callback of scikit-learn's: one task of the fit is one iteration of the solver."""

    def __init__(self, total: int, watch: Watch) -> None:
        self._watch = watch
        self._looks = Looks(watch, total, asks=Asks.THE_WHOLE_MODEL, costs=CACHES_LOST)
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
        self._looks.offer(self._done, lambda: self._watch.score_fitted(fitted_estimator))
        return False

    def finish(self, estimator: Any) -> None:
        """Score the model that came of it."""
        self._done = max(1, int(np.max(estimator.n_iter_)))
        self._looks.finish(self._done, lambda: self._watch.score_fitted(estimator))
