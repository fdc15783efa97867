"""Rows and targets in the few forms that the stages deal with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.names import shorten
from ...core.nearest import nearest
from ...errors import UnknownColumn, UnsuitableData
from .masked import is_masked, unmasked


@dataclass(frozen=True)
class Table:
    """Rows with their targets.

    Parameters
    ----------
    X
        A DataFrame, an array or a CSR matrix, of shape (rows, columns).
    y
        An array of shape (rows,).
    """

    X: Any
    y: np.ndarray

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.X.shape[0])

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return int(self.X.shape[1])

    def take(self, indices: np.ndarray) -> Table:
        """The rows at these places, in this order."""
        return Table(rows_at(self.X, indices), self.y[indices])


def rows_at(X: Any, indices: np.ndarray) -> Any:
    """Rows of a frame, an array or a matrix by place."""
    return X.iloc[indices] if hasattr(X, "iloc") else X[indices]


def make_table(X: Any, y: Any, field: str) -> Table:
    """Bring rows and targets into shape.

    Parameters
    ----------
    X
        Anything two-dimensional: a frame, an array, a sparse matrix, nested lists.
    y
        Anything one-dimensional, or of one column.
    field
        How messages name the data.

    Raises
    ------
    UnsuitableData
        Of another shape, empty, or of different lengths.
    """
    X = _two_dimensional(X, field)
    y = _one_dimensional(y, field)
    if X.shape[0] != y.shape[0]:
        raise UnsuitableData(
            field, f"X has {X.shape[0]:,} rows and y has {y.shape[0]:,}; expected the same number"
        )
    if X.shape[0] == 0:
        raise UnsuitableData(field, "has no rows")
    if X.shape[1] == 0:
        raise UnsuitableData(field, "has no columns to learn from")
    if hasattr(X, "columns"):
        _check_names(list(X.columns), field)
    return Table(X, y)


def _check_names(names: list[Any], field: str) -> None:
    """Refuse names that scikit-learn refuses, and that a row given by name could not be told by."""
    seen: set[Any] = set()
    for name in names:
        if name in seen:
            shown = shorten(repr(name), 80)
            raise UnsuitableData(field, f"several columns are called {shown}; rename all but one")
        seen.add(name)
    kinds = sorted({type(name).__name__ for name in names})
    if "str" in kinds and len(kinds) > 1:
        raise UnsuitableData(
            field,
            f"the columns' names are of mixed types ({', '.join(kinds)}); make them all strings: "
            "X.columns = X.columns.astype(str)",
        )


def split_target(frame: Any, target: str | None, field: str) -> Table:
    """Take the target column out of a frame.

    Raises
    ------
    UnknownColumn
        There is no such column, or none was named.
    """
    names = [str(name) for name in frame.columns]
    if target is None or target not in names:
        raise no_column(target, names, f"{field}.target")
    if names.count(target) > 1:
        raise UnknownColumn(
            f"{field}.target",
            f"{names.count(target)} columns are called {shorten(repr(target), 80)}; expected one",
        )
    place = names.index(target)
    return make_table(frame.drop(columns=frame.columns[place]), frame.iloc[:, place], field)


def no_column(target: str | None, names: list[str], field: str) -> UnknownColumn:
    """The error for a column that is not there; a near miss is named."""
    if target is None:
        return UnknownColumn(field, f"is missing; expected one of {_listed(names)}")
    near = nearest(target, names)
    meant = f"did you mean {shorten(repr(near), 80)}? " if near else ""
    told = f"{shorten(repr(target), 80)} is no column; {meant}expected one of {_listed(names)}"
    if len(names) == 1:
        marks = [mark for mark in (";", "\t", "|") if mark in names[0]]
        told += "".join(f" (columns are separated by ',' in CSV, not {mark!r})" for mark in marks)
    return UnknownColumn(field, told)


def _listed(names: list[str]) -> str:
    shown = ", ".join(shorten(repr(name), 80) for name in names[:20])
    return shown if len(names) <= 20 else f"{shown} and {len(names) - 20} more"


def _two_dimensional(X: Any, field: str) -> Any:
    import pandas as pd
    from scipy import sparse

    if isinstance(X, pd.DataFrame):
        return X
    if isinstance(X, pd.Series):
        return X.to_frame()
    if sparse.issparse(X):
        return X.tocsr()
    try:
        array = unmasked(X) if is_masked(X) else np.asarray(X)
    except ValueError as error:
        raise UnsuitableData(field, f"X is no table: {error}") from None
    if array.ndim != 2:
        raise UnsuitableData(
            field, f"X has {array.ndim} dimensions; expected 2, of shape (rows, columns)"
        )
    if array.dtype.kind in "OUSM":
        # A frame knows the type of each column, where an array of objects has none.
        return pd.DataFrame(array, columns=[f"x{i}" for i in range(array.shape[1])]).infer_objects()
    return array


def _one_dimensional(y: Any, field: str) -> np.ndarray:
    if is_masked(y):
        y = unmasked(y)
    array = y.to_numpy() if hasattr(y, "to_numpy") else np.asarray(y)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise UnsuitableData(
            field, f"y has the shape {array.shape}; expected one target for each row"
        )
    return array
