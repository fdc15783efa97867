"""Rows and targets in the few forms that the stages deal with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...core.names import shorten
from ...core.nearest import nearest
from ...errors import UnknownColumn, UnsuitableData
from .masked import is_masked, unmasked
from .row_facts import CHECKED
from .targets import as_targets


@dataclass(frozen=True)
class Table:
    """Rows with their targets.

    Parameters
    ----------
    X
        A DataFrame, an array or a CSR matrix, of shape (rows, columns).
    y
        An array of shape (rows,), or (rows, targets) where each row has several.
    sample_weight
        How much each row counts in a fit; None where all count the same.
    groups
        What each row belongs to: rows of one group are never divided; None where each is its own.
    has_framed_targets
        Whether several targets came as a frame, whose parts lie in memory column by column.
    """

    X: Any
    y: np.ndarray
    sample_weight: np.ndarray | None = None
    groups: np.ndarray | None = None
    has_framed_targets: bool = False

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.X.shape[0])

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return int(self.X.shape[1])

    def take(self, indices: np.ndarray) -> Table:
        """The rows at these places, in this order; all of them are this table itself."""
        if len(indices) == self.rows and _is_run(indices):
            return self
        return Table(
            rows_at(self.X, indices),
            self._targets_at(indices),
            None if self.sample_weight is None else self.sample_weight[indices],
            None if self.groups is None else self.groups[indices],
            self.has_framed_targets,
        )

    def _targets_at(self, indices: np.ndarray) -> np.ndarray:
        part = self.y[indices]
        # The last bits of some results depend on how the targets of a part lie.
        return np.asfortranarray(part) if self.has_framed_targets else part

    def with_column(self, name: str, values: Any, field: str) -> Table:
        """The same rows, with what belongs to each: ``sample_weight`` or ``groups``.

        Raises
        ------
        UnsuitableData
        """
        checked = CHECKED[name](values, self.rows, field)
        return replace(self, **{name: checked})


def rows_at(X: Any, indices: np.ndarray) -> Any:
    """Rows of a frame, an array or a matrix by place."""
    if type(X) is np.ndarray and X.flags.c_contiguous and _is_run(indices):
        # As they lie, without a copy. (In columns a part lies otherwise than its copy would, and
        # the last bits of some results depend on that.)
        return X[indices[0] : indices[-1] + 1]
    if hasattr(X, "iloc"):
        return X.iloc[indices]
    return (X.tocsr() if hasattr(X, "tocsr") else X)[indices]


def _is_run(indices: np.ndarray) -> bool:
    """Whether places follow one another without a gap."""
    if not len(indices) or indices[-1] - indices[0] + 1 != len(indices):
        return False
    return bool((np.diff(indices) == 1).all())


def make_table(X: Any, y: Any, field: str) -> Table:
    """Bring rows and targets into shape.

    Parameters
    ----------
    X
        Anything two-dimensional: a frame, an array, a sparse matrix, nested lists.
    y
        Anything one-dimensional, or of one column for each target.
    field
        How messages name the data.

    Raises
    ------
    UnsuitableData
        Of another shape, empty, or of different lengths.
    """
    X = _two_dimensional(X, field)
    is_framed = hasattr(y, "iloc")
    y = as_targets(y, field)
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
    return Table(X, y, has_framed_targets=is_framed and y.ndim == 2)


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


def split_target(frame: Any, target: str | list[str] | None, field: str) -> Table:
    """Take the target column, or several, out of a frame.

    Raises
    ------
    UnknownColumn
        There is no such column, or none was named.
    """
    names = [str(name) for name in frame.columns]
    counts = Counter(names)
    several = target if isinstance(target, list) else [target]
    for one in several:
        if one is None or one not in counts:
            raise no_column(one, names, f"{field}.target")
        if counts[one] > 1:
            raise UnknownColumn(
                f"{field}.target",
                f"{counts[one]} columns are called {shorten(repr(one), 80)}; expected one",
            )
    place_of = {name: place for place, name in enumerate(names)}
    places = [place_of[str(one)] for one in several]
    rest = sorted(set(range(len(names))).difference(places))
    return make_table(frame.iloc[:, rest], frame.iloc[:, places], field)


# What else of a frame belongs to its rows and is none of their features, by the request's keys.
COLUMNS = {"sample_weight_column": "sample_weight", "groups_column": "groups"}


def split_columns(frame: Any, dataset: dict[str, Any], field: str) -> Table:
    """Take the target out of a frame, and the columns of weights and groups that were named.

    Raises
    ------
    UnknownColumn
        There is no such column, or no target was named.
    UnsuitableData
    """
    taken: dict[str, Any] = {}
    for key, name in COLUMNS.items():
        named = dataset.get(key)
        if named is None:
            continue
        if named in target_names(dataset):
            raise UnknownColumn(f"{field}.{key}", f"names the target, {shorten(repr(named), 80)}")
        names = [str(column) for column in frame.columns]
        if named not in names:
            raise no_column(named, names, f"{field}.{key}")
        taken[name] = (f"{field}.{key}", frame.iloc[:, names.index(named)])
    columns = {dataset.get(key) for key in COLUMNS}
    kept = [place for place, name in enumerate(frame.columns) if str(name) not in columns]
    rest = frame if len(kept) == frame.shape[1] else frame.iloc[:, kept]
    table = split_target(rest, dataset.get("target"), field)
    for name, (where, values) in taken.items():
        table = table.with_column(name, values, where)
    return table


def target_names(dataset: dict[str, Any]) -> list[str]:
    """The columns that a request names as targets; none where they come by themselves."""
    target = dataset.get("target")
    if target is None:
        return []
    return target if isinstance(target, list) else [target]


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
