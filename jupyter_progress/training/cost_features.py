"""What decides what a fit costs, as numbers, and how its cost is likely to go with each.

A cost goes with a power of most of what it goes with: twice the trees take twice as long. So what
is positive counts by its logarithm, and the figures below are exponents: what is likely before
anything was seen, and how far it may be off (a standard deviation).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

Exponent = tuple[float, float]

_EXPONENTS: dict[str, Exponent] = {
    "rows": (1.1, 0.3), "columns": (0.6, 0.3),
    "n_estimators": (1.0, 0.07), "max_iter": (0.7, 0.3), "max_depth": (0.7, 0.35),
    "max_leaf_nodes": (0.4, 0.3), "max_features": (0.7, 0.35), "weights": (0.6, 0.3),
    "min_samples_leaf": (-0.15, 0.15), "min_samples_split": (-0.1, 0.1), "n_jobs": (-0.8, 0.2),
    "subsample": (0.7, 0.25), "max_samples": (0.7, 0.25), "max_bins": (0.2, 0.2),
}  # fmt: skip
# Rows below which a fit takes what it takes, however few there are.
_FEW_ROWS = 300.0
MEMBERS = ("n_estimators", "max_iter")
_UNKNOWN: Exponent = (0.0, 0.2)
# Fits that compare each row with each other.
_BY_PAIRS = ("SVC", "SVR", "KernelRidge", "GaussianProcessClassifier", "GaussianProcessRegressor")
_ROWS_BY_PAIRS: Exponent = (1.9, 0.3)
# Of no weight for the cost, and different in each run.
_IGNORED = frozenset(
    {"random_state", "verbose", "copy_X", "copy", "warm_start", "memory", "cache_size", "n_iter"}
)
_UNLIMITED = {"max_depth": 64.0, "max_leaf_nodes": 1024.0, "max_samples": 1.0}
_AWAY_FROM_ONE: Exponent = (0.06, 0.06)


def exponent_of(name: str, estimator: str) -> Exponent:
    """How the cost of a class's fit is likely to go with something."""
    last = name.rpartition("__")[2]
    if last == "away_from_one":
        return _AWAY_FROM_ONE
    if last == "rows" and estimator.rstrip(")").endswith(_BY_PAIRS):
        return _ROWS_BY_PAIRS
    return _EXPONENTS.get(last, _UNKNOWN)


def driving_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a fit's cost may go with, of plain types, by their long names."""
    kept = {}
    for name, value in params.items():
        value = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
        value = list(value) if isinstance(value, tuple) else value
        if name.rpartition("__")[2] not in _IGNORED and _is_plain(value):
            kept[name] = value
    return kept


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return 0 < len(value) <= 8 and all(type(each) is int for each in value)
    return value is None or isinstance(value, str | int | float | bool)


def features_of(
    params: Mapping[str, Any], rows: float, columns: float, estimator: str = ""
) -> tuple[dict[str, float], dict[str, str]]:
    """What a fit's cost goes with.

    Returns
    -------
    (dict, dict)
        Logarithms of what is a number, and words for what is not.
    """
    numbers = {"rows": math.log(max(1.0, rows) + _FEW_ROWS), "columns": math.log(max(1.0, columns))}
    words: dict[str, str] = {}
    by_pairs = estimator.rstrip(")").endswith(_BY_PAIRS)
    for name, value in params.items():
        number, word = _read(name.rpartition("__")[2], value, max(1.0, columns))
        stem = name.replace("hidden_layer_sizes", "weights")
        if number is not None and name.endswith("max_depth"):
            # A tree that halves its rows is not deeper than this, whatever it may be.
            number = min(number, 1.5 * math.log2(max(4.0, rows)))
        if number is not None:
            numbers[stem] = math.log(number)
        if number is not None and name.endswith("C") and by_pairs:
            # libsvm: with a small C every row is a support vector, with a large one it iterates.
            numbers[f"{name}__away_from_one"] = abs(math.log(number))
        if word is not None:
            words[name] = word
    return numbers, words


def _read(name: str, value: Any, columns: float) -> tuple[float | None, str | None]:
    if name == "max_features":
        return _share_of_features(value, columns)
    if name == "gamma" and isinstance(value, str):
        return 1.0 / columns, value
    if isinstance(value, list):
        sizes = [columns, *value, 1]
        return float(sum(a * b for a, b in pairwise(sizes))), None
    if value is None and name in _UNLIMITED:
        return _UNLIMITED[name], "None"
    if name == "n_jobs":
        return (float(value) if isinstance(value, int) and value > 0 else 1.0), str(value)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return None, str(value)
    return (float(value), None) if 0 < value < math.inf else (None, str(value))


def _share_of_features(value: Any, columns: float) -> tuple[float | None, str | None]:
    if value in ("sqrt", "auto"):
        return columns**-0.5, None
    if value == "log2":
        return max(1.0, math.log2(columns)) / columns, None
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return 1.0, None
    return (value if isinstance(value, float) else value / columns), None
