"""Rows on their way to a model in service, and what comes back."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from ..errors import Conflict, InvalidRequest
from ..tracking import arguments


def to_rows(rows: Any) -> list[Any]:
    """Rows as JSON can carry them; missing values become null.

    Parameters
    ----------
    rows
        A DataFrame (sent by column name), an array of shape (rows, columns), or a list.

    Raises
    ------
    InvalidRequest
        It is none of these.
    """
    if hasattr(rows, "to_pandas"):
        rows = rows.to_pandas()
    if hasattr(rows, "to_dict") and hasattr(rows, "columns"):
        return [_row(row, index) for index, row in enumerate(rows.to_dict(orient="records"))]
    if hasattr(rows, "toarray"):
        rows = rows.toarray()
    if hasattr(rows, "tolist"):
        if getattr(rows, "ndim", 2) != 2:
            raise InvalidRequest(
                "rows", f"has the shape {tuple(rows.shape)}; expected (rows, columns)"
            )
        rows = rows.tolist()
    if not isinstance(rows, list | tuple):
        raise InvalidRequest(
            "rows",
            f"{arguments.found(rows)}; expected a DataFrame, a 2-D array or a list of rows",
        )
    return [_row(row, index) for index, row in enumerate(rows)]


def column_names(rows: Any) -> list[str] | None:
    """The names of a frame's columns, as they are sent; None for rows whose columns have none."""
    if hasattr(rows, "to_pandas"):
        # pyarrow's ``columns`` are the columns themselves.
        return list(getattr(rows, "column_names", rows.columns))
    return [str(name) for name in rows.columns] if hasattr(rows, "iloc") else None


def _row(row: Any, index: int) -> Any:
    if isinstance(row, dict):
        return {str(key): _plain(value, f"rows[{index}].{key}") for key, value in row.items()}
    if hasattr(row, "tolist"):
        row = row.tolist()
    if not isinstance(row, list | tuple):
        raise InvalidRequest(
            f"rows[{index}]",
            f"{arguments.found(row)}; expected a list of values or a dictionary",
        )
    return [_plain(value, f"rows[{index}][{place}]") for place, value in enumerate(row)]


def _plain(value: Any, field: str) -> Any:
    if hasattr(value, "isoformat"):
        return None if value != value else value.isoformat()
    if hasattr(value, "item") and getattr(value, "size", 1) == 1:
        value = value.item()
    if (isinstance(value, float) and math.isinf(value)) or _is_beyond(value):
        raise InvalidRequest(field, "is infinite, or too large a number; expected a finite one")
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, str):
        return _utf8(value, field)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple | dict | set | bytes | np.ndarray):
        raise InvalidRequest(field, f"{arguments.of_type(value)}; expected a number or a string")
    return _as_words(value, field)


def _is_beyond(value: Any) -> bool:
    """Whether a whole number is beyond what a float can hold, and so any model."""
    return isinstance(value, int) and abs(value) > sys.float_info.max


def _utf8(value: str, field: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidRequest(field, "holds half a character; expected text in UTF-8") from None
    return value


def _as_words(value: Any, field: str) -> str | None:
    """A value of another type, such as a category or a decimal number."""
    try:
        return None if value != value else _utf8(str(value), field)
    except Exception as error:
        # Of a type of the user's own, whose methods may raise anything.
        raise InvalidRequest(
            field,
            f"{arguments.of_type(value)}, which cannot be sent ({type(error).__name__}); expected "
            "a number or a string",
        ) from error


def values(answer: dict[str, Any]) -> np.ndarray:
    """Predictions, one for each row."""
    return np.asarray(answer["predictions"])


def probabilities(answer: dict[str, Any]) -> np.ndarray:
    """Probabilities of the classes.

    Raises
    ------
    Conflict
        The model gives none.
    """
    found = answer.get("probabilities")
    if found is None:
        raise Conflict(f"the model {answer['model']!r} gives no probabilities, only predictions")
    return np.asarray(found, dtype=float)
