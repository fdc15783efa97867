"""Forests and bagging, grown by ``warm_start`` in increments; the same in the end as one ``fit``.

Every tree draws its seed from the ensemble's random state, and a warm start skips what the trees
before it have drawn; so growing by 1, 7 and 92 trees gives the same 100 trees as one call, provided
that each call begins with the same random state.
"""

from __future__ import annotations

import copy
import functools
import time
import warnings
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from .growth import Growth, keep
from .pace import GrowthPace
from .watch import Fitted, Watch


class Votes(Protocol):
    """Sums up what the members of an ensemble say of the held-out rows."""

    def add(self, first: int) -> None:
        """Ask the members from this one on."""


def grow(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    watch: Watch,
    *,
    votes: Callable[[Any, Watch], Votes],
    growth: Growth,
    done: int = 0,
    deferred_oob: Callable[[Any, Any, np.ndarray], None] | None = None,
    after_increment: Callable[[Any], None] | None = None,
    rest: Rest | None = None,
) -> Fitted:
    """Fit an ensemble by growing it.

    Parameters
    ----------
    estimator
        With ``n_estimators`` and ``warm_start``; its parameters are as before at the end.
    votes
        Makes what scores the members; called after the first increment.
    growth
        How it is taken apart for a checkpoint.
    done
        How many members it has from an earlier attempt.
    deferred_oob
        Computes the out-of-bag score at the end, where a warm start refuses to.
    after_increment
        Called with the estimator after each call of ``fit``.
    rest
        Grows all other members, where that shows more than increments would.
    """
    total = estimator.n_estimators
    before = {
        name: getattr(estimator, name)
        for name in ("n_estimators", "warm_start", "oob_score", "random_state")
    }
    try:
        estimator.set_params(warm_start=True, oob_score=False)
        ensemble = Ensemble(estimator, X, y, before["random_state"], watch.fit_params)
        ask = _Asking(votes, estimator, watch)
        done = _grow_all(ensemble, watch, total, done, ask, growth, after_increment, rest)
        if before["oob_score"]:
            estimator.set_params(oob_score=before["oob_score"])
            ensemble.compute_oob(deferred_oob)
    finally:
        estimator.set_params(**before)
    if done < total:
        # What was kept is what a plain fit of so many members gives; its parameter says so.
        estimator.set_params(n_estimators=done)
    return Fitted(stopped=done < total)


def _grow_all(
    ensemble: Ensemble,
    watch: Watch,
    total: int,
    done: int,
    ask: _Asking,
    growth: Growth,
    after_increment: Callable[[Any], None] | None,
    rest: Rest | None,
) -> int:
    """Grow by increments, with a look after each; how many members there are in the end."""
    estimator = ensemble.estimator
    pace = GrowthPace(total, watch.max_overhead, workers_of(estimator))
    is_first = True
    while done < total and not (done and watch.asked.to_stop):
        watch.asked.check()
        if rest is not None and rest.is_better(total - done, pace.seconds_left(done)):
            return rest.grow(ensemble, pace, done)
        increment = pace.next_increment(done)
        fit_s = ensemble.grow_to(done + increment)
        if after_increment is not None:
            after_increment(estimator)
        looked_s = time.perf_counter()
        watch.guard(functools.partial(ask, done))
        done += increment
        pace.observe(increment, fit_s, time.perf_counter() - looked_s)
        if is_first and done < total:
            pace.observe_call(ensemble.grow_to(done))
        is_first = False
        pace.observe_keeping(keep(estimator, growth, watch, done))
        watch.tell(done, total, pace.overhead)
    if done < total:
        keep(estimator, growth, watch, done, is_last=True)
    return done


class Rest(Protocol):
    """A way to grow what is left of an ensemble in one call."""

    def is_better(self, members: int, seconds: float | None) -> bool:
        """Whether to grow so many members so, which are likely to take so long."""

    def grow(self, ensemble: Ensemble, pace: GrowthPace, done: int) -> int:
        """Grow those that are left; how many members there are in the end."""


class _Asking:
    """Asks the members that are new what they say of the held-out rows."""

    def __init__(self, votes: Callable[[Any, Watch], Votes], estimator: Any, watch: Watch) -> None:
        self._make = votes
        self._estimator = estimator
        self._watch = watch
        self._votes: Votes | None = None

    def __call__(self, first: int) -> None:
        # Of members that an earlier attempt has grown nothing was asked in this one.
        first = first if self._votes else 0
        self._votes = self._votes or self._make(self._estimator, self._watch)
        self._votes.add(first)


class Ensemble:
    """An ensemble and the rows that it is grown on."""

    def __init__(
        self,
        estimator: Any,
        X: Any,
        y: np.ndarray,
        random_state: Any,
        fit_params: dict[str, Any],
    ) -> None:
        self.estimator = estimator
        self._X, self._y = X, y
        self._random_state = random_state
        self._fit_params = fit_params

    def grow_to(self, members: int) -> float:
        """Grow it to so many members, or by none; seconds that the call took."""
        self.prepared(members)
        begun_s = time.perf_counter()
        self._fit()
        return time.perf_counter() - begun_s

    def compute_oob(self, deferred: Callable[[Any, Any, np.ndarray], None] | None) -> None:
        """Compute the out-of-bag score that was left out while it grew."""
        if deferred is not None:
            deferred(self.estimator, self._X, self._y)
        else:
            self.prepared(len(self.estimator.estimators_))
            self._fit()  # a call that grows nothing computes the missing score

    def prepared(self, members: int) -> Any:
        """The estimator, whose next ``fit`` grows it to so many members."""
        # A generator object would go on from where the last increment left it.
        random_state = copy.deepcopy(self._random_state)
        return self.estimator.set_params(n_estimators=members, random_state=random_state)

    def _fit(self) -> None:
        with warnings.catch_warnings():
            # It warns that balanced weights may differ between calls; the rows are the same ones.
            warnings.filterwarnings("ignore", message="class_weight presets")
            warnings.filterwarnings("ignore", message="Warm-start fitting without increasing")
            self.estimator.fit(self._X, self._y, **self._fit_params)


def workers_of(estimator: Any) -> int:
    """How many members an ensemble grows at the same time."""
    from joblib import effective_n_jobs

    return int(effective_n_jobs(getattr(estimator, "n_jobs", None)))
