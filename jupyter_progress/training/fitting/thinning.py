"""How many of the held-out rows a look scores, where all of them would cost more than its share.

A booster's looks ask each tree once: all looks of a fit cost, per step, what the first has cost per
step. So the first one asks a sample, and by what that took it is chosen how many rows all others
ask, the same ones each time; the last score is measured on all.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

#: Of the share, for scores along the way; the rest is for what a look costs beside its rows.
_USED = 0.6
ROWS_LEAST = 200


def sample_of(rows: int) -> int:
    """How many of the held-out rows the first look asks."""
    return min(rows, max(ROWS_LEAST, rows // 8))


def rows_within(sample: int, *, looked_s: float, elapsed_s: float, max_overhead: float) -> int:
    """How many rows can be scored from here on.

    Parameters
    ----------
    sample
        Rows that the first look has asked.
    looked_s, elapsed_s
        What that took, and the fit up to it: both grow with the steps.
    """
    allowed_s = _USED * max_overhead * elapsed_s
    return max(ROWS_LEAST, math.floor(sample * allowed_s / max(looked_s, 1e-9)))


def some_of(X: Any, y: np.ndarray, rows: int) -> tuple[Any, np.ndarray]:
    """So many of the rows and their targets, in their order: always the same ones."""
    from sklearn.utils import _safe_indexing

    chosen = np.sort(np.random.default_rng(0).choice(len(y), rows, replace=False))
    return _safe_indexing(X, chosen), y[chosen]
