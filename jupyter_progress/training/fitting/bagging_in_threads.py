"""Bagging of trees with several jobs: threads grow them, where they can be seen.

Scikit-learn hands the rows to processes, which show nothing before they are through with all of
their members. A tree lets go of the interpreter while it grows, so threads are no slower, and what
comes of it is the same: each member has a seed of its own.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from .added_up import AddedUp
from .bagging_votes import BaggingVotes, asks_all_columns
from .growing import Ensemble, workers_of
from .growth import Growth, keep
from .looks import Looks
from .members_made import listening
from .observing import OBSERVED_FROM_S, Observer, Unstoppable
from .pace import GrowthPace
from .running_calls import locals_of
from .thinning import Asks
from .watch import Watch


def grows_in_threads(ensemble: Any) -> bool:
    """Whether several of its members grow at a time, all of them trees."""
    from sklearn import tree
    from sklearn.ensemble import _bagging

    trees = (
        type(None),  # a decision tree
        tree.DecisionTreeClassifier,
        tree.DecisionTreeRegressor,
        tree.ExtraTreeClassifier,
        tree.ExtraTreeRegressor,
    )
    is_known = hasattr(_bagging, "_parallel_build_estimators")
    # By the exact class: a subclass may do what it likes in Python.
    return is_known and type(ensemble.estimator) in trees and workers_of(ensemble) > 1


def shows_whole_members(ensemble: Any, watch: Watch) -> bool:
    """Whether its members can be scored while they grow, in whatever order they are whole."""
    # Which columns a member has been given is told at the end of the call; and who cuts a model
    # back to its best step wants the score of its first members.
    is_cut_back = watch.on_scores is not None
    return grows_in_threads(ensemble) and asks_all_columns(ensemble) and not is_cut_back


@contextlib.contextmanager
def in_threads(ensemble: Any) -> Iterator[None]:
    """Have its members grown by threads, where that is as quick."""
    if not grows_in_threads(ensemble):
        yield
        return
    from joblib import parallel_config

    with parallel_config(backend="threading"):
        yield


class ObservedPortions:
    """The members that are left, grown by few calls that are observed.

    Parameters
    ----------
    after_call
        Called with the ensemble after each call of ``fit``.
    """

    def __init__(
        self,
        X: Any,
        y: np.ndarray,
        watch: Watch,
        growth: Growth,
        after_call: Callable[[Any], None],
    ) -> None:
        self._X, self._y = X, y
        self._watch = watch
        self._growth = growth
        self._after_call = after_call

    def is_better(self, members: int, seconds: float | None) -> bool:
        """Whether so many members, which are likely to take so long, are observed."""
        return members > 0 and seconds is not None and seconds >= OBSERVED_FROM_S

    def grow(self, ensemble: Ensemble, pace: GrowthPace, done: int) -> int:
        """Grow all members, or those of the portions that were begun when it is stopped."""
        watch, total = self._watch, pace.total
        estimator = ensemble.estimator
        members = Members(estimator, watch, total)
        begun_s = wasted_s = pace.wasted_s

        def beside(_done: int) -> float:
            # What portions and checkpoints have cost since: of the same share as the looks.
            nonlocal wasted_s
            before, wasted_s = wasted_s, pace.wasted_s
            return wasted_s - before

        looks = Looks(watch, total, beside, asks=members.asks, seen=done, spent_before_s=begun_s)
        while done < total and not watch.asked.to_stop:
            watch.asked.check()
            portion = pace.portion(done)
            done += portion
            ensemble.prepared(done)
            with listening(estimator, members.made):
                Observer(members, watch, looks).sees_through(estimator, self._X, self._y)
            self._after_call(estimator)
            pace.observe_portion(portion)
            pace.observe_keeping(keep(estimator, self._growth, watch, done))
        members.count(is_over=True)
        looks.finish(done, functools.partial(members.score, done))
        if done < total:
            keep(estimator, self._growth, watch, done, is_last=True)
        return done


class Members(Unstoppable):
    """Those that are whole, in the order in which they were found so.

    Parameters
    ----------
    ensemble
        With its first members.
    """

    asks = Asks.WHAT_IS_NEW

    def __init__(self, ensemble: Any, watch: Watch, total: int) -> None:
        self._ensemble = ensemble
        self._seen = SimpleNamespace(
            classes_=getattr(ensemble, "classes_", None), estimators_=[], estimators_features_=[]
        )
        self._added_up = AddedUp(ensemble, self._seen, watch, BaggingVotes)
        self._is_over = False
        self._whole = list(ensemble.estimators_)
        self._known = {id(member) for member in self._whole}
        #: As the fit makes them.
        self.made: list[Any] = []
        self.total = total

    def count(self, *, is_over: bool) -> int:
        """How many members are fitted."""
        self._is_over = is_over
        if is_over:
            self._take(self._ensemble.estimators_)
            return len(self._whole)
        begun = [
            member
            for member in tuple(self.made)
            if id(member) not in self._known and hasattr(member, "tree_")
        ]
        # Only now: what had begun before, and is not being grown at this moment, is whole.
        growing = _being_grown() if begun else set()
        self._take(member for member in begun if id(member) not in growing)
        return len(self._whole)

    def score(self, done: int) -> None:
        """Score the first that were found."""
        self._seen.estimators_ = self._whole[:done]
        self._seen.estimators_features_ = [slice(None)] * done
        self._added_up.score(is_over=self._is_over)

    def _take(self, whole: Any) -> None:
        fresh = [member for member in whole if id(member) not in self._known]
        self._whole += fresh
        self._known.update(id(member) for member in fresh)


def _being_grown() -> set[int]:
    """The identities of the members that some thread is growing at this moment."""
    from sklearn.ensemble._bagging import _parallel_build_estimators

    return {id(found.get("estimator")) for found in locals_of(_parallel_build_estimators)}
