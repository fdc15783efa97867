"""Random forests and extra trees: the first trees are grown one by one, the others observed.

What takes long is shown best by one plain ``fit`` that is observed: at the end of each increment,
all threads but one wait for the last tree. What is over in a moment is grown in increments, as is
what comes to very many trees.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .forest_votes import ForestVotes
from .growing import Ensemble, grow
from .growth import Growth, go_on, keep
from .looks import Looks
from .members_made import listening
from .observed_trees import Trees, shows_trees
from .observing import OBSERVED_FROM_S, observe
from .pace import GrowthPace
from .watch import Fitted, Watch

GROWTH = Growth(members=("estimators_",))
# A plain fit makes all of its trees before it grows the first, at 0.1 ms each: of many more than
# these, nothing could be kept for seconds.
MOST_AT_ONCE = 5_000


def fit_forest(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Grow a forest, and observe how the most of it grows."""
    done = go_on(estimator, GROWTH, watch)
    X = _as_trees_read_it(X)
    return grow(
        estimator,
        X,
        y,
        watch,
        votes=ForestVotes,
        growth=GROWTH,
        done=done,
        rest=Observed(X, y, watch) if shows_trees(estimator) else None,
    )


class Observed:
    """The trees that are left, grown by one call that is observed."""

    def __init__(self, X: Any, y: np.ndarray, watch: Watch) -> None:
        self._X, self._y = X, y
        self._watch = watch

    def is_better(self, members: int, seconds: float | None) -> bool:
        """Whether so many trees, which are likely to take so long, are observed."""
        return members <= MOST_AT_ONCE and seconds is not None and seconds >= OBSERVED_FROM_S

    def grow(self, ensemble: Ensemble, pace: GrowthPace, done: int) -> int:
        """Grow all trees, or as many as there are when it is stopped, by one call."""
        watch, total = self._watch, pace.total
        estimator = ensemble.prepared(total)
        trees = Trees(estimator, self._X, self._y, watch)

        def keep_grown(grown: int) -> float:
            # A fit that has all of its trees is about to end: a checkpoint would have no use.
            if grown == total:
                return 0.0
            return keep(trees.as_it_stands(), GROWTH, watch, grown)

        looks = Looks(
            watch,
            total,
            keep_grown,
            asks=trees.asks,
            seen=done,
            spent_before_s=pace.wasted_s,
        )
        with warnings.catch_warnings(), listening(estimator, trees.made):
            # It warns that balanced weights may differ between calls; the rows are the same ones.
            warnings.filterwarnings("ignore", message="class_weight presets")
            observe(estimator, self._X, self._y, watch, trees, looks=looks)
        grown = len(estimator.estimators_)
        if grown < total:
            keep(estimator, GROWTH, watch, grown, is_last=True)
        return grown


def observe_forest(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit a forest in one call, observed."""
    trees = Trees(estimator, X, y, watch)
    with listening(estimator, trees.made):
        return observe(estimator, X, y, watch, trees)


def _as_trees_read_it(X: Any) -> Any:
    """Single precision, which every call of ``fit`` would convert to anew."""
    if isinstance(X, np.ndarray) and X.dtype != np.float32 and X.dtype.kind in "fiub":
        return X.astype(np.float32)
    if hasattr(X, "iloc") and all(getattr(kind, "kind", "O") in "fiub" for kind in X.dtypes):
        return X.astype(np.float32)
    return X
