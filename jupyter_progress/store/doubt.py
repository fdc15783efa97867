"""Finding the one line that the log cannot hold, where a whole batch of lines was refused.

Lines are checked when they are read. Should one get through that the database or the codec does not
take, its batch fails as a whole, and would do so for ever. So batches are halved until that line
stands alone; then it is passed over, and everybody else's lines go on.
"""

from __future__ import annotations

import sqlite3
from typing import TypeAlias

Place: TypeAlias = tuple[str, str, int]  # origin, writer, sequence

_ABOUT_VALUES = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)


def is_about_lines(error: Exception) -> bool:
    """Whether what was to be written is to blame, and not the disk or the database."""
    if isinstance(error, OSError):
        return False
    return not isinstance(error, sqlite3.Error) or isinstance(error, _ABOUT_VALUES)


class Doubt:
    """Which lines are passed over, and how many may be taken at once while one is looked for.

    Attributes
    ----------
    limit
        The most lines of the next batch; None while nothing is looked for.
    """

    def __init__(self) -> None:
        self.limit: int | None = None
        self._refused: set[Place] = set()
        # Two lines in a row of which each fails alone, with nothing written in between, are not
        # to blame: then nothing can be written, and no further line is given up.
        self._may_refuse = True

    def is_refused(self, place: Place) -> bool:
        """Whether a line is passed over."""
        return place in self._refused

    def succeeded(self) -> None:
        """A batch was written."""
        self._may_refuse = True
        if self.limit is not None:
            self.limit *= 2
            if self.limit > 1 << 16:
                self.limit = None

    def failed(self, lines: int, last: Place | None) -> Place | None:
        """A batch was refused.

        Parameters
        ----------
        lines
            How many it had.
        last
            The last of them.

        Returns
        -------
        Place or None
            The line that is passed over from now on.

        Raises
        ------
        NothingHolds
            It cannot be the lines.
        """
        if lines > 1:
            self.limit = lines // 2
            return None
        if last is None or not self._may_refuse:
            raise NothingHolds
        self._refused.add(last)
        self._may_refuse = False
        self.limit = None
        return last


class NothingHolds(Exception):
    """Nothing at all can be written, for a reason that is none of the lines."""
