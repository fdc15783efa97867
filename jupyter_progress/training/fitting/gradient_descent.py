"""Linear models by stochastic gradient descent: what ``verbose=1`` prints at each epoch's end.

The compiled loop tells nobody of its epochs but the standard output, and there it also tells what
is not in ``coef_`` yet: the intercept, and the norm of weights that it keeps scaled until the end.
Each such line is printed between two epochs, while nothing changes; so the weights can be read in
that moment, and scored. ``verbose`` changes nothing else, and is as before afterwards.
"""

from __future__ import annotations

import contextlib
import copy
import io
import re
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from .looks import Looks
from .plain import fit_plainly
from .watch import Fitted, Watch

_EPOCH = re.compile(r"^-- Epoch (\d+)$")
_NORM = re.compile(r"^Norm: (\S+), NNZs: \d+, Bias: (\S+), T: \d+, Avg\. loss: ([^\s,]+)")
_OTHERS = ("Total training time: ", "Convergence after ", "[Parallel(n_jobs=")
_BEGINNINGS = ("-- Epoch ", "Norm: ", *_OTHERS)


def shows_descent(estimator: Any) -> bool:
    """Whether the epochs of this model can be followed: one after another, in this process."""
    return getattr(estimator, "n_jobs", None) in (None, 1) and not estimator.average


def fit_descent(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit in one call, scoring after epochs as the budget allows."""
    if not shows_descent(estimator):
        return fit_plainly(estimator, X, y, watch)
    verbose = estimator.verbose
    classes = len(np.unique(y)) if watch.is_classifier else 2
    listener = _Listener(estimator, watch, problems=classes if classes > 2 else 1)
    estimator.set_params(verbose=max(1, verbose))
    try:
        with _heard(listener, passes_on=verbose > 0):
            watch.call_fit(estimator, X, y, **watch.fit_params)
    finally:
        estimator.set_params(verbose=verbose)
    listener.finish()
    return Fitted()


class _Listener:
    """Hears of the epochs of each binary problem, one problem after another.

    Parameters
    ----------
    problems
        How many there are: one for each of more than two classes.
    """

    def __init__(self, estimator: Any, watch: Watch, problems: int) -> None:
        self._estimator = estimator
        self._watch = watch
        self._problems = problems
        self._biases: list[float] = []
        self._norm = 0.0
        self._done = 0
        self._looks = Looks(watch, int(estimator.max_iter) * problems)

    def hear(self, line: str) -> bool:
        """Take a line of the fit's output; says whether ``verbose`` is the reason for it."""
        if not line.startswith(_BEGINNINGS):
            return False
        if found := _EPOCH.match(line):
            # At the epoch before this one; at the last of all, `finish` looks, and exactly.
            if self._done:
                self._looks.offer(self._done, self._score_now)
            if found[1] == "1":
                self._biases.append(0.0)
            return True
        if found := _NORM.match(line):
            self._watch.asked.check()
            self._norm, self._biases[-1] = float(found[1]), float(found[2])
            self._watch.note("loss", float(found[3]))
            self._done += 1
            return True
        return line.startswith(_OTHERS)

    def finish(self) -> None:
        """Score the model that came of it."""
        self._looks.finish(self._done, lambda: self._watch.score_fitted(self._estimator))

    def _score_now(self) -> None:
        # Before each class has had an epoch there is no model to be scored.
        if len(self._biases) == self._problems:
            self._watch.score_fitted(self._model_now())

    def _model_now(self) -> Any:
        model = copy.copy(self._estimator)
        weights = np.array(model.coef_, dtype=float)
        current = weights[len(self._biases) - 1] if weights.ndim == 2 else weights
        kept = float(np.linalg.norm(current))
        if kept > 0:
            current *= self._norm / kept
        is_flat = weights.ndim == 1 and self._watch.is_classifier
        model.coef_ = weights[None, :] if is_flat else weights
        model.intercept_ = np.array(self._biases)
        return model


class _Heard(io.TextIOBase):
    """A standard stream of which a listener hears each line."""

    def __init__(self, listener: _Listener, beneath: Any, passes_on: bool) -> None:
        self._listener = listener
        self._beneath = beneath
        self._passes_on = passes_on
        self._line = ""

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            if not self._listener.hear(line) or self._passes_on:
                self._beneath.write(line + "\n")
        return len(text)

    def flush(self) -> None:
        self._beneath.flush()


@contextlib.contextmanager
def _heard(listener: _Listener, passes_on: bool) -> Iterator[None]:
    output = _Heard(listener, sys.stdout, passes_on)
    errors = _Heard(listener, sys.stderr, passes_on)  # joblib writes there
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        yield
