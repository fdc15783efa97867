"""NumPy's masked arrays: what is masked is missing, where others would take what lies below it."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_masked(values: Any) -> bool:
    """Whether this is an array with a mask, or a list of some."""
    if isinstance(values, list | tuple):
        return any(isinstance(row, np.ma.MaskedArray) for row in values)
    return isinstance(values, np.ma.MaskedArray)


def unmasked(values: Any) -> np.ndarray:
    """A plain array, with NaN (or None, where it is no array of numbers) for what is masked.

    Parameters
    ----------
    values
        For which :func:`is_masked`.

    Raises
    ------
    ValueError
        A list of arrays of unequal length.
    """
    if isinstance(values, list | tuple):
        values = np.ma.stack([np.ma.asarray(row) for row in values])
    if not np.ma.getmaskarray(values).any():
        return np.asarray(values.data)
    kind = values.dtype.kind
    if kind == "f":
        return np.asarray(values.filled(np.nan))
    if kind in "biu":
        return np.asarray(values.astype(float).filled(np.nan))
    plain = np.asarray(values.data).astype(object)
    plain[np.ma.getmaskarray(values)] = None
    return plain
