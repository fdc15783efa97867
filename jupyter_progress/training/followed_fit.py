"""One call of ``fit`` that somebody else has made, followed: live scores without driving it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from .asked import Cancelled
from .fitting import Watch
from .fitting.choose import can_be_stopped, choose_observation
from .fitting.observing import observe_plainly


class FollowsFits(Protocol):
    """Whose fit it is: where it is told of, and what people ask of it."""

    #: None, "stop" or "cancel".
    asked: str | None

    def raise_if_cancelled(self) -> None:
        """Raise where somebody cancelled the run."""

    def say(self, **fields: Any) -> None:
        """Take the fields of a progress report."""

    def log_at(self, step: int, values: dict[str, float | None]) -> None:
        """Take metrics of a step."""

    def tell_fact(self, kind: str, facts: dict[str, Any]) -> None:
        """Take a fact of a search: its type and data."""

    def note(self, text: str, *, level: str = "info") -> None:
        """Take a line for the activity feed."""


@dataclass(frozen=True)
class HeldOut:
    """Rows to score on, and how.

    Parameters
    ----------
    X, y
        None where there are none.
    """

    X: Any
    y: np.ndarray | None
    scoring: str | None
    max_overhead: float


class FollowedFit:
    """One fit; made anew for each call.

    Parameters
    ----------
    run
        Where it is told of.
    estimator
        No pipeline: of one, its last step.
    held_out
        Its rows are as the estimator takes them.
    """

    def __init__(self, run: FollowsFits, estimator: Any, held_out: HeldOut) -> None:
        self._run = run
        self._estimator = estimator
        self._held_out = held_out
        self._way = choose_observation(estimator)

    @property
    def shows_steps(self) -> bool:
        """Whether it shows more than its end."""
        return self._way is not observe_plainly

    @property
    def can_be_stopped(self) -> bool:
        """Whether it can be ended with what it has."""
        return can_be_stopped(self._way)

    def call(self, plain: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make the call, followed.

        Raises
        ------
        RunCancelled
            Somebody cancelled the run.
        """
        answers: list[Any] = []
        has_begun = False

        def call_fit(_estimator: Any, _X: Any, _y: Any, **more: Any) -> Any:
            nonlocal has_begun
            has_begun = True
            answers.append(plain(*args, **_joined(kwargs, more)))
            return answers[-1]

        X = args[0] if args else kwargs.get("X")
        y = args[1] if len(args) > 1 else kwargs.get("y")
        if "monitor" in kwargs or len(args) > 2:
            self._way = observe_plainly  # the library's one place for a callback is taken
        try:
            self._way(self._estimator, X, y, self._watch(X, y, call_fit))
        except Cancelled:
            self._run.raise_if_cancelled()
            raise
        except Exception as failure:
            if has_begun and not answers:
                raise  # the fit's own
            # What goes wrong in looking, before the fit or after it, is told and reaches nobody.
            self._tell_of(failure)
            return answers[0] if answers else plain(*args, **kwargs)
        return answers[0] if answers else self._estimator

    def _tell_of(self, failure: Exception) -> None:
        traceback.print_exc()
        self._run.note(
            f"this fit is not shown whole: {type(failure).__name__}: {failure}", level="warning"
        )

    def _watch(self, X: Any, y: Any, call_fit: Callable[..., Any]) -> Watch:
        held_out = self._held_out
        return Watch(
            X=held_out.X,
            y=held_out.y,
            is_classifier=is_scored_by_accuracy(self._estimator, held_out.y),
            scoring=held_out.scoring,
            max_overhead=held_out.max_overhead,
            asked=self,
            report=self._report,
            log_metrics=self._run.log_at,
            warn=lambda text: self._run.note(text, level="warning"),
            inform=self._run.note,
            train_rows=rows_of(X, y),
            call_fit=call_fit,
            tell_fact=self._run.tell_fact,
        )

    def _report(self, *, stage: str, **fields: Any) -> None:
        # The run knows which stage it is in; a second fit is in another one.
        self._run.say(**fields)

    # What the watch asks

    @property
    def to_stop(self) -> bool:
        """Whether what there is so far is to be kept."""
        # A run that is dropped is not stopped too: a cancel that comes during a look is raised
        # after the next step, and no fit that it cut short passes for one that is whole.
        return self._run.asked == "stop"

    def check(self) -> None:
        """Leave a fit that is not wanted any more."""
        try:
            self._run.raise_if_cancelled()
        except Exception:
            # No library's handler of exceptions is to take it; told as what it is further up.
            raise Cancelled from None


def _joined(given: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the call, with a way's own: callbacks come beside those that are there."""
    callbacks = [*(given.get("callbacks") or ()), *(more.get("callbacks") or ())]
    joined = {**given, **more}
    return {**joined, "callbacks": callbacks} if callbacks else joined


def rows_of(X: Any, y: Any) -> int:
    """How many rows a fit is given; 0 where that cannot be told."""
    for given in (X, y):
        if getattr(given, "shape", None):
            return int(given.shape[0])
        try:
            return len(given)
        except TypeError:
            continue
    return 0


def is_scored_by_accuracy(estimator: Any, y: np.ndarray | None) -> bool:
    """Whether an estimator predicts classes; one that does not say so is judged by its targets."""
    from sklearn.utils.multiclass import type_of_target

    from .estimators import task_of

    task = task_of(estimator)
    if task is not None or y is None:
        return task == "classification"
    return not type_of_target(y).startswith("continuous")
