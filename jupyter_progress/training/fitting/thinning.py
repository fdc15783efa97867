"""How many of the held-out rows a look scores, where all of them would cost more than its share.

The first look asks a sample, and by what that took it is chosen how many rows all others ask, the
same ones each time; the last score is measured on all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from .pace import WANTED

#: Of the share, for scores along the way; the rest is for what a look costs beside its rows.
_USED = 0.6
ROWS_LEAST = 200


@dataclass(frozen=True)
class FirstLook:
    """What the first look at a fit has shown.

    Parameters
    ----------
    rows
        How many it has asked.
    took_s, elapsed_s
        What that took, and the fit up to it.
    done, total
        Steps.
    """

    rows: int
    took_s: float
    elapsed_s: float
    done: int
    total: int

    def rows_within(self, allowed_s: float) -> int:
        """How many rows are asked in so many seconds; enough for a score in any case."""
        return max(ROWS_LEAST, math.floor(self.rows * allowed_s / max(self.took_s, 1e-9)))


#: Given the first look and the share that all of them may cost, the rows from there on.
RowsWithin: TypeAlias = Callable[[FirstLook, float], int]


def rows_added_up(first: FirstLook, max_overhead: float) -> int:
    """Rows of looks that ask what is new: in all they cost, per step, what the first one did."""
    return first.rows_within(_USED * max_overhead * first.elapsed_s)


def rows_asked_anew(first: FirstLook, max_overhead: float) -> int:
    """Rows of looks that ask the whole model each time: as many looks as are wanted are paid."""
    likely_s = first.elapsed_s * first.total / first.done
    return first.rows_within(_USED * max_overhead * likely_s / WANTED)


def sample_of(rows: int) -> int:
    """How many of the held-out rows the first look asks."""
    return min(rows, max(ROWS_LEAST, rows // 8))


def some_of(X: Any, y: np.ndarray, rows: int) -> tuple[Any, np.ndarray]:
    """So many of the rows and their targets, in their order: always the same ones."""
    from sklearn.utils import _safe_indexing

    chosen = np.sort(np.random.default_rng(0).choice(len(y), rows, replace=False))
    return _safe_indexing(X, chosen), y[chosen]
