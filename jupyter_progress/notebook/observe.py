"""``jp.observe``: a plain ``fit`` in the user's own process, shown live."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

import numpy as np

from ..core.stages import PlannedStage, title_of
from ..errors import InvalidRequest
from ..store.control import Control
from ..tracking import arguments
from ..training.fit_calls import FitCalls
from ..training.followed_fit import FollowedFit, HeldOut, rows_of
from ..training.scoring_checks import check_scorer_name
from .own_runs import Run

STAGE = "train"


def observe(
    estimator: Any,
    X_val: Any = None,
    y_val: Any = None,
    *,
    name: str | None = None,
    scoring: str | None = None,
    max_overhead: float = 0.03,
    tags: Iterable[str] = (),
    display: bool = True,
    data_dir: str | os.PathLike[str] | None = None,
) -> Observation:
    """Show the plain ``fit`` of an estimator live, in this kernel or script.

    ::

        with jp.observe(model, X_val, y_val):
            model.fit(X, y)

    The model is the one that ``fit`` alone would have given, bit for bit: nothing is driven, it is
    only looked at. An estimator whose fit shows nothing from inside shows its elapsed time, and the
    run says so. An exception that leaves the block ends the run as failed.

    Parameters
    ----------
    estimator
        Anything with ``fit``; of a pipeline, the last step is looked at.
    X_val, y_val
        Rows that it is not fitted on, and their targets, to be scored on while it is fitted; None:
        there are no live scores.
    name
        What the run is called; made from the estimator by default.
    scoring
        A scikit-learn scorer's name, for the live score.
    max_overhead
        The share of the time of the fit that watching it may cost.
    tags
        For finding the run again.
    display
        Whether it shows itself.
    data_dir
        Where it is kept; Jupyter's data directory by default.

    Returns
    -------
    Observation
        A ``jp.Run``, to be used in a ``with`` block.

    Raises
    ------
    InvalidRequest
        An argument cannot be right; the message says which and what was expected.
    """
    _check_estimator(estimator)
    if scoring is not None:
        check_scorer_name(arguments.text("scoring", scoring))
    share = arguments.number("max_overhead", max_overhead)
    if not 0.0 <= share <= 1.0:
        raise InvalidRequest("max_overhead", f"is {share:g}; expected a share from 0 to 1")
    held_out = HeldOut(X_val, _targets(X_val, y_val), scoring, share)
    called = type(estimator).__name__ if name is None else name
    return Observation(
        estimator, held_out, name=called, tags=tags, display=display, data_dir=data_dir
    )


class Observation(Run):
    """A run of this process whose steps are those of the fits that happen in its block."""

    def __init__(self, estimator: Any, held_out: HeldOut, *, name: str, **options: Any) -> None:
        super().__init__(name, stages=[STAGE], **options)
        self._estimator = estimator
        self._held_out = held_out
        self._fits = 0
        self._current: FollowedFit | None = None
        self._calls = [FitCalls(estimator, self._outer_fit)]
        inner = _last_step(estimator)
        if inner is not estimator:
            self._calls.append(FitCalls(inner, self._inner_fit))
        self._is_outside = True

    def start(self) -> Self:
        """Begin, and look at the estimator's fits from here on."""
        super().start()
        try:
            for calls in self._calls:
                calls.begin()
        except TypeError:
            kind = type(self._estimator).__name__
            self.note(f"{kind} cannot be looked at; only this block's time is shown")
        return self

    def finish(self, error: BaseException | None = None, *, left_early: bool = False) -> None:
        """End it, and look no more."""
        for calls in self._calls:
            calls.end()
        if self.is_active and error is None and not self._fits and self.asked != "cancel":
            kind = type(self._estimator).__name__
            self.note(
                f"this {kind} was not fitted in the block; expected `estimator.fit(X, y)` of the "
                "very object that was given to jp.observe",
                level="warning",
            )
        super().finish(error, left_early=left_early)

    # The fits

    def _outer_fit(
        self, plain: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if not self.is_active:
            return plain(*args, **kwargs)
        self._fits += 1
        with self._stage_of_fit():
            if len(self._calls) == 1:
                return self._follow(self._estimator, self._held_out, plain, args, kwargs)
            self._is_outside = False
            try:
                return plain(*args, **kwargs)
            finally:
                self._is_outside = True

    def _stage_of_fit(self) -> AbstractContextManager[None]:
        """A stage for each fit; none in a stage of the user's own, or beside another fit."""
        self.raise_if_cancelled()
        if self.has_stage:
            return nullcontext()
        name = STAGE if self._fits == 1 else f"{STAGE} {self._fits}"
        if self._fits > 1:
            self._planned.append(PlannedStage(id=name, title=title_of(name)))
        return self.stage(name)

    def _inner_fit(
        self, plain: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """The fit of a pipeline's last step, once the steps before it are fitted."""
        if self._is_outside:
            return plain(*args, **kwargs)
        held_out = self._held_out
        if held_out.y is not None:
            held_out = HeldOut(
                _transformed(self._estimator, held_out.X),
                held_out.y,
                held_out.scoring,
                held_out.max_overhead,
            )
        inner = _last_step(self._estimator)
        return self._follow(inner, held_out, plain, args, kwargs)

    def _follow(
        self,
        estimator: Any,
        held_out: HeldOut,
        plain: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        try:
            fit = self._current = FollowedFit(self, estimator, held_out)
        except Exception as failure:
            self.note(
                f"this fit is not shown: {type(failure).__name__}: {failure}", level="warning"
            )
            return plain(*args, **kwargs)
        self.say(can_stop=fit.can_be_stopped)
        if not fit.shows_steps:
            scored = "" if held_out.y is None else ", and the score at its end"
            self.note(
                f"{type(estimator).__name__} shows no inner progress: its fit is one call; the "
                f"elapsed time is shown{scored}"
            )
        try:
            return fit.call(plain, args, kwargs)
        finally:
            self._current = None

    # What a followed fit tells

    def log_at(self, step: int, values: dict[str, float | None]) -> None:
        """Take metrics of a step of the fit; none where the run is over or not wanted any more."""
        if self.is_active and self.asked != "cancel":
            self.log(values, step=step)

    def tell_fact(self, kind: str, facts: dict[str, Any]) -> None:
        """Take a fact of the fit: a search's fold, or candidate."""
        with self._lock:
            if self.is_active and self._record is not None:
                self._record.fact_in_passing(kind, facts)

    def _hear(self, control: Control) -> None:
        super()._hear(control)
        fit = self._current
        if control.action == "stop" and fit is not None and not fit.can_be_stopped:
            self.note(
                "this fit cannot be ended with what it has so far, so it goes on to its end; "
                "cancelling the run ends it without a model",
                level="warning",
            )


def _check_estimator(estimator: Any) -> None:
    if isinstance(estimator, type):
        raise InvalidRequest(
            "estimator",
            f"is the class {estimator.__name__}; expected an object: {estimator.__name__}()",
        )
    if not callable(getattr(type(estimator), "fit", None)):
        raise InvalidRequest(
            "estimator",
            f"{arguments.of_type(estimator)}, which has no fit(); expected an estimator",
        )


def _targets(X_val: Any, y_val: Any) -> np.ndarray | None:
    """The targets to score against; None where there are no rows.

    Raises
    ------
    InvalidRequest
        One of the two is missing, or they do not belong together.
    """
    if (X_val is None) != (y_val is None):
        given, missing = ("X_val", "y_val") if y_val is None else ("y_val", "X_val")
        raise InvalidRequest(missing, f"is missing; {given} alone cannot be scored on")
    if y_val is None:
        return None
    targets = np.asarray(y_val)
    if targets.ndim == 2 and targets.shape[1] == 1:
        targets = targets[:, 0]
    if targets.ndim != 1:
        raise InvalidRequest(
            "y_val", f"has {targets.ndim} dimensions; expected one target a row for the live score"
        )
    rows = rows_of(X_val, None)
    if rows != len(targets):
        raise InvalidRequest("y_val", f"has {len(targets):,} targets for {rows:,} rows of X_val")
    return targets


def _last_step(estimator: Any) -> Any:
    """What of an estimator is fitted last and longest: of a pipeline, its last step."""
    from sklearn.pipeline import Pipeline

    while type(estimator) is Pipeline and estimator.steps:
        last = estimator.steps[-1][1]
        if not hasattr(last, "fit"):
            break
        estimator = last
    return estimator


def _transformed(pipeline: Any, rows: Any) -> Any:
    """Rows as the last step of a pipeline takes them, by the steps before it, which are fitted."""
    from sklearn.pipeline import Pipeline

    while type(pipeline) is Pipeline:
        for _name, step in pipeline.steps[:-1]:
            if step is not None and step != "passthrough":
                rows = step.transform(rows)
        pipeline = pipeline.steps[-1][1]
    return rows
