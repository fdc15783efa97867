"""Forests and bagging, observed: members are seen as they are made, and asked once they are whole.

A plain ``fit`` shows its members only at its end. It makes them by a method of its own
(``_make_estimator``), which is listened to for as long as the fit lasts.
"""

from __future__ import annotations

import contextlib
import copy
import sys
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from .arrays import as_array
from .bagging import BaggingVotes
from .forests import ForestVotes
from .growing import workers_of
from .observing import Unstoppable, observe, observe_plainly
from .watch import Fitted, Watch


def observe_forest(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit a forest in one call, observed."""
    trees = Trees(estimator, X, y, watch)
    with _listening(estimator, trees.made):
        return observe(estimator, X, y, watch, trees)


def shows_members(ensemble: Any) -> bool:
    """Whether a bagging ensemble makes its members in this process, one after another."""
    return workers_of(ensemble) == 1


def observe_bagging(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit a bagging ensemble in one call, observed where its members are made in this process."""
    if not shows_members(estimator):
        return observe_plainly(estimator, X, y, watch)
    members = Members(estimator, watch)
    with _listening(estimator, members.made):
        return observe(estimator, X, y, watch, members)


@contextlib.contextmanager
def _listening(ensemble: Any, made: list[Any]) -> Iterator[None]:
    make = ensemble._make_estimator

    def make_and_show(*args: Any, **kwargs: Any) -> Any:
        member = make(*args, **kwargs)
        made.append(member)
        return member

    ensemble._make_estimator = make_and_show
    try:
        yield
    finally:
        ensemble.__dict__.pop("_make_estimator", None)


class Trees:
    """The trees of a forest; all are made at once, and then grown, by several threads perhaps."""

    def __init__(self, forest: Any, X: Any, y: np.ndarray, watch: Watch) -> None:
        self._forest = forest
        self._X, self._y = X, y
        self._watch = watch
        self._random_state = copy.deepcopy(forest.random_state)
        self._votes: ForestVotes | None = None
        self._asked = 0
        self._begun = 0
        self._open: list[Any] = []
        self._seen = SimpleNamespace(
            estimators_=[],
            classes_=np.unique(y) if watch.is_classifier else None,
            _validate_X_predict=lambda rows: as_array(rows, np.float32),
        )
        #: As the fit makes them.
        self.made: list[Any] = []
        self.total = int(forest.n_estimators)

    def count(self, *, is_over: bool) -> int:
        """How many trees are grown."""
        if is_over:
            self._seen.estimators_ = list(self._forest.estimators_)
            # Whatever order they were seen in before, a sum of them all is in this one.
            self._votes, self._asked = None, 0
            return len(self._seen.estimators_)
        # Trees are begun in the order in which they were made, each by whichever thread is free.
        while self._begun < len(self.made) and hasattr(self.made[self._begun], "tree_"):
            self._open.append(self.made[self._begun])
            self._begun += 1
        # Only now: what had begun before, and is not being grown at this moment, is whole.
        growing = _trees_being_grown()
        self._seen.estimators_ += [tree for tree in self._open if id(tree) not in growing]
        self._open = [tree for tree in self._open if id(tree) in growing]
        return len(self._seen.estimators_)

    def score(self, done: int) -> None:
        """Score the trees that are grown."""
        self._votes = self._votes or ForestVotes(self._seen, self._watch)
        first, self._asked = self._asked, len(self._seen.estimators_)
        self._votes.add(first)

    def complete(self) -> None:
        """Leave the plain fit of the first trees that are grown; its parameter says how many."""
        forest = self._forest
        # As last counted: by now, a tree that was left unfinished is being grown by nobody.
        grown = {id(tree) for tree in self._seen.estimators_}
        kept = 0
        while kept < len(self.made) and id(self.made[kept]) in grown:
            kept += 1
        forest.estimators_ = self.made[:kept]
        before = {"warm_start": forest.warm_start, "random_state": forest.random_state}
        again = copy.deepcopy(self._random_state)
        forest.set_params(n_estimators=kept, warm_start=True, random_state=again)
        try:
            with warnings.catch_warnings():
                # A call that grows nothing leaves all else that the end of a fit leaves.
                warnings.filterwarnings("ignore", message="Warm-start fitting without increasing")
                warnings.filterwarnings("ignore", message="class_weight presets")
                self._watch.call_fit(forest, self._X, self._y)
        finally:
            forest.set_params(**before)


def _trees_being_grown() -> set[int]:
    """The identities of the trees that some thread is growing at this moment."""
    from sklearn.ensemble._forest import _parallel_build_trees

    code = _parallel_build_trees.__code__
    found = set()
    for frame in sys._current_frames().values():
        at: Any = frame
        while at is not None:
            if at.f_code is code:
                found.add(id(at.f_locals.get("tree")))
            at = at.f_back
    return found


class Members(Unstoppable):
    """The members of a bagging ensemble, made and fitted one after another.

    Those in the making cannot be told from whole ones, so there is nothing that could be kept.
    """

    def __init__(self, ensemble: Any, watch: Watch) -> None:
        self._ensemble = ensemble
        self._watch = watch
        self._votes: BaggingVotes | None = None
        self._asked = 0
        self._seen: Any = None
        # With columns of their own, members are not to be asked before the fit tells which.
        self._has_all_columns = ensemble.max_features == 1.0 and not ensemble.bootstrap_features
        #: As the fit makes them.
        self.made: list[Any] = []
        self.total = int(ensemble.n_estimators)

    def count(self, *, is_over: bool) -> int:
        """How many members are fitted."""
        return len(self.made) if is_over else max(0, len(self.made) - 1)

    def score(self, done: int) -> None:
        """Score the first members."""
        if done == len(self._ensemble.__dict__.get("estimators_") or ()):
            self._watch.score_fitted(self._ensemble)
        elif self._has_all_columns:
            self._seen = self._seen or SimpleNamespace(
                classes_=getattr(self._ensemble, "classes_", None)
            )
            self._seen.estimators_ = self.made[:done]
            self._seen.estimators_features_ = [slice(None)] * done
            self._votes = self._votes or BaggingVotes(self._seen, self._watch)
            self._votes.add(self._asked)
            self._asked = done
