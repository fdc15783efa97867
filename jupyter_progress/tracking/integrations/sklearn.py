"""A callback of scikit-learn's kind: ``estimator.set_callbacks(RunCallback())``.

scikit-learn 1.9 has them in pipelines, logistic regression and searches, as an experiment.
"""

from __future__ import annotations

import threading
from typing import Any

from ..run import Run
from .fit_loop import FitLoop


class RunCallback:
    """Shows the tasks of a fit that have none below them, in a run.

    Of a search these are its folds and the refit, of a logistic regression its iterations, of a
    pipeline its steps. What happens in other processes is not heard of; ``jp.observe`` shows that.

    Parameters
    ----------
    run
        Where it is told; by default the run that the code is in, or one of its own.
    name
        What its own run is called; the estimator's class by default.
    display
        Whether its own run shows itself.
    """

    def __init__(
        self, run: Run | None = None, *, name: str | None = None, display: bool = True
    ) -> None:
        self._run = run
        self._name = name
        self._display = display
        self._loop: FitLoop | None = None
        self._done = 0
        self._levels: dict[int, Any] = {}
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        # A copy in another process tells nobody: the run is in this one.
        return {"_name": self._name}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(name=state["_name"], display=False)  # type: ignore[misc]

    def setup(self, estimator: Any, context: Any) -> None:
        """The fit begins."""
        name = self._name or type(estimator).__name__
        self._done, self._levels = 0, {}
        self._loop = FitLoop(self._run, name, None, display=self._display)

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """A task begins; to be named here, or scikit-learn takes this for no callback."""

    def on_fit_task_end(self, estimator: Any, context: Any) -> bool:
        """A task is over; a true answer ends its level."""
        loop = self._loop
        if loop is None or context.parent is None or context.max_subtasks != 0:
            return False
        with self._lock:
            self._done += 1
            loop.set_total(self._total(context.parent))
            return loop.step(self._done, {})

    def _total(self, level: Any) -> int | None:
        """How many tasks there are, by the levels that were seen so far."""
        while level is not None:
            self._levels[id(level)] = level
            level = level.parent
        counts = [level.max_subtasks for level in self._levels.values()]
        # Each level but the outermost is one of those that the level above it has counted.
        return None if None in counts else sum(counts) - len(counts) + 1

    def teardown(self, estimator: Any, context: Any) -> None:
        """The fit has ended, or failed."""
        if self._loop is not None:
            self._loop.end()
            self._loop = None
