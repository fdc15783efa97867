"""What rows hold that an estimator cannot take: infinite values, text, missing values, lists.

scikit-learn's own estimators say so in ``fit``, minutes after the call; here it is known before.
An estimator of another origin may take anything, and is left to say it itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core.names import shorten
from ..errors import UnsuitableData
from .preprocessing import what_it_takes

_TAKES_ANYTHING = ("Dummy",)
_NESTED = (list, tuple, dict, set, frozenset, np.ndarray)
_TAKES_INFINITY = ("HistGradientBoosting",)
# First steps of pipelines that take numbers only, and no infinite ones.
_NUMERIC_STEPS = frozenset(
    (
        "StandardScaler",
        "MinMaxScaler",
        "MaxAbsScaler",
        "RobustScaler",
        "Normalizer",
        "QuantileTransformer",
        "PowerTransformer",
        "PolynomialFeatures",
        "SplineTransformer",
        "PCA",
        "TruncatedSVD",
        "VarianceThreshold",
        "SelectKBest",
        "SelectPercentile",
    )
)


@dataclass(frozen=True)
class Features:
    """What some estimators cannot take, by the columns that hold it, in words.

    Parameters
    ----------
    infinite, missing
        Names of columns.
    text
        Names of columns, each with one of its values.
    too_large
        Names of columns with whole numbers that no floating-point number holds.
    nested
        Names of columns with lists, dictionaries or arrays in their cells, each with its type.
    """

    infinite: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)
    nested: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Refusals:
    """What an estimator is known not to take."""

    infinite: bool = False
    missing: bool = False
    text: bool = False


def look_at(X: Any) -> Features:
    """Look through rows: a frame, an array or a sparse matrix of shape (rows, columns)."""
    if hasattr(X, "iloc"):
        return _look_at_frame(X)
    if hasattr(X, "tocsc"):
        return _look_at_sparse(X)
    if X.dtype.kind != "f" or is_finite(X):
        return Features()
    return Features(_places(np.isinf(X).any(axis=0)), _places(np.isnan(X).any(axis=0)))


def is_finite(X: np.ndarray) -> bool:
    """Whether no value of an array is missing or infinite; of a large one without a mask of it.

    Their sum says so of most arrays at once, as scikit-learn asks, too; an overflow does not.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(np.sum(X, dtype=float))) or bool(np.isfinite(X).all())


def check_features(
    found: Features, estimator: Any, preprocess: str, field: str, *, is_fitted_on: bool = True
) -> None:
    """Refuse rows that an estimator is known not to take.

    Parameters
    ----------
    found
        From :func:`look_at`.
    preprocess
        ``"auto"`` makes numbers of text and fills in what is missing; ``"none"`` does not.
    field
        How messages name the rows.
    is_fitted_on
        False for held-out rows.

    Raises
    ------
    UnsuitableData
    """
    _check_cells(found, estimator, preprocess, field)
    refuses = what_it_refuses(estimator)
    kind = type(estimator).__name__
    if found.infinite and refuses.infinite:
        raise UnsuitableData(
            field,
            f"holds infinite values in {_listed(found.infinite)}, which {kind} does not take; "
            "replace them, or drop those rows",
        )
    if preprocess != "none":
        return
    if found.text and refuses.text:
        raise UnsuitableData(
            field,
            f"holds no numbers in {_listed(found.text)}, and {kind} takes only numbers; encode "
            "them, or let preprocess='auto' do it",
        )
    if found.missing and refuses.missing and is_fitted_on:
        raise UnsuitableData(
            field,
            f"has missing values (NaN) in {_listed(found.missing)}, which {kind} does not take; "
            "impute them, or let preprocess='auto' do it",
        )


def _check_cells(found: Features, estimator: Any, preprocess: str, field: str) -> None:
    """Refuse cells that neither the preprocessing nor an estimator of scikit-learn's can take."""
    if found.too_large:
        raise UnsuitableData(
            field,
            f"holds whole numbers too large for a floating-point number in "
            f"{_listed(found.too_large)}; expected at most about 1.8e308",
        )
    is_known = type(estimator).__module__.partition(".")[0] == "sklearn"
    if found.nested and (preprocess != "none" or is_known):
        raise UnsuitableData(
            field,
            f"holds more than one value in a cell in {_listed(found.nested)}; expected a number or "
            "a text in each: give each part a column of its own",
        )


def what_it_refuses(estimator: Any) -> Refusals:
    """What an estimator refuses for certain; all False for one that is not scikit-learn's own."""
    cls = type(estimator)
    if cls.__module__.partition(".")[0] != "sklearn" or cls.__name__.startswith(_TAKES_ANYTHING):
        return Refusals()
    inner = list(_inner(estimator))
    if cls.__name__ == "Pipeline":
        return _of_pipeline([step for step in inner if step not in (None, "passthrough")])
    if inner:
        # What one of several refuses, the whole does.
        found = [what_it_refuses(each) for each in inner if not isinstance(each, str)]
        return Refusals(
            any(each.infinite for each in found),
            any(each.missing for each in found),
            any(each.text for each in found),
        )
    takes = what_it_takes(estimator)
    is_vague = not hasattr(estimator, "get_params") or _takes_no_vectors(estimator)
    return Refusals(
        infinite=not (cls.__name__.startswith(_TAKES_INFINITY) or is_vague),
        missing=not (takes["nan"] or is_vague),
        text=not (takes["category"] or is_vague),
    )


def _takes_no_vectors(estimator: Any) -> bool:
    """A kernel or a distance of the user's own may be one of words."""
    given = estimator.get_params(deep=False)
    return any(
        callable(given.get(name)) or hasattr(given.get(name), "requires_vector_input")
        for name in ("kernel", "metric", "affinity")
    )


def _inner(estimator: Any) -> Iterator[Any]:
    """The estimators that another one hands its rows to."""
    for name in ("steps", "estimators"):
        listed = getattr(estimator, name, None)
        if isinstance(listed, list):
            yield from (pair[1] for pair in listed if isinstance(pair, tuple) and len(pair) > 1)
    single = getattr(estimator, "estimator", None)
    if hasattr(single, "fit"):
        yield single


def _of_pipeline(steps: list[Any]) -> Refusals:
    """As far as its first steps are known: what is behind an unknown one may see anything."""
    if not steps:
        return Refusals()
    first, *others = steps
    if not others:
        return what_it_refuses(first)
    cls = type(first)
    if cls.__module__.partition(".")[0] != "sklearn" or cls.__name__ not in _NUMERIC_STEPS:
        return Refusals()
    lets_missing_through = what_it_takes(first)["nan"]
    missing = _of_pipeline(others).missing if lets_missing_through else True
    return Refusals(infinite=True, missing=missing, text=True)


def _look_at_frame(X: Any) -> Features:
    found = Features()
    for place, name in enumerate(X.columns):
        column = X.iloc[:, place]
        shown = repr(shorten(str(name), 60))
        if bool(column.isna().any()):
            found.missing.append(shown)
        try:
            values = _numbers(column)
        except OverflowError:
            found.too_large.append(shown)
            continue
        if values is None:
            _look_at_words(column.dropna(), shown, found)
        elif bool(np.isinf(values).any()):
            found.infinite.append(shown)
    return found


def _look_at_words(kept: Any, shown: str, found: Features) -> None:
    """Tell lists and the like from text, in a column that holds no numbers."""
    if kept.dtype == object:
        nested = next((value for value in kept if isinstance(value, _NESTED)), None)
        if nested is not None:
            found.nested.append(f"{shown} ({type(nested).__name__})")
            return
    found.text.append(f"{shown} ({shorten(repr(kept.iloc[0]), 40)})")


def _numbers(column: Any) -> np.ndarray | None:
    """A column as scikit-learn sees it, in floats; None where it holds no numbers.

    Raises
    ------
    OverflowError
        It holds a whole number that is too large for a float.
    """
    import pandas as pd

    dtype = column.dtype
    if pd.api.types.is_complex_dtype(dtype):
        return None
    if pd.api.types.is_datetime64_any_dtype(dtype) or pd.api.types.is_timedelta64_dtype(dtype):
        return None if column.notna().any() else np.empty(0)
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return np.asarray(column, dtype=float) if dtype.kind == "f" else np.empty(0)
    try:
        return np.asarray(column.dropna().to_numpy(), dtype=float)
    except (TypeError, ValueError):
        return None


def _look_at_sparse(X: Any) -> Features:
    if X.dtype.kind != "f" or np.isfinite(X.data).all():
        return Features()
    columns = X.tocsc()
    owners = np.repeat(np.arange(X.shape[1]), np.diff(columns.indptr))
    infinite = np.bincount(owners[np.isinf(columns.data)], minlength=X.shape[1]) > 0
    missing = np.bincount(owners[np.isnan(columns.data)], minlength=X.shape[1]) > 0
    return Features(_places(infinite), _places(missing))


def _places(is_so: np.ndarray) -> list[str]:
    return [str(place) for place in np.flatnonzero(is_so)]


def _listed(columns: list[str]) -> str:
    more = f" and {len(columns) - 3:,} more" if len(columns) > 3 else ""
    return f"{'column' if len(columns) == 1 else 'columns'} {', '.join(columns[:3])}{more}"
