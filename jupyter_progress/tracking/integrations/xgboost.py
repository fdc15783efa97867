"""A callback of XGBoost's kind: ``xgboost.train(…, callbacks=[RunCallback()])``."""

from __future__ import annotations

from typing import Any

from xgboost.callback import TrainingCallback

from ..run import Run
from .fit_loop import FitLoop


class RunCallback(TrainingCallback):  # type: ignore[misc]
    """Shows each round in a run, with what XGBoost evaluates.

    A stop ends the fit after the round that it is in; cancelling raises ``RunCancelled`` there.

    Parameters
    ----------
    run
        Where it is told; by default the run that the code is in, or one of its own.
    total
        How many rounds there will be: XGBoost does not tell its callbacks.
    name
        What its own run is called.
    display
        Whether its own run shows itself.
    """

    def __init__(
        self,
        run: Run | None = None,
        *,
        total: int | None = None,
        name: str = "xgboost",
        display: bool = True,
    ) -> None:
        super().__init__()
        self._run = run
        self._total = total
        self._name = name
        self._display = display
        self._loop: FitLoop | None = None

    def before_training(self, model: Any) -> Any:
        """Begin."""
        self._loop = FitLoop(self._run, self._name, self._total, display=self._display)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """A round is over; a true answer ends the fit."""
        assert self._loop is not None
        metrics = {
            f"{rows}/{metric}": _newest(values)
            for rows, measured in evals_log.items()
            for metric, values in measured.items()
        }
        return self._loop.step(epoch + 1, metrics)

    def after_training(self, model: Any) -> Any:
        """End."""
        assert self._loop is not None
        self._loop.end()
        return model


def _newest(values: Any) -> float:
    newest = values[-1]
    # In cross-validation, a mean and its spread.
    return float(newest[0] if isinstance(newest, tuple) else newest)
