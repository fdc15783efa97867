"""What a person would want to know about their data, and what makes a fit on them impossible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.articles import with_article
from ..core.names import shorten
from ..errors import UnsuitableData
from .features import is_finite
from .sources.table import Table
from .sources.targets import count_targets, each_target

_DUPLICATES_UP_TO_CELLS = 20_000_000
_FEW_ROWS = 10
_FIRST_ROWS = 1000
_TARGETS_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """One sentence about the data.

    Parameters
    ----------
    level
        ``info`` or ``warning``.
    """

    level: str
    text: str


def check(table: Table, *, is_classifier: bool, field: str = "dataset") -> None:
    """Refuse data that no estimator of this kind can be fitted on.

    Raises
    ------
    UnsuitableData
        Missing targets, one class only, or targets that are no numbers for a regressor.
    """
    check_targets(table, is_classifier=is_classifier, field=field)
    if is_classifier:
        for name, target in each_target(table.y):
            _check_classes(target, name, field)


def check_targets(table: Table, *, is_classifier: bool, field: str) -> None:
    """Refuse targets that are missing or, for a regressor, no numbers.

    Raises
    ------
    UnsuitableData
    """
    for name, target in each_target(table.y):
        missing = int(_missing(target).sum())
        if missing:
            where = f"{missing:,} of {table.rows:,} rows; drop those rows"
            if missing == table.rows:
                where = "every row; expected a column that is filled"
            raise UnsuitableData(field, f"{name} is missing in {where}")
        _check_kind(target, name, field)
        if not is_classifier:
            _check_numbers(target, field)


def _check_kind(y: np.ndarray, name: str, field: str) -> None:
    """Refuse targets that no estimator takes: lists and the like, infinities, complex numbers."""
    if y.dtype.kind == "O":
        for value in y:
            if isinstance(value, list | tuple | dict | set | np.ndarray):
                raise UnsuitableData(
                    field,
                    f"a target is {with_article(type(value).__name__)}; expected one value in each "
                    "row",
                )
        _check_size(y, field)
    elif y.dtype.kind in "fc" and not np.isfinite(y).all():
        count = int((~np.isfinite(y)).sum())
        raise UnsuitableData(
            field, f"{name} is infinite in {count:,} of {len(y):,} rows; drop those rows"
        )
    if y.dtype.kind in "cV":
        raise UnsuitableData(field, f"targets of type {y.dtype} cannot be learned")


def _check_size(y: np.ndarray, field: str) -> None:
    """Refuse whole numbers that NumPy keeps as objects: no estimator knows them for numbers."""
    for value in y:
        if isinstance(value, int) and not -(2**63) <= value < 2**64:
            raise UnsuitableData(
                field,
                f"a target is {_shown(value)}; expected whole numbers of at most 64 bits, or text",
            )


def _check_numbers(y: np.ndarray, field: str) -> None:
    if y.dtype.kind in "fiub":
        return
    for value in y:
        if not _is_number(value):
            raise UnsuitableData(
                field,
                f"a regressor needs numbers as targets; found {_shown(value)}. Use a classifier, "
                "or another target",
            )


def _is_number(value: Any) -> bool:
    if isinstance(value, np.datetime64 | np.timedelta64):
        return False  # float() would take it
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _shown(value: Any) -> str:
    """A value as it stands in the file: no ``np.int64(1)``."""
    if isinstance(value, np.datetime64 | np.timedelta64):
        return str(value)
    return shorten(repr(value.item() if isinstance(value, np.generic) else value), 60)


def _check_classes(y: np.ndarray, name: str, field: str) -> None:
    from sklearn.utils.multiclass import type_of_target

    try:
        classes = np.unique(y)
    except TypeError:
        kinds = sorted({type(value).__name__ for value in y})
        raise UnsuitableData(field, f"{name} mixes types: {', '.join(kinds)}") from None
    if len(classes) < 2:
        raise UnsuitableData(
            field,
            f"{name} has one class only ({_shown(classes[0])}); a classifier needs two or more",
        )
    if type_of_target(y) == "continuous":
        raise UnsuitableData(
            field, f"{name} is continuous; a classifier needs classes. Use a regressor instead"
        )


def look(table: Table, *, is_classifier: bool) -> list[Finding]:
    """Look through the data for what a person would want to know."""
    return [
        *_missing_values(table.X),
        *_constant_columns(table.X),
        *_duplicate_rows(table),
        *_targets_found(table.y, is_classifier),
        *_size(table),
    ]


def _missing(values: np.ndarray) -> np.ndarray:
    import pandas as pd

    return np.asarray(pd.isna(values))


def _missing_values(X: Any) -> Iterator[Finding]:
    counts = _missing_by_column(X)
    if counts is None or not counts.any():
        return
    names = _names(X)
    worst = np.argsort(counts)[::-1][:3]
    shown = ", ".join(
        f"{names[i]} ({_share(counts[i], X.shape[0])} of its rows)" for i in worst if counts[i]
    )
    more = int((counts > 0).sum()) - 3
    rest = f" and {_columns(more)} more" if more > 0 else ""
    missing, of = int(counts.sum()), X.shape[0] * X.shape[1]
    are = "is" if missing == 1 else "are"
    yield Finding("warning", f"{missing:,} of {of:,} values {are} missing, in {shown}{rest}")


def _share(part: int, whole: int) -> str:
    """A share that is neither 0 % where there is some nor 100 % where there is not all."""
    if part == whole:
        return "all"
    percent = 100 * part / whole
    return "less than 0.1 %" if percent < 0.1 else f"{min(percent, 99.9):.1f} %"


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count:,} columns"


def _missing_by_column(X: Any) -> np.ndarray | None:
    if hasattr(X, "isna"):
        return X.isna().sum().to_numpy()
    if isinstance(X, np.ndarray) and X.dtype.kind == "f":
        return np.zeros(X.shape[1], int) if is_finite(X) else np.isnan(X).sum(axis=0)
    return None


def _constant_columns(X: Any) -> Iterator[Finding]:
    names = _names(X)
    if hasattr(X, "iloc"):
        constant = [i for i in range(X.shape[1]) if _is_constant(X.iloc[:, i])]
    elif isinstance(X, np.ndarray):
        constant = _constant_places(X)
    else:
        return
    if constant:
        shown = ", ".join(names[i] for i in constant[:5])
        more = f" and {len(constant) - 5} more" if len(constant) > 5 else ""
        have = "has" if len(constant) == 1 else "have"
        yield Finding(
            "warning",
            f"{_columns(len(constant))} {have} the same value in every row: {shown}{more}",
        )


def _constant_places(X: np.ndarray) -> list[int]:
    """The columns with one value; most are told from the first rows, and not looked at again."""
    places = np.flatnonzero((X[0] == X[:_FIRST_ROWS]).all(axis=0))
    return [int(place) for place in places if (X[0, place] == X[:, place]).all()]


def _is_constant(column: Any) -> bool:
    try:
        return bool(column.nunique(dropna=False) <= 1)
    except TypeError:
        return False  # values that cannot be compared, such as lists


def _duplicate_rows(table: Table) -> Iterator[Finding]:
    import pandas as pd

    if table.rows * table.columns > _DUPLICATES_UP_TO_CELLS or hasattr(table.X, "tocsr"):
        return
    frame = table.X if hasattr(table.X, "iloc") else pd.DataFrame(table.X)
    try:
        targets = {f"\0{name}": target for name, target in each_target(table.y)}
        count = int(frame.assign(**targets).duplicated().sum())
    except TypeError:
        return  # values that cannot be hashed
    if count:
        are = "is an exact duplicate" if count == 1 else "are exact duplicates"
        yield Finding(
            "warning",
            f"{count:,} of {table.rows:,} rows {are} of an earlier row: where one is held out and "
            "the other learned, scores look better than they are",
        )


def _targets_found(y: np.ndarray, is_classifier: bool) -> Iterator[Finding]:
    """What is to be told of the targets: of many, of the first ones."""
    look_at = _classes if is_classifier else _targets
    count = count_targets(y)
    if count == 1:
        yield from look_at(y)
        return
    shown = f"; of the first {_TARGETS_SHOWN}" if count > _TARGETS_SHOWN else ""
    yield Finding("info", f"{count:,} targets in each row{shown}")
    for (name, target), _ in zip(each_target(y), range(_TARGETS_SHOWN), strict=False):
        for found in look_at(target):
            yield Finding(found.level, f"{name[:1].upper()}{name[1:]}: {found.text}")


def _classes(y: np.ndarray) -> Iterator[Finding]:
    classes, counts = np.unique(y, return_counts=True)
    order = np.argsort(counts)[::-1]
    if len(classes) <= 12:
        shown = ", ".join(f"{_shown(classes[i])}: {counts[i]:,}" for i in order)
        shown = f"rows of each: {shown}"
    elif counts.min() == counts.max():
        shown = f"{counts.max():,} rows of each"
    else:
        shown = f"from {counts.min():,} to {counts.max():,} rows of each"
    yield Finding("info", f"{len(classes):,} classes ({shown})")
    few = np.flatnonzero(counts < _FEW_ROWS)
    if len(few):
        which = "1 class has" if len(few) == 1 else f"{len(few):,} classes have"
        named = ", ".join(_shown(classes[i]) for i in few[:5])
        more = f" and {len(few) - 5:,} more" if len(few) > 5 else ""
        yield Finding("warning", f"{which} fewer than {_FEW_ROWS} rows: {named}{more}")
    elif counts.max() > 10 * counts.min():
        yield Finding(
            "warning",
            f"The largest class has {counts.max() / counts.min():.0f} times the rows of the "
            "smallest: go by the balanced accuracy rather than the accuracy",
        )


def _targets(y: np.ndarray) -> Iterator[Finding]:
    numbers = y.astype(float)
    yield Finding(
        "info",
        f"Targets from {numbers.min():.6g} to {numbers.max():.6g}, on average {numbers.mean():.6g}",
    )
    if numbers.min() == numbers.max():
        yield Finding("warning", "Every row has the same target")


def _size(table: Table) -> Iterator[Finding]:
    if table.rows < table.columns:
        yield Finding(
            "warning",
            f"There are fewer rows ({table.rows:,}) than columns ({table.columns:,}): a model can "
            "learn such rows by heart, so go by the scores on held-out rows",
        )


def _names(X: Any) -> list[str]:
    if hasattr(X, "columns"):
        return [shorten(str(name), 60) for name in X.columns]
    return [f"column {i}" for i in range(X.shape[1])]
