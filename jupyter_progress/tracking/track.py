"""``for item in jp.track(items)``: a loop that shows where it is.

An iteration costs one attribute written and one read; the run's own thread does all the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Generic, TypeVar

from . import arguments
from .current import innermost_run
from .loops import Loop, checked_total
from .run import Run

T = TypeVar("T")

STAGE = "loop"


class Tracked(Generic[T]):
    """An iterable whose iterations are counted, in a given run or in the one that it is in."""

    def __init__(
        self,
        iterable: Iterable[T],
        total: int | None,
        name: str | None,
        display: bool,
        run: Run | None = None,
    ) -> None:
        self._total = checked_total(iterable, total, name)
        self._iterable = iterable
        self._name = name
        self._display = arguments.is_true("display", display)
        self._run = run

    def __len__(self) -> int:
        if self._total is None:
            raise TypeError("the number of iterations is not known")
        return self._total

    def __iter__(self) -> Iterator[T]:
        run = self._run or innermost_run()
        with ExitStack() as scope:
            loop = Loop(self._name, self._total)
            if run is None:
                run = scope.enter_context(_own_run(self._name or STAGE, loop, self._display))
            if not run.has_stage:
                scope.enter_context(run.stage(self._name or STAGE))
            run.begin_loop(loop)
            scope.callback(run.end_loop, loop)
            if run.asked is None:
                for done, item in enumerate(self._iterable, 1):
                    yield item
                    loop.done = done
                    if run.asked is not None:
                        break
            run.raise_if_cancelled()


@contextmanager
def _own_run(name: str, loop: Loop, display: bool) -> Iterator[Run]:
    """A run for one loop alone."""
    run = Run(name, stages=[name], display=display).start()
    try:
        yield run
    except GeneratorExit:
        # Left by break, or by an exception in the body: from here the two look the same.
        run.finish(left_early=loop.total is None or loop.done < loop.total)
        raise
    except BaseException as error:
        run.finish(error)
        raise
    run.finish()


def track(
    iterable: Iterable[T],
    total: int | None = None,
    name: str | None = None,
    *,
    display: bool = True,
) -> Tracked[T]:
    """Go through something, with its progress shown and kept.

    Inside of a run it moves the run's current stage; outside it is a run of its own. Somebody who
    stops the run ends the loop at its next iteration; cancelling raises RunCancelled there.

    Parameters
    ----------
    iterable
        What to go through.
    total
        How many items there are, where ``len`` does not tell.
    name
        What it is called.
    display
        Whether a run of its own shows itself.

    Returns
    -------
    Tracked
        The same items.

    Raises
    ------
    InvalidRequest
        An argument cannot be right.
    """
    return Tracked(iterable, total, name, display)
