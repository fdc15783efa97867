"""What is to be predicted of each row: one target, or several at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...errors import UnsuitableData
from .masked import is_masked, unmasked


def as_targets(y: Any, field: str) -> np.ndarray:
    """Bring targets into shape.

    Parameters
    ----------
    y
        Anything of one or two dimensions. One column is one target.

    Returns
    -------
    ndarray
        Of shape (rows,), or (rows, targets) of at least two.

    Raises
    ------
    UnsuitableData
        It has another shape.
    """
    if is_masked(y):
        y = unmasked(y)
    array = y.to_numpy() if hasattr(y, "to_numpy") else np.asarray(y)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] == 0):
        raise UnsuitableData(
            field, f"y has the shape {array.shape}; expected (rows,), or (rows, targets) of several"
        )
    return array


def count_targets(y: np.ndarray) -> int:
    """How many targets each row has."""
    return 1 if y.ndim == 1 else int(y.shape[1])


def each_target(y: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The targets one by one, of shape (rows,), with what a message calls them."""
    if y.ndim == 1:
        yield "the target", y
        return
    for place in range(y.shape[1]):
        yield f"target {place + 1} of {y.shape[1]}", y[:, place]
