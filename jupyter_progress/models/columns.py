"""The columns that a model was fitted on, and rows from JSON made into them again.

A row is a list in the columns' order, or an object by their names. What does not fit is refused by
its place (``rows[3].age``), before the model sees it.
"""

from __future__ import annotations

import math
from typing import Any

from ..core.names import shorten
from ..core.nearest import nearest
from ..errors import InvalidRequest

_KINDS = {"b": "boolean", "i": "number", "u": "number", "f": "number", "M": "datetime"}

_LISTED = 12  # names in a message
_DESCRIBED_UP_TO = 10_000  # columns of an array, which all say the same


def describe_columns(X: Any) -> list[dict[str, Any]]:
    """What a model takes, for its manifest.

    Parameters
    ----------
    X
        The raw training rows: a DataFrame, or an array of shape (rows, columns).

    Returns
    -------
    list of dict
        One for each column: ``{"name", "kind", "dtype"}``. ``name`` is None in an array; ``kind``
        is ``number``, ``boolean``, ``datetime``, ``category`` (with ``categories``) or ``any``.
        Nothing of an array so wide that the description would outweigh it.
    """
    if hasattr(X, "iloc") and hasattr(X, "columns"):
        return [_describe(X.iloc[:, i], str(name)) for i, name in enumerate(X.columns)]
    if X.shape[1] > _DESCRIBED_UP_TO:
        return []
    kind = _KINDS.get(getattr(X.dtype, "kind", ""), "any")
    column = {"name": None, "kind": kind, "dtype": str(X.dtype)}
    return [dict(column) for _ in range(X.shape[1])]


def _describe(series: Any, name: str) -> dict[str, Any]:
    dtype = series.dtype
    column: dict[str, Any] = {"name": name, "kind": _KINDS.get(getattr(dtype, "kind", ""), "any")}
    column["dtype"] = str(dtype)
    if str(dtype) == "category":
        column["kind"] = "category"
        column["categories"] = [plain(value) for value in dtype.categories]
        column["ordered"] = bool(dtype.ordered)
    return column


def columns_of(estimator: Any) -> list[dict[str, Any]] | None:
    """What a fitted estimator tells of its columns, where no description was kept.

    Returns
    -------
    list of dict or None
        As :func:`describe_columns`, every kind ``any``; None where the estimator tells nothing.
    """
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        width = getattr(estimator, "n_features_in_", None)
        names = None if width is None else [None] * int(width)
    if names is None:
        return None
    return [{"name": n if n is None else str(n), "kind": "any", "dtype": "object"} for n in names]


def rows_to_model(rows: list[Any], columns: list[dict[str, Any]] | None) -> Any:
    """Make what the model takes out of rows from JSON.

    Parameters
    ----------
    rows
        At least one; each a list of values or an object by column name. null is a missing value.
    columns
        From :func:`describe_columns` or :func:`columns_of`.

    Returns
    -------
    pandas.DataFrame or numpy.ndarray
        A frame where the model was fitted on one.

    Raises
    ------
    InvalidRequest
        Naming the row, and the column where it is one.
    """
    import numpy as np

    if not isinstance(rows, list) or not rows:
        raise InvalidRequest("rows", "is empty; expected a list of rows, each a list or an object")
    if columns is None:
        return np.asarray(_values(rows, [{"name": None}] * _width(rows[0])), dtype=float)
    table = _values(rows, columns)
    cells = [
        [_cell(row[place], column, index, place) for index, row in enumerate(table)]
        for place, column in enumerate(columns)
    ]
    if columns and columns[0]["name"] is None:
        kind = float if all(c["kind"] in ("number", "boolean") for c in columns) else None
        return _array(cells, columns, kind)
    return _frame(cells, columns)


def _width(row: Any) -> int:
    if not isinstance(row, list):
        raise InvalidRequest("rows[0]", "is no list; this model's columns have no names")
    return len(row)


def _values(rows: list[Any], columns: list[dict[str, Any]]) -> list[list[Any]]:
    names = [column["name"] for column in columns]
    named = bool(names) and names[0] is not None
    known = set(names)
    table = []
    for index, row in enumerate(rows):
        if isinstance(row, dict) and named:
            table.append(_by_name(row, names, known, index))
        elif isinstance(row, list):
            if len(row) != len(names):
                of = f" ({listed(names)})" if named else ""
                problem = f"has {len(row)} values; the model takes {len(names)}{of}"
                raise InvalidRequest(f"rows[{index}]", problem)
            table.append(row)
        else:
            expected = f"a list of {len(names)} values" + (" or an object" if named else "")
            raise InvalidRequest(f"rows[{index}]", f"is of the wrong type; expected {expected}")
    return table


def _by_name(row: dict[str, Any], names: list[str], known: set[str], index: int) -> list[Any]:
    missing = [name for name in names if name not in row]
    for name in row:
        if name not in known:
            near = nearest(name, missing)
            meant = f"did you mean {near!r}? " if near else ""
            problem = f"is no column of this model; {meant}expected {listed(names)}"
            raise InvalidRequest(f"rows[{index}].{shorten(name, 80)}", problem)
    if missing:
        others = missing[1:]
        also = f"; so {'is' if len(others) == 1 else 'are'} {listed(others)}" if others else ""
        raise InvalidRequest(
            f"rows[{index}].{missing[0]}", f"is missing; null stands for no value{also}"
        )
    return [row[name] for name in names]


def check_columns(given: list[str], expected: list[str]) -> None:
    """Hold the columns of a frame against those that a model takes, in words for its owner.

    Parameters
    ----------
    given, expected
        Names; their order does not matter.

    Raises
    ------
    InvalidRequest
        Naming all that are missing and all that are surplus, and which of these look renamed.
    """
    known, wanted = set(given), set(expected)
    missing = [name for name in expected if name not in known]
    surplus = [name for name in given if name not in wanted]
    if not missing and not surplus:
        return
    renamed: dict[str, str] = {}
    for name in surplus[:_LISTED]:
        near = nearest(name, [other for other in missing if other not in renamed])
        if near is not None:
            renamed[near] = name
    told = []
    if missing:
        told.append(f"the rows have no {_columns(missing)}")
    if surplus:
        told.append(f"the model takes no {_columns(surplus)}")
    if renamed:
        pairs = [f"{name!r} by {other!r}" for name, other in renamed.items()]
        told.append(f"did you mean {', '.join(pairs)}?")
    raise InvalidRequest("rows", "; ".join(told))


def _columns(names: list[str]) -> str:
    return f"column{'' if len(names) == 1 else 's'} {listed(names)}"


def listed(names: list[str]) -> str:
    """Names in quotes; of very many the first."""
    shown = ", ".join(repr(shorten(name, 80)) for name in names[:_LISTED])
    return shown if len(names) <= _LISTED else f"{shown} and {len(names) - _LISTED:,} more"


def _cell(value: Any, column: dict[str, Any], index: int, place: int) -> Any:
    where = f"rows[{index}]" + (f"[{place}]" if column["name"] is None else f".{column['name']}")
    if isinstance(value, list | dict):
        raise InvalidRequest(where, "is a list or an object; expected one value")
    kind = column["kind"]
    if kind in ("number", "boolean"):
        if value is None:
            return math.nan if kind == "number" else None
        if not isinstance(value, int | float):
            raise InvalidRequest(where, f"is {shorten(repr(value), 60)}; expected a number")
    elif kind == "datetime" and value is not None and not isinstance(value, str):
        raise InvalidRequest(where, f"is {value!r}; expected a date as text, such as '2026-11-22'")
    return value


def _array(cells: list[list[Any]], columns: list[dict[str, Any]], kind: type | None) -> Any:
    import numpy as np

    if kind is float:
        return np.array([[math.nan if v is None else v for v in col] for col in cells], float).T
    dtypes = {column["dtype"] for column in columns}
    array = np.array(cells, dtype=object).T
    if dtypes == {"object"} and all(isinstance(v, int | float) for col in cells for v in col):
        return array.astype(float)
    return array


def _frame(cells: list[list[Any]], columns: list[dict[str, Any]]) -> Any:
    import pandas as pd

    made = {}
    for values, column in zip(cells, columns, strict=True):
        made[column["name"]] = _series(pd.Series(values, dtype=object), column)
    return pd.DataFrame(made, columns=[column["name"] for column in columns])


def _series(series: Any, column: dict[str, Any]) -> Any:
    import pandas as pd

    kind, dtype = column["kind"], column["dtype"]
    if kind == "category":
        ordered = column.get("ordered", False)
        return series.astype(pd.CategoricalDtype(column["categories"], ordered=ordered))
    if kind == "datetime":
        try:
            return pd.to_datetime(series).astype(dtype)
        except (ValueError, TypeError) as error:
            raise InvalidRequest(f"rows.{column['name']}", f"is no date: {error}") from None
    if kind == "number":
        # Not cast back to int: a row may well lie between the values of the training rows.
        return series.astype(float)
    if kind == "boolean":
        return series.astype(object if series.isna().any() else bool)
    return series.infer_objects() if dtype == "object" else _as_trained(series, dtype)


def _as_trained(series: Any, dtype: str) -> Any:
    try:
        return series.astype(dtype)
    except (ValueError, TypeError):
        return series.infer_objects()


def plain(value: Any) -> Any:
    """A value as JSON has it: NumPy's scalars as Python's, NaN and infinities as None."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
