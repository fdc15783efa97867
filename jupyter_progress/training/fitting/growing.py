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
    """
    total = estimator.n_estimators
    before = {
        name: getattr(estimator, name)
        for name in ("n_estimators", "warm_start", "oob_score", "random_state")
    }
    pace = GrowthPace(total, watch.max_overhead, workers_of(estimator))
    score: Votes | None = None
    begun_at = done

    def ask(first: int) -> None:
        nonlocal score
        # Of members that an earlier attempt has grown nothing was asked in this one.
        first = first if score else 0
        score = score or votes(estimator, watch)
        score.add(first)

    try:
        estimator.set_params(warm_start=True, oob_score=False)
        while done < total and not (done and watch.asked.to_stop):
            watch.asked.check()
            increment = pace.next_increment(done)
            fit_s = _grow_to(estimator, done + increment, X, y, before["random_state"], watch)
            if after_increment is not None:
                after_increment(estimator)
            looked_s = time.perf_counter()
            watch.guard(functools.partial(ask, done))
            done += increment
            pace.observe(increment, fit_s, time.perf_counter() - looked_s)
            if begun_at + increment == done < total:  # the first of several
                pace.observe_call(_grow_to(estimator, done, X, y, before["random_state"], watch))
            pace.observe_keeping(keep(estimator, growth, watch, done))
            watch.tell(done, total, pace.overhead)
        if done < total:
            keep(estimator, growth, watch, done, is_last=True)
        if before["oob_score"]:
            estimator.set_params(oob_score=before["oob_score"])
            _compute_oob(estimator, X, y, before["random_state"], deferred_oob, watch)
    finally:
        estimator.set_params(**before)
    if done < total:
        # What was kept is what a plain fit of so many members gives; its parameter says so.
        estimator.set_params(n_estimators=done)
    return Fitted(stopped=done < total)


def _grow_to(
    estimator: Any, members: int, X: Any, y: np.ndarray, random_state: Any, watch: Watch
) -> float:
    """Grow it to so many members, or by none; seconds that the call took."""
    # A generator object would go on from where the last increment left it.
    estimator.set_params(n_estimators=members, random_state=copy.deepcopy(random_state))
    begun_s = time.perf_counter()
    with warnings.catch_warnings():
        # It warns that balanced weights may differ between calls; the rows are the same in each.
        warnings.filterwarnings("ignore", message="class_weight presets")
        warnings.filterwarnings("ignore", message="Warm-start fitting without increasing")
        estimator.fit(X, y, **watch.fit_params)
    return time.perf_counter() - begun_s


def _compute_oob(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    random_state: Any,
    deferred: Callable[[Any, Any, np.ndarray], None] | None,
    watch: Watch,
) -> None:
    if deferred is not None:
        deferred(estimator, X, y)
        return
    with warnings.catch_warnings():
        # A call that grows nothing computes the missing score, and says that it grows nothing.
        warnings.filterwarnings("ignore", message="Warm-start fitting without increasing")
        warnings.filterwarnings("ignore", message="class_weight presets")
        estimator.set_params(random_state=copy.deepcopy(random_state))
        estimator.fit(X, y, **watch.fit_params)


def workers_of(estimator: Any) -> int:
    """How many members an ensemble grows at the same time."""
    from joblib import effective_n_jobs

    return int(effective_n_jobs(getattr(estimator, "n_jobs", None)))
