"""Rows on their way to a model in service, and what comes back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import Conflict, InvalidRequest


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
    if hasattr(rows, "to_dict") and hasattr(rows, "columns"):
        return [
            {str(key): _plain(value) for key, value in row.items()}
            for row in rows.to_dict(orient="records")
        ]
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
            f"is a {type(rows).__name__}; expected a DataFrame, a 2-D array or a list of rows",
        )
    return [_row(row, index) for index, row in enumerate(rows)]


def _row(row: Any, index: int) -> Any:
    if isinstance(row, dict):
        return {str(key): _plain(value) for key, value in row.items()}
    if hasattr(row, "tolist"):
        row = row.tolist()
    if not isinstance(row, list | tuple):
        raise InvalidRequest(
            f"rows[{index}]",
            f"is a {type(row).__name__}; expected a list of values or a dictionary",
        )
    return [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return None if value != value else value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return None if value != value else str(value)


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
