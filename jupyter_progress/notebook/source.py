"""Where a run's rows come from: this kernel, a file, a data set, or a function that loads."""

from __future__ import annotations

import inspect
import os
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..core.names import shorten
from ..core.nearest import nearest
from ..errors import InvalidRequest, UnknownColumn, UnsuitableData
from ..tracking import arguments
from ..training.sources.foreign import known_table
from ..training.sources.row_facts import CHECKED
from . import checks, handover

_FACTS = tuple(CHECKED)


@dataclass(frozen=True)
class Source:
    """Where rows come from: ``rows`` of this kernel, or a ``dataset`` that the worker loads.

    Parameters
    ----------
    path
        The file behind the data set, where it is one.
    load
        The function that the worker calls, where there is one.
    facts
        What belongs to each of ``rows``: ``sample_weight`` and ``groups``, of shape (rows,).
    """

    rows: checks.Rows | None = None
    dataset: dict[str, Any] | None = None
    path: Path | None = None
    load: Any = None
    facts: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def has_weights(self) -> bool:
        """Whether rows count differently in the fit."""
        named = self.dataset or {}
        return "sample_weight" in self.facts or "sample_weight_column" in named


def find_source(
    X: Any, y: Any, target: Any, load: Any, facts: Mapping[str, Any], kind: str | None
) -> Source:
    """Read what a call says of its rows.

    Parameters
    ----------
    facts
        ``sample_weight`` and ``groups``: values, the name of a column, or None.
    kind
        ``classifier`` or ``regressor``; None where it is not known here.

    Raises
    ------
    InvalidRequest
    """
    given = {name: value for name, value in facts.items() if value is not None}
    if load is not None:
        return _called(X, y, target, load, given)
    if isinstance(X, str | os.PathLike):
        return _file(X, y, target, given)
    if isinstance(X, Mapping) and not hasattr(X, "tocsr"):  # SciPy has a matrix that is one
        _check_names_data_set(X)
        if y is not None or target is not None or given:
            raise InvalidRequest(
                "X",
                "names a data set, which has its own target; leave y, target and "
                f"{' and '.join(_FACTS)} out",
            )
        return Source(dataset=dict(X))
    X, y, given = _columns_taken(X, y, target, given)
    rows = checks.read_rows(X, y, ("X", "y"), kind)
    found = {name: CHECKED[name](value, len(rows), name) for name, value in given.items()}
    return Source(rows=rows, facts=found)


def _columns_taken(
    X: Any, y: Any, target: Any, given: dict[str, Any]
) -> tuple[Any, Any, dict[str, Any]]:
    """The features without the columns that were named, and what these hold."""
    taken = dict(given)
    for name, value in given.items():
        if isinstance(value, str):
            X, taken[name] = take_column(X, value, name)
    if target is not None:
        if y is not None:
            raise InvalidRequest("target", "is given together with y; expected one of the two")
        X, y = _targets_taken(X, target)
    return X, y, taken


def _targets_taken(X: Any, target: Any) -> tuple[Any, Any]:
    """A frame without its target, and the target: a column, or several as a frame."""
    if not isinstance(target, list):  # a tuple may be a column's name
        return take_column(X, target, "target")
    if not target:
        raise InvalidRequest("target", "is empty; expected the names of columns")
    found = []
    for place, name in enumerate(target):
        X, column = take_column(X, name, f"target[{place}]")
        found.append(column)
    import pandas as pd

    return X, pd.concat(found, axis=1)


def _check_names_data_set(X: Mapping[Any, Any]) -> None:
    expected = 'expected {"source": "sklearn", "name": "digits"}'
    for key in X:
        if not isinstance(key, str):
            raise InvalidRequest("X", f"has the key {shorten(repr(key), 80)}; {expected}")
    if "source" not in X:
        raise InvalidRequest(
            "X", f"is a dictionary without a source; {expected}, or, of columns, a DataFrame"
        )


def _file(X: Any, y: Any, target: Any, given: dict[str, Any]) -> Source:
    if y is not None:
        raise InvalidRequest("y", "is given for a file; expected target='column' in its place")
    if target is None:
        raise InvalidRequest(
            "target", "is missing; expected the column of the file to be predicted"
        )
    named = {"target": _target_names(target), **_columns(given, "a file")}
    path = handover.find_file(X)
    return Source(dataset={"source": "file", "path": str(path), **named}, path=path)


def _called(X: Any, y: Any, target: Any, load: Any, given: dict[str, Any]) -> Source:
    if X is not None or y is not None:
        raise InvalidRequest("load", "is given together with rows; expected one of the two")
    if not callable(load):
        raise InvalidRequest(
            "load", f"{arguments.found(load)}; expected a function without arguments"
        )
    try:
        inspect.signature(load).bind()
    except TypeError as error:
        raise InvalidRequest(
            "load",
            f"is called without arguments by the worker, which it does not allow ({error}); "
            "give them with functools.partial",
        ) from None
    except ValueError:
        pass  # some of C's tell no signature
    named = _columns(given, "a function that loads")
    if target is not None:
        named["target"] = _target_names(target)
    return Source(dataset={"source": "load", **named}, load=load)


def _target_names(target: Any) -> str | list[str]:
    """The column to be predicted, or several."""
    if not isinstance(target, list | tuple):
        return arguments.label("target", target)
    if not target:
        raise InvalidRequest("target", "is empty; expected the names of columns")
    return [arguments.label(f"target[{place}]", name) for place, name in enumerate(target)]


def _columns(given: dict[str, Any], what: str) -> dict[str, Any]:
    for name, value in given.items():
        if not isinstance(value, str):
            raise InvalidRequest(
                name, f"{arguments.of_type(value)}; expected the name of a column, for {what}"
            )
    return {f"{name}_column": arguments.label(name, value) for name, value in given.items()}


def take_column(X: Any, named: Any, argument: str) -> tuple[Any, Any]:
    """A frame without one of its columns, and the column.

    Parameters
    ----------
    argument
        That names the column, for messages.

    Raises
    ------
    InvalidRequest
    """
    X = X if hasattr(X, "columns") and hasattr(X, "iloc") else _as_frame(X)
    columns = getattr(X, "columns", None)
    if columns is None:
        raise InvalidRequest(argument, "needs a DataFrame; X has no named columns")
    if not isinstance(named, Hashable) or named not in columns:
        near = nearest(str(named), map(str, columns))
        hint = f"did you mean {near!r}?" if near else f"it has: {', '.join(map(str, columns[:20]))}"
        shown = shorten(repr(named), 80)
        raise UnknownColumn(argument, f"{shown} is no column of X; {hint}")
    found = X[named]
    if len(found.shape) != 1:
        raise UnsuitableData(
            argument, f"{named!r} names {found.shape[1]} columns of X; expected one"
        )
    return X.drop(columns=[named]), found


def _as_frame(X: Any) -> Any:
    """A frame of another library becomes one of pandas; anything else stays what it is."""
    return known_table(X, "X") if hasattr(X, "to_pandas") else X
