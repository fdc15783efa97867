"""Rows that a function of the user's own loads, called in the worker and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...core.names import shorten
from ...errors import InvalidRequest, UnsuitableData, UnsuitableEstimator
from ..handed_over import read_handed_over
from .foreign import known_table, known_targets
from .row_facts import CHECKED
from .table import Table, make_table, split_columns

_EXPECTED = (
    'expected (X, y), a frame with target="column", or {"X": …, "y": …} that may also hold '
    '"sample_weight" and "groups"'
)


def call(path: Path, dataset: dict[str, Any]) -> Table:
    """Open a function that was handed over, call it, and make rows of what it returns.

    Raises
    ------
    UnsuitableEstimator
        It cannot be opened here.
    UnsuitableData
        It returned nothing that rows could be made of.
    Exception
        Whatever the function raises.
    """
    try:
        with path.open("rb") as file:
            load = read_handed_over(file)
    except Exception as error:
        # Whatever unpickling somebody's own code raises: a module that is not there, say.
        raise UnsuitableEstimator(
            "load", f"cannot be opened by the worker: {type(error).__name__}: {error}"
        ) from error
    return rows_of(load(), dataset)


def rows_of(returned: Any, dataset: dict[str, Any]) -> Table:
    """Make rows of what a load function returned.

    Raises
    ------
    UnsuitableData
    """
    try:
        return _rows_of(returned, dataset)
    except InvalidRequest as error:
        if isinstance(error, UnsuitableData) and error.field == "load":
            raise
        where = f"{error.field}: " if error.field else ""
        raise type(error)(
            "load", f"returned rows that cannot be used: {where}{error.problem}"
        ) from None


def _rows_of(returned: Any, dataset: dict[str, Any]) -> Table:
    if isinstance(returned, dict):
        return _of_parts(returned, dataset)
    if isinstance(returned, tuple) and len(returned) == 2:
        return _of_parts(dict(zip(("X", "y"), returned, strict=True)), dataset)
    is_pair = isinstance(returned, tuple | list)
    if returned is None or is_pair or not hasattr(returned, "shape"):
        size = f" of {len(returned)}" if is_pair else ""
        raise UnsuitableData("load", f"returned {_kind(returned)}{size}; {_EXPECTED}")
    frame = known_table(returned, "frame")
    if not hasattr(frame, "columns"):
        raise UnsuitableData("load", f"returned {_kind(returned)}; {_EXPECTED}")
    return split_columns(frame, dataset, "dataset")


def _of_parts(parts: dict[Any, Any], dataset: dict[str, Any]) -> Table:
    given = {"X", "y", *CHECKED}
    if not {"X", "y"} <= set(parts) or not set(parts) <= given:
        keys = shorten(", ".join(map(repr, parts)), 100) or "nothing"
        raise UnsuitableData("load", f"returned a dictionary of {keys}; {_EXPECTED}")
    if dataset.get("target") is not None:
        raise UnsuitableData("load", "returned X and y, and target= names a column; leave it out")
    table = make_table(known_table(parts["X"], "X"), known_targets(parts["y"], "y"), "dataset")
    for name in CHECKED:
        if parts.get(name) is not None:
            table = table.with_column(name, parts[name], name)
    return table


def _kind(value: Any) -> str:
    return "None" if value is None else f"a value of type {type(value).__name__}"
