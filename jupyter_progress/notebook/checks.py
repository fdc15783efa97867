"""What can be seen of an estimator and its rows in the kernel, before anything is sent.

Each check says which argument is wrong, what it is, and what was expected.
"""

from __future__ import annotations

import datetime
import math
import numbers
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.names import shorten
from ..core.requests import Split
from ..errors import InvalidParameter, InvalidRequest, UnsuitableData, UnsuitableEstimator
from ..tracking import arguments
from ..training.estimators import has_tags, task_of
from ..training.sources.foreign import known_table, known_targets
from ..training.sources.row_facts import check_comparable
from ..training.sources.targets import count_targets
from ..training.suitability import check_suitable


@dataclass(frozen=True)
class Rows:
    """Rows with their targets, as the user has them.

    Parameters
    ----------
    X
        A frame, an array or a sparse matrix of shape (rows, columns).
    y
        Targets, of shape (rows,), or (rows, targets) of several.
    """

    X: Any
    y: Any

    def __len__(self) -> int:
        return int(self.X.shape[0])

    @property
    def columns(self) -> int:
        """How many columns the rows have."""
        return int(self.X.shape[1])


def check_estimator(estimator: Any) -> str:
    """Make sure that an object is a classifier or a regressor.

    Returns
    -------
    str
        ``classifier`` or ``regressor``.

    Raises
    ------
    UnsuitableEstimator
    """
    expected = "expected a scikit-learn classifier or regressor such as RandomForestClassifier(300)"
    if isinstance(estimator, type):
        raise UnsuitableEstimator(
            "estimator", f"is the class {estimator.__name__}; {expected}: an object, made with ()"
        )
    # A class that owes nothing to scikit-learn is asked for no parameters.
    check_suitable(estimator, *(["get_params"] if has_tags(estimator) else []))
    try:
        task = task_of(estimator)
    except (AttributeError, TypeError, ValueError) as error:
        # A wrapper asks what it wraps, which may be no estimator at all.
        raise UnsuitableEstimator(
            "estimator",
            f"{arguments.of_type(estimator)} that does not say what it is "
            f"({shorten(str(error), 200)}); {expected}",
        ) from error
    if task is not None:
        return "classifier" if task == "classification" else "regressor"
    own = "" if has_tags(estimator) else ", or a class with `_estimator_type = 'classifier'`"
    raise UnsuitableEstimator(
        "estimator",
        f"{arguments.of_type(estimator)}, neither classifier nor regressor; {expected}{own}",
    )


def check_params(estimator: Any) -> None:
    """Have scikit-learn check the parameters now, not minutes later in the worker.

    Raises
    ------
    InvalidParameter
    """
    # A user's own class inherits the method, but not the constraints that it reads.
    if not hasattr(estimator, "_parameter_constraints"):
        return
    validate = getattr(estimator, "_validate_params", None)
    if validate is None:
        return
    try:
        validate()
    except (ValueError, TypeError) as error:
        raise InvalidParameter("estimator", shorten(str(error), 500)) from None


def read_rows(X: Any, y: Any, names: tuple[str, str], kind: str | None) -> Rows:
    """Bring rows and targets into a form that can be sent, checked.

    Parameters
    ----------
    names
        How messages call the two: ``("X", "y")``.
    kind
        Of the estimator; None where it is not known here.

    Raises
    ------
    InvalidRequest
        The shapes are wrong.
    UnsuitableData
        The targets are.
    """
    X, y = _table(X, names[0]), _targets(y, names[1])
    _warn_of_another_order(X, y, names)
    if X.shape[0] != len(y):
        raise InvalidRequest(
            names[1],
            f"has {len(y):,} values and {names[0]} has {X.shape[0]:,} rows; expected as many",
        )
    if X.shape[0] == 0:
        raise UnsuitableData(names[0], "has no rows")
    _check_targets(y, names[1], kind)
    return Rows(X, y)


def _warn_of_another_order(X: Any, y: Any, names: tuple[str, str]) -> None:
    """Say where targets have the labels of the rows in another order: pandas would pair by them."""
    labels, other = getattr(X, "index", None), getattr(y, "index", None)
    if not (hasattr(labels, "equals") and hasattr(other, "equals")) or labels.equals(other):
        return
    if len(labels) != len(other) or labels.nlevels != other.nlevels:
        return
    if labels.is_unique and other.is_unique and other.isin(labels).all():
        warnings.warn(
            f"{names[1]} has the labels of {names[0]} in another order; rows are paired by their "
            f"place, as scikit-learn does. To pair them by label: {names[1]}.loc[{names[0]}.index]",
            stacklevel=5,  # the cell's line
        )


def _table(X: Any, name: str) -> Any:
    if X is None:
        raise InvalidRequest(name, "is missing; expected rows: a DataFrame or a 2-D array")
    X = known_table(X, name)
    if len(X.shape) != 2:
        raise InvalidRequest(name, _shape_words(X))
    if X.shape[1] == 0:
        raise UnsuitableData(name, "has no columns")
    if getattr(X, "dtype", None) is not None and X.dtype.kind == "c":
        raise UnsuitableData(name, "holds complex numbers; expected real ones")
    return X


def _shape_words(X: Any) -> str:
    shape = tuple(X.shape)
    if shape == (0,):
        return "is empty; expected rows"
    hint = "; for one column: X.reshape(-1, 1)" if len(shape) == 1 else ""
    if len(shape) == 1 and isinstance(np.asarray(X).flat[0], dict):
        hint = "; of dictionaries make a frame: pandas.DataFrame(X)"
    return f"has the shape {shape}; expected (rows, columns){hint}"


def _targets(y: Any, name: str) -> Any:
    if y is None:
        raise InvalidRequest(
            name, "is missing; expected one target for each row (or target='column' of a frame)"
        )
    if isinstance(y, str) and name == "y":
        raise InvalidRequest(
            name,
            f"is the string {shorten(repr(y), 60)}; expected one target for each row. A column of "
            "the frame X is named by target=",
        )
    y = known_targets(y, name)
    if len(y.shape) == 2 and y.shape[1] == 1:
        y = y.iloc[:, 0] if hasattr(y, "iloc") else y[:, 0]
    if len(y.shape) not in (1, 2) or (len(y.shape) == 2 and y.shape[1] == 0):
        raise InvalidRequest(
            name,
            f"has the shape {tuple(y.shape)}; expected (rows,), or (rows, targets) of several",
        )
    return y


def _check_targets(y: Any, name: str, kind: str | None) -> None:
    if len(y.shape) == 2:
        for place in range(y.shape[1]):
            # A frame's own column: of several types, an array of all holds objects.
            column = y.iloc[:, place] if hasattr(y, "iloc") else y[:, place]
            _check_targets(column, f"{name}[:, {place}]", kind)
        return
    import pandas as pd

    values = np.asarray(y)
    missing = int(pd.isna(y).sum())
    if missing:
        raise UnsuitableData(
            name, f"has {missing:,} missing values (NaN or masked) among {len(y):,}; expected none"
        )
    if values.dtype.kind == "c":
        raise UnsuitableData(name, "holds complex numbers, which cannot be learned")
    _check_scalars(values, name)
    if kind == "classifier":
        classes = _classes(values, name)
        if len(classes) < 2:
            only = classes[0].item() if isinstance(classes[0], np.generic) else classes[0]
            raise UnsuitableData(name, f"holds one class only ({only!r}); expected at least two")
        if values.dtype.kind == "f" and len(classes) > 2 and not np.all(values == np.round(values)):
            raise UnsuitableData(
                name, "holds fractions, as for a regressor; the estimator is a classifier"
            )
    elif kind == "regressor" and values.dtype.kind not in "biuf":
        raise UnsuitableData(name, f"holds {_kind(values)}; a regressor expects numbers as targets")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise UnsuitableData(name, "holds infinite values; expected finite numbers")


def _kind(values: np.ndarray) -> str:
    """What an array holds that is no numbers, in a person's words."""
    known = {"U": "strings", "S": "bytes", "M": "dates", "m": "durations"}.get(values.dtype.kind)
    if known is not None:
        return known
    names = sorted({type(value).__name__ for value in values})
    hint = "" if set(names) & {"str", "bytes"} else " (y.astype(float) may make them numbers)"
    return f"objects of type {', '.join(names[:3])}{hint}"


def _check_scalars(values: np.ndarray, name: str) -> None:
    if values.dtype.kind != "O":
        return
    for value in values:
        if not isinstance(value, str | bytes | numbers.Number | datetime.date):
            raise UnsuitableData(
                name,
                f"holds {arguments.of_type(value).removeprefix('is ')}; expected one number or "
                "string for each row",
            )


def _classes(values: np.ndarray, name: str) -> Any:
    import pandas as pd

    check_comparable(values, name)
    return pd.unique(values)


def check_same_targets(rows: Rows, others: Rows, name: str, kind: str | None) -> None:
    """Raise UnsuitableData where held-out targets could never be met by a prediction."""
    wanted, given = count_targets(np.asarray(rows.y)), count_targets(np.asarray(others.y))
    if wanted != given:
        raise UnsuitableData(name, f"has {given:,} for each row; the training rows have {wanted:,}")
    known, found = np.asarray(rows.y).dtype.kind, np.asarray(others.y).dtype.kind
    if kind == "regressor" and found not in "biuf":
        raise UnsuitableData(
            name, f"holds {_kind(np.asarray(others.y))}; a regressor expects numbers as targets"
        )
    if kind == "classifier" and (known in "biuf") != (found in "biuf"):
        what = {True: "numbers", False: "words"}
        raise UnsuitableData(
            name, f"holds {what[found in 'biuf']}; the training targets are {what[known in 'biuf']}"
        )


def check_same_columns(rows: Rows, others: Rows, name: str) -> None:
    """Raise InvalidRequest where held-out rows have other columns than the training rows."""
    if others.columns != rows.columns:
        raise InvalidRequest(
            name, f"has {others.columns} columns; the training rows have {rows.columns}"
        )
    known, found = getattr(rows.X, "columns", None), getattr(others.X, "columns", None)
    if known is not None and found is not None and list(known) != list(found):
        different = [str(column) for column in found if column not in set(known)]
        shown = ", ".join(different[:5]) or "the same names in another order"
        raise InvalidRequest(name, f"has other columns than the training rows: {shown}")


def row_counts(rows: int, split: Split | None) -> tuple[int, int, int]:
    """How many rows train, validate and test: what two ``train_test_split`` calls will give.

    Raises
    ------
    UnsuitableData
        No row would be left to train on.
    """
    if split is None:
        return rows, 0, 0
    test = math.ceil(rows * split.test) if split.test else 0
    rest = rows - test
    share = (split.validation or 0.0) / (1 - split.test)
    validation = math.ceil(rest * share) if split.validation else 0
    if rest - validation < 1:
        raise UnsuitableData(
            "split",
            f"leaves no training rows of {rows:,} ({validation:,} validation, {test:,} test); "
            "expected smaller shares or more rows",
        )
    return rest - validation, validation, test
