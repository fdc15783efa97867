"""A plain ``fit``, observed: a second thread reads what it has built so far, and scores that.

Nothing is driven: ``fit`` is called once, as a user would, and leaves what it would leave. What a
family's fit can be read by stands in a class of its own (:class:`Steps`), beside the family.
"""

from __future__ import annotations

import functools
import threading
from typing import Any, Protocol

import numpy as np

from ..interrupting import raise_in
from .last_score import score_at_the_end
from .looks import Looks
from .watch import Fitted, Watch

# Shorter than this, a look from outside comes too seldom.
OBSERVED_FROM_S = 1.0
_POLL_S = 0.05
# An exception that comes while Python finalizes an object, or in a library's callback, is lost.
_RAISE_AGAIN_S = 0.5


class StopFit(BaseException):
    """Raised inside of ``fit``, between two of its lines, to end it."""


class Steps(Protocol):
    """How the fit of one family of estimators is read while it runs."""

    #: How many steps there are in the end, at most.
    total: int

    def count(self, *, is_over: bool) -> int:
        """How many are whole; while the fit goes on, the newest may still be in the making."""

    def score(self, done: int) -> None:
        """Score the model as it stands after so many steps; called with rising numbers."""

    def complete(self) -> None:
        """Bring a fit that was ended between two steps into the form of a finished one."""


def observe(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    watch: Watch,
    steps: Steps,
    looks: Looks | None = None,
) -> Fitted:
    """Fit in one call, and score what there is meanwhile.

    Parameters
    ----------
    steps
        Made before the fit, for this estimator.
    looks
        Where they also keep checkpoints, or go on from others.
    """
    observer = Observer(steps, watch, looks)
    was_ended = not observer.sees_through(estimator, X, y)
    if was_ended:
        steps.complete()
    done = steps.count(is_over=True)
    observer.looks.finish(done, lambda: steps.score(done))
    return Fitted(stopped=was_ended and done < steps.total)


def observe_plainly(estimator: Any, X: Any, y: np.ndarray, watch: Watch) -> Fitted:
    """Fit in one call that shows nothing from inside; it can be left all the same."""
    Observer(NoSteps(), watch).sees_through(estimator, X, y)
    score_at_the_end(estimator, watch)
    return Fitted()


class Unstoppable:
    """Steps of a fit that cannot be ended with what it has so far; it can be dropped."""

    can_be_stopped = False

    def complete(self) -> None:
        """Never called: such a fit is not stopped."""


class NoSteps(Unstoppable):
    """A fit that shows nothing."""

    total = 1

    def count(self, *, is_over: bool) -> int:
        """None."""
        return 0

    def score(self, done: int) -> None:
        """Nothing."""


class Observer:
    """Looks at a running fit from a thread of its own.

    Parameters
    ----------
    steps
        Of the estimator whose ``fit`` the thread that makes this object is about to call.
    """

    def __init__(self, steps: Steps, watch: Watch, looks: Looks | None = None) -> None:
        self._steps = steps
        self._watch = watch
        self._fitting_thread = threading.get_ident()
        self.looks = looks or Looks(watch, steps.total, asks=getattr(steps, "asks", None))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._observe, name="observer", daemon=True)

    def sees_through(self, estimator: Any, X: Any, y: np.ndarray) -> bool:
        """Call ``fit`` while looking; False where it was ended between two of its lines, as asked.

        Raises
        ------
        BaseException
            What ``fit`` raises, and what the watch raises of a fit that is to be dropped.
        """
        self._thread.start()
        try:
            try:
                self._watch.call_fit(estimator, X, y, **self._watch.fit_params)
            finally:
                self.end()
        except StopFit:
            self.end()
            self._watch.asked.check()
            return False
        return True

    def end(self) -> None:
        """Look no more; on return nothing is raised in the fitting thread any more."""
        self._ended.set()
        self._thread.join()
        raise_in(self._fitting_thread, None)

    def _observe(self) -> None:
        while not self._ended.wait(_POLL_S):
            done = self._steps.count(is_over=False)
            if done:
                self.looks.offer(done, functools.partial(self._steps.score, done))
            if self._is_to_end(done):
                self._raise_until_it_ends()
                return

    def _raise_until_it_ends(self) -> None:
        while not self._ended.is_set():
            raise_in(self._fitting_thread, StopFit)
            self._ended.wait(_RAISE_AGAIN_S)

    def _is_to_end(self, done: int) -> bool:
        try:
            self._watch.asked.check()
        except BaseException:
            return True  # raised again in the fitting thread, once it has left fit
        can_be_stopped = getattr(self._steps, "can_be_stopped", True)
        return done > 0 and can_be_stopped and self._watch.asked.to_stop
