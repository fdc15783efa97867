"""A callback of LightGBM's kind: ``lightgbm.train(…, callbacks=[run_callback()])``."""

from __future__ import annotations

from typing import Any

from ..run import Run
from .fit_loop import FitLoop


def run_callback(
    run: Run | None = None, *, name: str = "lightgbm", display: bool = True
) -> RunCallback:
    """Make a callback that shows each round in a run, with what LightGBM evaluates.

    A stop ends the fit after the round that it is in; cancelling raises ``RunCancelled`` there.

    Parameters
    ----------
    run
        Where it is told; by default the run that the code is in, or one of its own.
    name
        What its own run is called.
    display
        Whether its own run shows itself.
    """
    return RunCallback(run, name=name, display=display)


class RunCallback:
    """Called by LightGBM after each round."""

    # Before LightGBM's own early stopping (30), which ends a round by an exception.
    order = 25
    before_iteration = False

    def __init__(self, run: Run | None, *, name: str, display: bool) -> None:
        self._run = run
        self._name = name
        self._display = display
        self._loop: FitLoop | None = None

    def __call__(self, environment: Any) -> None:
        """A round is over."""
        begin, end = environment.begin_iteration, environment.end_iteration
        done = environment.iteration + 1 - begin
        if self._loop is None or done == 1:
            if self._loop is not None:
                self._loop.end()  # an earlier fit, which early stopping has ended unheard
            self._loop = FitLoop(self._run, self._name, end - begin, display=self._display)
        found = environment.evaluation_result_list or []
        is_last = self._loop.step(done, {f"{one[0]}/{one[1]}": float(one[2]) for one in found})
        if is_last or done == end - begin:
            self._loop.end()
        if is_last:
            from lightgbm.callback import EarlyStopException

            raise EarlyStopException(environment.iteration, found)
