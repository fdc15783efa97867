"""The metrics of a run of one's own: checked, placed at their steps, the newest remembered."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from .values import count, metric_name, metrics_of, number, step_of

# Names that also fill a field of the run's state.
ACCURACY = "accuracy"
PREDICTIONS = "predictions_processed"
LIVE_ACCURACY = "live_accuracy"


class MetricLog:
    """What was logged so far.

    Attributes
    ----------
    latest
        The newest value of each metric.
    of_stage
        The same, since :meth:`begin_stage`.
    fields
        What the metrics say about the run's state: fields of a progress report.
    """

    def __init__(self) -> None:
        self.latest: dict[str, float | None] = {}
        self.of_stage: dict[str, float | None] = {}
        self.fields: dict[str, Any] = {}
        self._known: set[str] = set()
        self._step: int | float = 0
        self._at_step: set[str] = set()

    def take(
        self, metrics: Mapping[str, Any] | None, named: dict[str, Any], step: Any
    ) -> tuple[int | float, dict[str, float | None]]:
        """Check what is logged, and place it.

        Returns
        -------
        (number, dict)
            The step, and the values that belong into series.

        Raises
        ------
        InvalidRequest
            A name, a value or the step cannot be right; nothing of the call is kept.
        """
        values: dict[str, float | None] = {}
        fields: dict[str, Any] = {}
        for name, value in metrics_of(metrics, named).items():
            if name not in self._known:
                self._known.add(metric_name(name))
            if name == PREDICTIONS:
                fields[name] = count(name, value)
            else:
                values[name] = number(name, value)
        if step is not None:
            step = step_of(step)
        if ACCURACY in values:
            self._take_accuracy(values, fields)
        at = self._place(step, values)
        self.latest.update(values)
        self.of_stage.update(values)
        self.fields.update(fields)
        return at, values

    def begin_stage(self) -> None:
        """From here on, metrics belong to a new stage."""
        self.of_stage = {}

    def _place(self, step: int | float | None, values: dict[str, float | None]) -> int | float:
        """The step of a call: the one given, else that of the one before while nothing repeats.

        So ``log(loss=…)`` and ``log(accuracy=…)`` in one iteration share a step, and what is logged
        rarely lines up with what is logged always.
        """
        if step is not None:
            if step != self._step:
                self._step, self._at_step = step, set()
        elif not self._at_step.isdisjoint(values):
            self._step += 1
            self._at_step = set()
        self._at_step.update(values)
        return self._step

    def _take_accuracy(self, values: dict[str, float | None], fields: dict[str, Any]) -> None:
        accuracy = values[ACCURACY]
        if accuracy is None:
            return
        if 0.0 <= accuracy <= 1.0:
            values[LIVE_ACCURACY] = fields[LIVE_ACCURACY] = accuracy
            return
        # A percentage, most likely. Not worth ending a training for.
        warnings.warn(
            f"accuracy={accuracy:g} is not a share from 0 to 1; it is logged as a metric, but not "
            "shown as the run's live accuracy",
            stacklevel=4,
        )
