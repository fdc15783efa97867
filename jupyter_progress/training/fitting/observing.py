"""Histogram gradient boosting, observed: a second thread reads what a plain ``fit`` has built.

Nothing is driven: ``fit`` is called once, as a user would, and leaves what it would leave. It
appends one list of trees for each iteration to ``_predictors``; the trees of a full list are never
touched again. That attribute and the others used here are private to scikit-learn: where one of
them is missing, ``choose`` takes the plain way instead.
"""

from __future__ import annotations

import ctypes
import threading
import time
from typing import Any

import numpy as np

from .pace import LookBudget
from .watch import Fitted, Watch

_POLL_S = 0.05


class StopFit(BaseException):
    """Raised inside of ``fit``, between two of its lines, to end it."""


def fit_observed(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit in one call, and score what there is meanwhile."""
    observer = Observer(estimator, watch)
    stopped = False
    observer.start()
    try:
        try:
            estimator.fit(X, y)
        finally:
            observer.end()
    except StopFit:
        observer.end()
        watch.asked.check()
        _complete(estimator)
        stopped = estimator.n_iter_ < estimator.max_iter
    observer.look(estimator.n_iter_)
    return Fitted(stopped=stopped)


def _complete(estimator: Any) -> None:
    """Bring a fit that was ended between two iterations into the form of a finished one."""
    whole = [trees for trees in estimator._predictors if len(trees) == _trees_each(estimator)]
    estimator._predictors = whole
    for name in ("train_score_", "validation_score_"):
        scores = list(getattr(estimator, name))
        setattr(estimator, name, np.asarray(scores[: len(whole) + 1]))
    if hasattr(estimator, "_in_fit"):
        del estimator._in_fit


def _trees_each(estimator: Any) -> int:
    return int(estimator.n_trees_per_iteration_)


class Observer:
    """Looks at a running fit from a thread of its own.

    Parameters
    ----------
    estimator
        Whose ``fit`` the thread that makes this object is about to call.
    """

    def __init__(self, estimator: Any, watch: Watch) -> None:
        self._estimator = estimator
        self._watch = watch
        self._fitting_thread = threading.get_ident()
        # What an earlier fit has left there is not this fit's.
        self._earlier = getattr(estimator, "_predictors", None)
        self._budget = LookBudget(estimator.max_iter, watch.max_overhead)
        self._margins: Margins | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._observe, name="observer", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def end(self) -> None:
        """Look no more; on return nothing is raised in the fitting thread any more."""
        self._ended.set()
        self._thread.join()
        _raise_in(self._fitting_thread, None)

    def look(self, done: int) -> None:
        """Score and tell the first iterations, as many as are done."""
        begun_s, cpu_s = time.perf_counter(), time.thread_time()
        self._watch.guard(lambda: self._score(done))
        spent_s = min(time.perf_counter() - begun_s, time.thread_time() - cpu_s)
        elapsed_s = self._watch.elapsed_s
        self._budget.spend(done, elapsed_s, spent_s)
        self._watch.tell(done, self._estimator.max_iter, self._budget.overhead(elapsed_s))

    def _score(self, done: int) -> None:
        self._margins = self._margins or Margins(self._estimator, self._watch)
        self._margins.add_up_to(done)

    def _observe(self) -> None:
        while not self._ended.wait(_POLL_S):
            done = self._iterations()
            elapsed_s = self._watch.elapsed_s
            if done and self._budget.allows(done, elapsed_s):
                self.look(done)
            elif done and self._budget.is_to_tell(elapsed_s):
                overhead = self._budget.overhead(elapsed_s)
                self._watch.tell(done, self._estimator.max_iter, overhead)
            if self._is_to_end(done):
                _raise_in(self._fitting_thread, StopFit)
                return

    def _is_to_end(self, done: int) -> bool:
        try:
            self._watch.asked.check()
        except BaseException:
            return True  # raised again in the fitting thread, once it has left fit
        return done > 0 and self._watch.asked.to_stop

    def _iterations(self) -> int:
        """How many iterations are whole; the newest may still be filling."""
        trees = getattr(self._estimator, "_predictors", None)
        if trees is None or trees is self._earlier:
            return 0
        return max(0, len(trees) - 1)


class Margins:
    """A booster's raw predictions of the held-out rows over the iterations so far."""

    def __init__(self, booster: Any, watch: Watch) -> None:
        self._booster = booster
        self._watch = watch
        self._rows = booster._preprocess_X(watch.X, reset=False)
        self._known, self._map = booster._bin_mapper.make_known_categories_bitsets()
        start = booster._baseline_prediction
        self._raw = np.zeros((self._rows.shape[0], start.shape[1]), dtype=start.dtype, order="F")
        self._raw += start
        self._iterations = 0

    def add_up_to(self, iterations: int) -> None:
        """Add the iterations that were not seen yet, and score."""
        for trees in self._booster._predictors[self._iterations : iterations]:
            for place, tree in enumerate(trees):
                self._raw[:, place] += tree.predict(
                    self._rows,
                    known_cat_bitsets=self._known,
                    f_idx_map=self._map,
                    n_threads=1,
                )
        self._iterations = iterations
        if not self._watch.is_classifier:
            self._watch.score_numbers(self._booster._loss.link.inverse(self._raw.ravel()))
            return
        one = self._raw.shape[1] == 1
        places = (self._raw[:, 0] > 0).astype(int) if one else np.argmax(self._raw, axis=1)
        self._watch.score_classes(self._booster.classes_, places, self._probabilities)

    def _probabilities(self) -> np.ndarray:
        return self._booster._loss.predict_proba(self._raw)


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Have an exception raised in another thread; None takes back one that was not raised yet."""
    exception = ctypes.py_object() if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), exception)
