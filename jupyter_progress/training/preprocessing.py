"""``preprocess="auto"``: only columns that the estimator itself cannot take are made into numbers.

Nothing is scaled, and where the estimator takes every column as it is, nothing is done at all. What
is done is fitted on the training rows only and becomes the first step of the saved model.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

ONE_HOT_UP_TO = 30  # columns for one column of categories; the rarest ones share the last
_SAMPLE_ROWS = 200


@dataclass
class Plan:
    """Which columns (by place) are treated, and how."""

    impute: list[int] = field(default_factory=list)
    one_hot: list[int] = field(default_factory=list)
    moments: list[int] = field(default_factory=list)
    to_float: list[int] = field(default_factory=list)
    allow_nan: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.impute or self.one_hot or self.moments or self.to_float)

    def describe(self, names: list[Any]) -> list[dict[str, Any]]:
        """What is done to which columns, for the result and the activity feed."""
        ways = (
            ("missing values become the column's median", self.impute),
            (f"one column for each of the {ONE_HOT_UP_TO} commonest categories", self.one_hot),
            ("dates become seconds", self.moments),
            ("numbers kept as objects become numbers", self.to_float),
        )
        return [
            {"how": how, "columns": [str(names[place]) for place in places]}
            for how, places in ways
            if places
        ]


def make_plan(estimator: Any, X: Any, y: np.ndarray) -> Plan:
    """Find the columns that an estimator cannot take.

    Parameters
    ----------
    estimator
        Not fitted, and left so.
    X
        All loaded rows: whether a column has missing values at all is a fact about the column; no
        value of a held-out row enters what is fitted.
    y
        The targets of those rows.
    """
    takes = what_it_takes(estimator)
    if not hasattr(X, "iloc"):
        return _plan_for_array(X, takes)
    plan = Plan(allow_nan=takes["nan"])
    for place in range(X.shape[1]):
        _plan_column(plan, place, X.iloc[:, place], takes)
    return Plan() if plan.is_empty or _takes_it_all(estimator, X, y) else plan


def what_it_takes(estimator: Any) -> dict[str, bool]:
    """Whether an estimator takes missing values, and pandas' categories, as they are."""
    return {"nan": _tag(estimator, "allow_nan"), "category": _takes_categories(estimator)}


def _tag(estimator: Any, name: str) -> bool:
    try:
        from sklearn.utils import get_tags
    except ImportError:  # scikit-learn before 1.6
        return bool(estimator._get_tags().get(name, False))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(getattr(get_tags(estimator).input_tags, name))
        except (AttributeError, TypeError, ValueError):
            return False


def _takes_categories(estimator: Any) -> bool:
    package = type(estimator).__module__.split(".")[0]
    if package == "lightgbm":
        return True
    parameters = estimator.get_params(deep=False) if hasattr(estimator, "get_params") else {}
    if package == "xgboost":
        return bool(parameters.get("enable_categorical"))
    return isinstance(parameters.get("categorical_features"), str) and (
        parameters["categorical_features"] == "from_dtype"
    )


def _plan_for_array(X: Any, takes: dict[str, bool]) -> Plan:
    plan = Plan(allow_nan=takes["nan"])
    is_float = isinstance(X, np.ndarray) and X.dtype.kind == "f"
    # A finite sum needs finite numbers, and takes no mask as large as a part of the rows.
    with np.errstate(over="ignore", invalid="ignore"):
        may_lack = is_float and not takes["nan"] and not np.isfinite(np.sum(X, dtype=float))
    if may_lack:
        plan.impute = np.flatnonzero(np.isnan(X).any(axis=0)).tolist()
    return plan


def _plan_column(plan: Plan, place: int, column: Any, takes: dict[str, bool]) -> None:
    import pandas as pd

    has_missing = bool(column.isna().any())
    dtype = column.dtype
    if pd.api.types.is_datetime64_any_dtype(dtype) or pd.api.types.is_timedelta64_dtype(dtype):
        plan.moments.append(place)
    elif isinstance(dtype, pd.CategoricalDtype):
        # scikit-learn's own histograms hold at most 255 categories.
        if not takes["category"] or len(dtype.categories) > 255:
            plan.one_hot.append(place)
    elif pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype):
        if has_missing and not takes["nan"]:
            plan.impute.append(place)
    elif _holds_numbers(column):
        if has_missing:
            plan.to_float.append(place)
    elif _holds_dates(column):
        plan.moments.append(place)
    else:
        plan.one_hot.append(place)


def _holds_numbers(column: Any) -> bool:
    import pandas as pd

    kinds = ("integer", "floating", "mixed-integer-float", "boolean", "decimal")
    return pd.api.types.infer_dtype(column, skipna=True) in kinds


def _holds_dates(column: Any) -> bool:
    import pandas as pd

    return pd.api.types.infer_dtype(column, skipna=True) in ("date", "datetime", "datetime64")


def _takes_it_all(estimator: Any, X: Any, y: np.ndarray) -> bool:
    """Whether a pipeline's own first steps deal with these columns; tried on a few rows."""
    from sklearn.base import clone
    from sklearn.pipeline import Pipeline

    inner = estimator
    while not isinstance(inner, Pipeline) and hasattr(inner, "estimator"):
        inner = inner.estimator
    if not isinstance(inner, Pipeline) or len(inner.steps) < 2:
        return False
    awkward = X.isna().any(axis=1).to_numpy()
    places = np.r_[np.flatnonzero(awkward)[:_SAMPLE_ROWS], np.flatnonzero(~awkward)[:_SAMPLE_ROWS]]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = clone(inner[:-1]).fit_transform(X.iloc[places], y[places])
    except Exception:
        # Whatever a user's transformer raises means the same here: it does not take them.
        return False
    return _is_numeric(made, what_it_takes(inner.steps[-1][1]))


def _is_numeric(X: Any, takes: dict[str, bool]) -> bool:
    if hasattr(X, "iloc"):
        plan = Plan()
        for place in range(X.shape[1]):
            _plan_column(plan, place, X.iloc[:, place], takes)
        return plan.is_empty
    dtype = getattr(X, "dtype", None)
    if dtype is None or dtype.kind not in "fiub":
        return False
    dense = X.data if hasattr(X, "tocsr") else X
    return takes["nan"] or dtype.kind != "f" or not bool(np.isnan(dense).any())


def build(plan: Plan, X: Any) -> Any:
    """Make the transformer that carries a plan out.

    Returns
    -------
    sklearn.compose.ColumnTransformer
        Not fitted. Given a frame it gives a frame, so that columns keep their names and types.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

    def median() -> Any:
        return SimpleImputer(strategy="median", keep_empty_features=True)

    def numbers(function: Any) -> Any:
        made = FunctionTransformer(function, feature_names_out="one-to-one")
        return made if plan.allow_nan else make_pipeline(made, median())

    one_hot = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=ONE_HOT_UP_TO, sparse_output=False
    )
    steps = [
        ("median", median(), plan.impute),
        ("categories", one_hot, plan.one_hot),
        ("moments", numbers(to_seconds), plan.moments),
        ("numbers", numbers(to_numbers), plan.to_float),
    ]
    made = ColumnTransformer(
        [(name, step, _selector(X, places)) for name, step, places in steps if places],
        remainder="passthrough",
        verbose_feature_names_out=_would_clash(plan, X),
    )
    return made.set_output(transform="pandas") if hasattr(X, "iloc") else made


def _selector(X: Any, places: list[int]) -> list[Any]:
    """Columns by name where names tell them apart, else by place."""
    if not hasattr(X, "columns"):
        return places
    names = list(X.columns)
    by_name = all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
    return [names[place] for place in places] if by_name else places


def _would_clash(plan: Plan, X: Any) -> bool:
    """Whether a category's column could get the name of another one."""
    names = [str(name) for name in getattr(X, "columns", [])]
    encoded = [names[place] for place in plan.one_hot if names]
    return any(name.startswith(f"{old}_") for old in encoded for name in names)


def to_seconds(frame: Any) -> Any:
    """Dates and durations as seconds (since 1970 UTC); a missing one as NaN."""
    import pandas as pd

    def convert(column: Any) -> Any:
        if pd.api.types.is_timedelta64_dtype(column.dtype):
            return column.dt.total_seconds()
        moments = pd.to_datetime(column, utc=True)
        return (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds()

    return frame.apply(convert)


def to_numbers(frame: Any) -> Any:
    """Columns of objects that are numbers as floats; a missing one as NaN."""
    import pandas as pd

    return frame.apply(lambda column: pd.to_numeric(column).astype(float))
