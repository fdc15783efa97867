"""What belongs to each row and is none of its features: its weight in a fit, and its group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import UnsuitableData
from .masked import is_masked, unmasked


def checked_weights(values: Any, rows: int, field: str) -> np.ndarray:
    """Weights as an array of shape (rows,), of the type that they have.

    Raises
    ------
    UnsuitableData
        Not one finite number of at least 0 for each row, or none above 0.
    """
    array = _of_rows(values, rows, field)
    if array.dtype.kind == "O":
        try:
            array = array.astype(float)
        except (TypeError, ValueError):
            raise UnsuitableData(field, "holds values that are no numbers") from None
    if array.dtype.kind not in "biuf":
        raise UnsuitableData(field, f"holds {array.dtype} values; expected numbers")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        wrong = int((~np.isfinite(array)).sum())
        raise UnsuitableData(
            field, f"has {wrong:,} values that are missing or infinite; expected finite numbers"
        )
    negative = int((array < 0).sum()) if array.dtype.kind in "if" else 0
    if negative:
        raise UnsuitableData(
            field,
            f"has {negative:,} negative values (the least is {array.min().item():g}); expected "
            "numbers of at least 0",
        )
    if not array.any():
        raise UnsuitableData(field, "is 0 for every row; expected some rows to count")
    return array


def checked_groups(values: Any, rows: int, field: str) -> np.ndarray:
    """Groups as an array of shape (rows,).

    Raises
    ------
    UnsuitableData
        Not one group for each row, or values that cannot be told apart.
    """
    import pandas as pd

    array = _of_rows(values, rows, field)
    missing = int(np.asarray(pd.isna(array)).sum())
    if missing:
        raise UnsuitableData(
            field, f"is missing for {missing:,} of {rows:,} rows; expected a group"
        )
    check_comparable(array, field)
    return array


def check_comparable(values: np.ndarray, field: str) -> None:
    """Raise UnsuitableData where values are of types that cannot be told apart by sorting."""
    try:
        np.unique(values)
    except TypeError:
        kinds = ", ".join(sorted({type(value).__name__ for value in values}))
        raise UnsuitableData(
            field, f"mixes types ({kinds}); expected all strings or all numbers"
        ) from None


def _of_rows(values: Any, rows: int, field: str) -> np.ndarray:
    if values is None or isinstance(values, str | bytes | dict):
        kind = "None" if values is None else type(values).__name__
        raise UnsuitableData(field, f"is of type {kind}; expected one value for each row")
    try:
        if is_masked(values):
            values = unmasked(values)
        array = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    except ValueError as error:
        raise UnsuitableData(field, f"is no list of values: {error}") from None
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise UnsuitableData(field, f"has the shape {array.shape}; expected (rows,)")
    if len(array) != rows:
        raise UnsuitableData(
            field, f"has {len(array):,} values for {rows:,} rows; expected as many"
        )
    return array


CHECKED: dict[str, Callable[[Any, int, str], np.ndarray]] = {
    "sample_weight": checked_weights,
    "groups": checked_groups,
}
