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
    array = _of_frame(y) if hasattr(y, "iloc") else _plain(y)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] == 0):
        raise UnsuitableData(
            field, f"y has the shape {array.shape}; expected (rows,), or (rows, targets) of several"
        )
    return array


def _plain(values: Any) -> np.ndarray:
    return np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)


def _of_frame(y: Any) -> np.ndarray:
    """A frame's columns, or a single one, as numbers wherever all of them are some.

    A frame whose columns differ in type, or whose types know missing values, becomes an array of
    objects as a whole, which no classifier takes for classes. Plain ``fit`` makes numbers of it.
    """
    if y.ndim == 1:
        return _of_column(y)
    kinds = set(y.dtypes)
    if len(kinds) == 1 and isinstance(next(iter(kinds)), np.dtype):
        return _plain(y)
    columns = [_of_column(y.iloc[:, place]) for place in range(y.shape[1])]
    if not columns or any(column.dtype.kind not in "biuf" for column in columns):
        return _plain(y)
    # Column by column, as a frame of one type lies in memory.
    stacked = np.empty(y.shape, np.result_type(*columns), order="F")
    for place, column in enumerate(columns):
        stacked[:, place] = column
    return stacked


def _of_column(column: Any) -> np.ndarray:
    """One column; numbers of a type that knows missing values as plain ones, with NaN for these."""
    plain = getattr(column.dtype, "numpy_dtype", None)
    if isinstance(column.dtype, np.dtype) or plain is None or plain.kind not in "biuf":
        return _plain(column)
    if column.isna().any():
        return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
    return np.asarray(column.to_numpy(dtype=plain))


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
