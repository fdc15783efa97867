"""The rounds of a booster of another library, told by its own callback after each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .looks import Looks
from .thinning import Asks
from .watch import Watch


class Rounds:
    """Hears of each round; the library's callback stands in a file of its own and calls this.

    Parameters
    ----------
    score
        Given the booster and how many rounds it has: scores the held-out rows.
    """

    def __init__(self, watch: Watch, score: Callable[[Any, int], None]) -> None:
        self._watch = watch
        self._score = score
        self._looks: Looks | None = None
        self._booster: Any = None
        #: How many rounds are over.
        self.done = 0
        #: Whether a round was the last one because somebody asked for that.
        self.stopped = False

    def hear(self, booster: Any, done: int, total: int) -> bool:
        """Take a round that is over; answers whether it is to be the last one.

        Raises
        ------
        Cancelled
            The run is dropped.
        """
        self._watch.asked.check()
        self._looks = self._looks or Looks(self._watch, total, asks=Asks.WHAT_IS_NEW)
        self._booster, self.done = booster, done
        self._looks.offer(done, lambda: self._score(booster, done))
        self.stopped = self._watch.asked.to_stop and done < total
        return self.stopped

    def finish(self) -> None:
        """Score what the last look has not seen."""
        if self._looks is not None:
            self._looks.finish(self.done, lambda: self._score(self._booster, self.done))
