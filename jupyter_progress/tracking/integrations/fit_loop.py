"""One fit of a library as a stage of a run: its steps are counted, what it measures is logged."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from ..current import innermost_run
from ..loops import Loop
from ..run import Run

STAGE = "train"


class FitLoop:
    """A fit under way.

    Parameters
    ----------
    run
        Where it is told; None: the run that the code is in, or one of its own.
    name
        What its own run is called.
    total
        Steps in the end, where that is known.
    display
        Whether its own run shows itself.
    """

    def __init__(self, run: Run | None, name: str, total: int | None, *, display: bool) -> None:
        known = run or innermost_run()
        self._is_own = known is None
        self.run = known or Run(name, stages=[STAGE], display=display).start()
        self._loop = Loop(STAGE, total)
        self._scope = ExitStack()
        if not self.run.has_stage:
            self._scope.enter_context(self.run.stage(STAGE))
        self.run.begin_loop(self._loop)
        self._scope.callback(self.run.end_loop, self._loop)
        self._has_ended = False

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self._has_ended or not self.run.is_active

    def set_total(self, total: int | None) -> None:
        """Know how many steps there will be."""
        self._loop.total = total

    def step(self, done: int, metrics: dict[str, Any]) -> bool:
        """Take a step that is over; answers whether the fit is to end with it.

        Raises
        ------
        RunCancelled
            Somebody cancelled the run.
        """
        if self.has_ended:
            return False
        try:
            self.run.raise_if_cancelled()
        except BaseException as error:
            self.end(error)
            raise
        self._loop.done = done
        if metrics:
            self.run.log(metrics, step=done)
        return self.run.asked == "stop"  # a cancel is raised, by the next step

    def end(self, error: BaseException | None = None) -> None:
        """The fit is over; harmless where that is known."""
        if self._has_ended:
            return
        self._has_ended = True
        if error is None:
            self._scope.close()
        else:
            self._scope.__exit__(type(error), error, error.__traceback__)
        if self._is_own:
            self.run.finish(error)
