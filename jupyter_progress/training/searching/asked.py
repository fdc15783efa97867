"""What is asked of a run, as its search asks for it."""

from __future__ import annotations

from typing import Protocol

from ..asked import Asked, Interrupted


class AskedOfSearch:
    """Stops, skips and ends a search as its run is asked to.

    Parameters
    ----------
    asked
        Of the run.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    @property
    def to_stop(self) -> bool:
        """Fit no further fold, and go on with the best so far."""
        return self._asked.to_stop and not self.to_end

    @property
    def to_end(self) -> bool:
        """Fit no further fold; nothing is made of it."""
        return self._asked.to_cancel or self._asked.to_interrupt

    def check(self) -> None:
        """Leave the search before its refit, where nothing is to be made of it.

        Raises
        ------
        Cancelled
        Interrupted
            Its folds are kept, for the next attempt.
        """
        self._asked.check()
        if self._asked.to_interrupt:
            raise Interrupted

    def take_skips(self) -> list[tuple[int | None, str]]:
        """The candidates that were given up since the last call, and by whom."""
        return self._asked.take_skips()


class Endable(Protocol):
    """Whose fit it is; see ``training.fitting.watch``."""

    @property
    def to_stop(self) -> bool:
        """Keep what there is and finish."""

    def check(self) -> None:
        """Raise where the run is dropped."""


class AskedOfFit:
    """Stops and ends a search that somebody else has called, and gives up no candidate of it.

    Parameters
    ----------
    asked
        Of the run that the fit is told in.
    """

    def __init__(self, asked: Endable) -> None:
        self._asked = asked

    @property
    def to_stop(self) -> bool:
        """Fit no further fold, and go on with the best so far."""
        return self._asked.to_stop

    @property
    def to_end(self) -> bool:
        """Fit no further fold; nothing is made of it."""
        try:
            self._asked.check()
        except BaseException:
            return True  # raised again in the thread that fits, between two rounds
        return False

    def check(self) -> None:
        """Leave the search before its refit, where nothing is to be made of it."""
        self._asked.check()

    def take_skips(self) -> list[tuple[int | None, str]]:
        """Give up nothing."""
        return []
