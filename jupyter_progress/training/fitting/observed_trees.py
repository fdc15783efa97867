"""The trees of a forest, observed while a plain ``fit`` grows them, in several threads perhaps.

All are made at once, and grown in their order, each by whichever thread is free. What is looked at
is the first trees without a gap, so that a score after so many trees is that of the forest that a
plain fit of so many gives.
"""

from __future__ import annotations

import copy
import time
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np

from .added_up import AddedUp
from .arrays import as_array
from .forest_votes import ForestVotes
from .running_calls import locals_of
from .thinning import Asks
from .watch import Watch

THREADS_END_S = 5.0  # longer than a tree takes, mostly


class Trees:
    """How the fit of a forest is read while it runs."""

    asks = Asks.WHAT_IS_NEW

    def __init__(self, forest: Any, X: Any, y: np.ndarray, watch: Watch) -> None:
        self._forest = forest
        self._X, self._y = X, y
        self._watch = watch
        self._random_state = copy.deepcopy(forest.random_state)
        # Of a warm start there are some already.
        self._earlier = list(getattr(forest, "estimators_", ()) if forest.warm_start else ())
        self._grown = 0
        self._is_over = False
        self._seen = SimpleNamespace(
            estimators_=[],
            classes_=np.unique(y) if watch.is_classifier else None,
            _validate_X_predict=lambda rows: as_array(rows, np.float32),
        )
        self._added_up = AddedUp(forest, self._seen, watch, ForestVotes)
        #: As the fit makes them.
        self.made: list[Any] = []
        self.total = int(forest.n_estimators)

    @property
    def _whole(self) -> list[Any]:
        return [*self._earlier, *self.made[: self._grown]]

    def count(self, *, is_over: bool) -> int:
        """How many trees are grown, without a gap; none before the fit has grown one itself."""
        self._is_over = is_over
        if is_over:
            self._grown = len(self._forest.estimators_) - len(self._earlier)
            return len(self._forest.estimators_)
        begun = self._grown
        while begun < len(self.made) and hasattr(self.made[begun], "tree_"):
            begun += 1
        # Only now: what had begun before, and is not being grown at this moment, is whole.
        growing = _trees_being_grown() if begun > self._grown else set()
        while self._grown < begun and id(self.made[self._grown]) not in growing:
            self._grown += 1
        return len(self._earlier) + self._grown if self._grown else 0

    def score(self, done: int) -> None:
        """Score the first trees."""
        self._seen.estimators_ = self._whole[:done]
        self._added_up.score(is_over=self._is_over)

    def as_it_stands(self) -> Any:
        """A copy of the forest with the trees that are grown, for a checkpoint."""
        forest = copy.copy(self._forest)
        forest.__dict__.pop("_make_estimator", None)
        forest.estimators_ = self._whole
        return forest

    def complete(self) -> None:
        """Leave the plain fit of the first trees that are grown; its parameter says how many.

        As last counted: by now, a tree that was left unfinished is being grown by nobody.
        """
        forest = self._forest
        forest.estimators_ = self._whole
        _await_threads()
        before = {"warm_start": forest.warm_start, "random_state": forest.random_state}
        again = copy.deepcopy(self._random_state)
        forest.set_params(n_estimators=len(forest.estimators_), warm_start=True, random_state=again)
        try:
            with warnings.catch_warnings():
                # A call that grows nothing leaves all else that the end of a fit leaves.
                warnings.filterwarnings("ignore", message="Warm-start fitting without increasing")
                warnings.filterwarnings("ignore", message="class_weight presets")
                self._watch.call_fit(forest, self._X, self._y, **self._watch.fit_params)
        finally:
            forest.set_params(**before)


def shows_trees(forest: Any) -> bool:
    """Whether this scikit-learn has what its trees are observed by, which is private to it."""
    from sklearn.ensemble import _forest
    from sklearn.utils import parallel

    return (
        hasattr(forest, "_make_estimator")
        and hasattr(_forest, "_parallel_build_trees")
        and hasattr(parallel, "_FuncWrapper")
    )


def _trees_being_grown() -> set[int]:
    """The identities of the trees that some thread is growing at this moment."""
    from sklearn.ensemble._forest import _parallel_build_trees

    return {id(found.get("tree")) for found in locals_of(_parallel_build_trees)}


def _await_threads() -> None:
    """Wait until the threads of a fit that was ended have left their last trees.

    Each of them has the warnings' filters of its beginning put back when it ends, whoever has
    set others meanwhile.
    """
    from sklearn.utils.parallel import _FuncWrapper

    patience_s = time.monotonic() + THREADS_END_S
    while any(locals_of(_FuncWrapper.__call__)) and time.monotonic() < patience_s:
        time.sleep(0.01)
