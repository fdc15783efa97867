"""The metrics of a run of one's own: checked, placed at their steps, the newest remembered.

A training loop logs far more often than anybody looks. So a call that is plainly right (known
names, floats) is only put into a list; its place among the steps is worked out when the journal's
thread, a display or the end of a stage asks, for all that came together at once.
"""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Mapping
from typing import Any

from .values import STEP_LIMIT, count, metric_name, metrics_of, number, step_of

# Names that also fill a field of the run's state.
ACCURACY = "accuracy"
PREDICTIONS = "predictions_processed"
LIVE_ACCURACY = "live_accuracy"


class MetricLog:
    """What was logged so far; a :class:`~jupyter_progress.store.journal.PointsSource`.

    Attributes
    ----------
    fields
        What the metrics say about the run's state: fields of a progress report.
    """

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self._known: set[str] = set()
        self._plain: set[str] = set()  # known, and nothing but a metric
        # Appended to by any thread without a lock; only ever cut at its beginning, under the lock.
        self._noted: list[tuple[int | None, dict[str, float]]] = []
        self._lock = threading.RLock()
        self._series: dict[str, list[tuple[float, float | None]]] = {}
        self._latest: dict[str, float | None] = {}
        self._of_stage: dict[str, float | None] = {}
        self._step: int | float = 0
        self._at_step: dict[str, Any] = {}  # only its keys count

    @property
    def latest(self) -> dict[str, float | None]:
        """The newest value of each metric."""
        with self._lock:
            self._settle()
            return self._latest

    @property
    def of_stage(self) -> dict[str, float | None]:
        """The same, since :meth:`begin_stage`."""
        with self._lock:
            self._settle()
            return self._of_stage

    @property
    def has_points(self) -> bool:
        """Whether there is something for the journal."""
        return bool(self._noted or self._series)

    def cut(self) -> dict[str, list[tuple[float, float | None]]]:
        """Take all points since the last call: steps and values by the metric's name."""
        with self._lock:
            self._settle()
            series, self._series = self._series, {}
            return series

    def note(self, named: dict[str, Any], step: Any) -> bool:
        """Keep a call that is plainly right; False where :meth:`take` has to look at it.

        The caller leaves ``named`` alone from here on.
        """
        if step is not None and (
            step.__class__ is not int or not -STEP_LIMIT <= step <= STEP_LIMIT
        ):
            return False
        plain = self._plain
        for name, value in named.items():
            if value.__class__ is not float or name not in plain:
                return False
        if not named:
            return False
        self._noted.append((step, named))
        return True

    def take(self, metrics: Mapping[str, Any] | None, named: dict[str, Any], step: Any) -> None:
        """Check what is logged, and place it.

        Raises
        ------
        InvalidRequest
            A name, a value or the step cannot be right; nothing of the call is kept.
        """
        values: dict[str, float | None] = {}
        fields: dict[str, Any] = {}
        for name, value in metrics_of(metrics, named).items():
            if name not in self._known:
                self._know(metric_name(name))
            if name == PREDICTIONS:
                fields[name] = count(name, value)
            else:
                values[name] = number(name, value)
        if step is not None:
            step = step_of(step)
        if ACCURACY in values:
            self._take_accuracy(values, fields)
        with self._lock:
            self._settle()
            at = self._place(step, values)
            for name, value in values.items():
                self._series.setdefault(name, []).append((at, value))
            self._latest.update(values)
            self._of_stage.update(values)
            self.fields.update(fields)

    def begin_stage(self) -> None:
        """From here on, metrics belong to a new stage."""
        with self._lock:
            self._settle()
            self._of_stage = {}

    def start_anew_in_child(self) -> None:
        """After a fork, in the child: the parent writes what had come together."""
        self._lock = threading.RLock()
        self._noted.clear()
        self._series = {}

    def _know(self, name: str) -> None:
        self._known.add(name)
        if name not in (ACCURACY, PREDICTIONS):
            self._plain.add(name)

    def _settle(self) -> None:
        """Place what was only noted, in the order in which it came."""
        noted = self._noted[:]
        if not noted:
            return
        del self._noted[: len(noted)]  # what was appended meanwhile stays
        series = self._series
        touched: dict[str, object] = {}
        for step, values in noted:
            at = self._place(step, values)
            touched |= values
            for name, value in values.items():
                if name in series:
                    series[name].append((at, value))
                else:
                    series[name] = [(at, value)]
        for name in touched:
            newest = series[name][-1][1]
            finite = newest if newest is not None and math.isfinite(newest) else None
            self._latest[name] = self._of_stage[name] = finite

    def _place(self, step: int | float | None, values: dict[str, Any]) -> int | float:
        """The step of a call: the one given, else that of the one before while nothing repeats.

        So ``log(loss=…)`` and ``log(accuracy=…)`` in one iteration share a step, and what is logged
        rarely lines up with what is logged always.
        """
        if step is None:
            if self._at_step.keys().isdisjoint(values):
                self._at_step = {**self._at_step, **values}
            else:
                self._step += 1
                self._at_step = values
        elif step != self._step:
            self._step = step
            self._at_step = values
        else:
            self._at_step = {**self._at_step, **values}
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
