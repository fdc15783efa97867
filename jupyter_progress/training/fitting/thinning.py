"""How many of the held-out rows a look scores, where all of them would cost more than its share.

The first look asks a sample, and by what that took it is chosen how many rows all others ask, the
same ones each time; the last score is measured on all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import numpy as np

from .pace import WANTED

#: Of the share, for scores along the way; the rest is for what a look costs beside its rows, and
#: for a first look that was quicker than those to come.
_USED = 0.5
ROWS_LEAST = 200


@dataclass(frozen=True)
class FirstLook:
    """What the first look at a fit has shown.

    Parameters
    ----------
    rows
        How many it has asked.
    copied_s, took_s
        What it took to take these rows from all of them, and to score them.
    likely_s
        What the fit is likely to take to its last step, by those so far.
    part
        How much of the steps it has asked, from 0 to 1.
    """

    rows: int
    copied_s: float
    took_s: float
    likely_s: float
    part: float

    def rows_within(self, looks_s: float, max_overhead: float) -> int:
        """How many rows are paid by the share; enough for a score in any case.

        Parameters
        ----------
        looks_s
            What all looks together would take with as many rows as the first one.
        """
        allowed_s = _USED * max_overhead * self.likely_s
        return max(
            ROWS_LEAST, math.floor(self.rows * allowed_s / max(looks_s + self.copied_s, 1e-9))
        )


class Asks(Enum):
    """What each look at a fit asks of the held-out rows."""

    #: Each step once: in all, the looks cost per step what the first one did.
    WHAT_IS_NEW = auto()
    #: All steps anew: as many looks as are wanted are to be paid.
    THE_WHOLE_MODEL = auto()

    def rows_within(self, first: FirstLook, max_overhead: float) -> int:
        """How many rows the looks after the first one can ask."""
        is_new = self is Asks.WHAT_IS_NEW
        looks_s = first.took_s / first.part if is_new else WANTED * first.took_s
        return first.rows_within(looks_s, max_overhead)


def sample_of(rows: int) -> int:
    """How many of the held-out rows the first look asks."""
    return min(rows, max(ROWS_LEAST, rows // 20))


def some_of(X: Any, y: np.ndarray, rows: int) -> tuple[Any, np.ndarray]:
    """So many of the rows and their targets, in their order: always the same ones."""
    from sklearn.utils import _safe_indexing

    chosen = np.sort(np.random.default_rng(0).choice(len(y), rows, replace=False))
    return _safe_indexing(X, chosen), y[chosen]
