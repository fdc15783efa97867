"""Histogram gradient boosting: what its iterations say of the held-out rows, added up.

``fit`` appends one list of trees for each iteration to ``_predictors``; the trees of a full list
are never touched again. That attribute and the others used here are private to scikit-learn: where
one of them is missing, ``choose`` takes the plain way instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .growth import Growth, go_on, keep, warm
from .looks import Looks
from .observing import observe
from .thinning import Asks
from .watch import Fitted, Watch

GROWTH = Growth(
    members=("_predictors",),
    # Before the first tree there is a score already.
    scores=(("train_score_", 1), ("validation_score_", 1)),
    left_out=("_in_fit",),
)


def goes_on(booster: Any) -> bool:
    """Whether the fit can be taken up in the state that a look from outside finds.

    Early stopping by a scorer compares with predictions that are not kept, and the choice of
    columns for each split goes on drawing while the next tree grows.
    """
    stops_by_scorer = booster.early_stopping is not False and booster.scoring != "loss"
    return not stops_by_scorer and booster.max_features == 1.0


def fit_histograms(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit in one call, observed."""
    if not goes_on(estimator):
        return observe(estimator, X, y, watch, Iterations(estimator, watch))
    done = go_on(estimator, GROWTH, watch)
    iterations = Iterations(estimator, watch, done)

    def keep_so_far(count: int) -> float:
        return keep(estimator, GROWTH, watch, count)

    looks = Looks(watch, iterations.total, keep_so_far, asks=iterations.asks)
    with warm(estimator, done > 0):
        fitted = observe(estimator, X, y, watch, iterations, looks)
    if fitted.stopped:
        keep(estimator, GROWTH, watch, iterations.count(is_over=True), is_last=True)
    return fitted


class Iterations:
    """The iterations of a booster."""

    asks = Asks.WHAT_IS_NEW

    def __init__(self, booster: Any, watch: Watch, done: int = 0) -> None:
        self._booster = booster
        self._watch = watch
        # What an earlier fit has left there is not this fit's, unless it is gone on from: then
        # nothing is read before that is so.
        self._earlier = None if done else getattr(booster, "_predictors", None)
        self._begun_at = done
        self._margins: Margins | None = None
        self._is_over = False
        #: ``max_iter``; early stopping may end it before.
        self.total = int(booster.max_iter)

    def count(self, *, is_over: bool) -> int:
        """How many iterations are whole."""
        self._is_over = is_over
        trees = getattr(self._booster, "_predictors", None)
        if trees is None or trees is self._earlier:
            return 0
        if not is_over and len(trees) <= max(1, self._begun_at):
            return 0
        return len(trees) if is_over else max(0, len(trees) - 1)

    def score(self, done: int) -> None:
        """Score the first iterations."""
        if self._margins is None or self._margins.rows_version != self._watch.rows_version:
            if self._is_over and self._margins is not None:
                # All are asked again, of all rows: by as many threads as a plain score would use.
                self._watch.score_fitted(self._booster)
                return
            self._margins = Margins(self._booster, self._watch)
        self._margins.add_up_to(done)

    def complete(self) -> None:
        """Leave out an iteration that was not finished, and what was noted of it."""
        booster = self._booster
        each = int(booster.n_trees_per_iteration_)
        booster._predictors = [trees for trees in booster._predictors if len(trees) == each]
        for name in ("train_score_", "validation_score_"):
            scores = list(getattr(booster, name))
            setattr(booster, name, np.asarray(scores[: len(booster._predictors) + 1]))
        if hasattr(booster, "_in_fit"):
            del booster._in_fit


class Margins:
    """A booster's raw predictions of the held-out rows over the iterations so far."""

    def __init__(self, booster: Any, watch: Watch) -> None:
        self._booster = booster
        self._watch = watch
        self.rows_version = watch.rows_version
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
