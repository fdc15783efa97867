"""What can be seen of an estimator and its rows in the kernel, before anything is sent.

Each check says which argument is wrong, what it is, and what was expected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.names import shorten
from ..core.requests import Split
from ..errors import InvalidParameter, InvalidRequest, UnsuitableData, UnsuitableEstimator
from ..training.suitability import check_suitable


@dataclass(frozen=True)
class Rows:
    """Rows with their targets, as the user has them.

    Parameters
    ----------
    X
        A frame, an array or a sparse matrix of shape (rows, columns).
    y
        Targets, of shape (rows,).
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
    check_suitable(estimator, "get_params")
    from sklearn.base import is_classifier, is_regressor

    if is_classifier(estimator):
        return "classifier"
    if is_regressor(estimator):
        return "regressor"
    raise UnsuitableEstimator(
        "estimator",
        f"is a {type(estimator).__name__}, neither classifier nor regressor; {expected}",
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
    if X.shape[0] != len(y):
        raise InvalidRequest(
            names[1],
            f"has {len(y):,} values and {names[0]} has {X.shape[0]:,} rows; expected as many",
        )
    if X.shape[0] == 0:
        raise UnsuitableData(names[0], "has no rows")
    _check_targets(y, names[1], kind)
    return Rows(X, y)


def _table(X: Any, name: str) -> Any:
    if X is None:
        raise InvalidRequest(name, "is missing; expected rows: a DataFrame or a 2-D array")
    if isinstance(X, str | bytes | dict | set) or not hasattr(X, "shape"):
        if not isinstance(X, Sequence) or isinstance(X, str | bytes):
            raise InvalidRequest(
                name,
                f"is a {type(X).__name__}; expected a DataFrame, a 2-D array or a list of rows",
            )
        try:
            X = np.asarray(X)
        except ValueError:
            raise InvalidRequest(name, "has rows of unequal length; expected a table") from None
    if len(X.shape) != 2:
        hint = "; for one column: X.reshape(-1, 1)" if len(X.shape) == 1 else ""
        raise InvalidRequest(
            name, f"has the shape {tuple(X.shape)}; expected (rows, columns){hint}"
        )
    if X.shape[1] == 0:
        raise UnsuitableData(name, "has no columns")
    return X


def _targets(y: Any, name: str) -> Any:
    if y is None:
        raise InvalidRequest(
            name, "is missing; expected one target for each row (or target='column' of a frame)"
        )
    if isinstance(y, str | bytes | dict):
        raise InvalidRequest(name, f"is a {type(y).__name__}; expected one target for each row")
    if not hasattr(y, "shape"):
        y = np.asarray(y)
    if len(y.shape) == 2 and y.shape[1] == 1:
        y = y.iloc[:, 0] if hasattr(y, "iloc") else y[:, 0]
    if len(y.shape) != 1:
        raise InvalidRequest(name, f"has the shape {tuple(y.shape)}; expected (rows,)")
    return y


def _check_targets(y: Any, name: str, kind: str | None) -> None:
    import pandas as pd

    missing = int(pd.isna(y).sum())
    if missing:
        raise UnsuitableData(
            name, f"has {missing:,} missing values (NaN) among {len(y):,}; expected none"
        )
    values = np.asarray(y)
    if kind == "classifier":
        classes = pd.unique(values)
        if len(classes) < 2:
            raise UnsuitableData(
                name, f"holds one class only ({classes[0]!r}); expected at least two"
            )
        if values.dtype.kind == "f" and len(classes) > 2 and not np.all(values == np.round(values)):
            raise UnsuitableData(
                name, "holds fractions, as for a regressor; the estimator is a classifier"
            )
    elif kind == "regressor" and values.dtype.kind not in "biuf":
        raise UnsuitableData(
            name, f"is of type {values.dtype}; a regressor expects numbers as targets"
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise UnsuitableData(name, "holds infinite values; expected finite numbers")


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
    share = split.validation / (1 - split.test)
    validation = math.ceil(rest * share) if split.validation else 0
    if rest - validation < 1:
        raise UnsuitableData(
            "split",
            f"leaves no training rows of {rows:,} ({validation:,} validation, {test:,} test); "
            "expected smaller shares or more rows",
        )
    return rest - validation, validation, test
