"""Rows and targets of whatever library, as what the worker can read: pandas, NumPy or SciPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.names import shorten
from ...errors import InvalidRequest
from ...tracking import arguments
from .masked import is_masked, unmasked

_EXPECTED = "expected a DataFrame, a 2-D array or a list of rows"


def known_table(X: Any, name: str) -> Any:
    """Bring rows into a form that the worker reads, whatever their number of dimensions.

    A frame of another library (polars, pyarrow, modin) becomes one of pandas; what is masked in one
    of NumPy's masked arrays becomes NaN, a missing value.

    Raises
    ------
    InvalidRequest
        It is no table, or it cannot be brought into that form.
    """
    if is_masked(X):
        return _converted(X, lambda: unmasked(X), name)
    if _is_known(X):
        return X
    if hasattr(X, "to_pandas"):
        return _converted(X, lambda: _frame(X), name)
    if hasattr(X, "__array__"):
        return _converted(X, lambda: np.asarray(X), name)
    if not isinstance(X, Sequence) or isinstance(X, str | bytes):
        raise InvalidRequest(name, f"{arguments.of_type(X)}; {_EXPECTED}")
    try:
        return np.asarray(X)
    except ValueError:
        raise InvalidRequest(name, "has rows of unequal length; expected a table") from None


def known_targets(y: Any, name: str) -> Any:
    """Bring targets into a form that the worker reads.

    Raises
    ------
    InvalidRequest
        They are no list of values.
    """
    if is_masked(y):
        return _converted(y, lambda: unmasked(y), name)
    if _is_known(y) and not hasattr(y, "tocsr"):
        return y
    if hasattr(y, "to_pandas"):
        return _converted(y, y.to_pandas, name)
    if hasattr(y, "__array__"):
        return _converted(y, lambda: np.asarray(y), name)
    if not isinstance(y, Sequence) or isinstance(y, str | bytes):
        raise InvalidRequest(
            name, f"{arguments.found(y)}; expected one target for each row, in their order"
        )
    try:
        return np.asarray(y)
    except ValueError:
        raise InvalidRequest(
            name, "holds lists of unequal length; expected one target for each row"
        ) from None


def _is_known(values: Any) -> bool:
    """Whether this is an array, a sparse matrix, or a frame or series of pandas."""
    if isinstance(values, np.ndarray):
        return True
    if not hasattr(values, "shape"):
        return False
    return hasattr(values, "iloc") or (hasattr(values, "tocsr") and hasattr(values, "nnz"))


def _frame(values: Any) -> Any:
    """A frame of pandas of one of another library, on the same memory where that is possible."""
    arrow = values.to_arrow() if hasattr(values, "to_arrow") else values
    if type(arrow).__module__.startswith("pyarrow."):
        # Else pandas copies all numbers into one block.
        return arrow.to_pandas(split_blocks=True)
    return values.to_pandas()


def _converted(values: Any, convert: Any, name: str) -> Any:
    try:
        return convert()
    except Exception as error:
        # Of another library: it raises what it likes (no pyarrow, a tensor on a GPU).
        raise InvalidRequest(
            name,
            f"{arguments.of_type(values)}, which cannot be made a frame or an array here: "
            f"{type(error).__name__}: {shorten(str(error), 200)}",
        ) from error
