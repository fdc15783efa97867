"""What can be named in a request: scikit-learn's bundled data sets and its estimators.

The data sets are those that come with scikit-learn's package, so that none needs the network.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import math
import warnings
from typing import Any

# Loader of sklearn.datasets, rows, columns and task of each: kept here so that listing them, and
# refusing a name, reads no file.
_BUNDLED: dict[str, tuple[str, int, int, str]] = {
    "breast_cancer": ("load_breast_cancer", 569, 30, "classification"),
    "diabetes": ("load_diabetes", 442, 10, "regression"),
    "digits": ("load_digits", 1797, 64, "classification"),
    "iris": ("load_iris", 150, 4, "classification"),
    "wine": ("load_wine", 178, 13, "classification"),
}


def datasets() -> list[dict[str, Any]]:
    """The bundled data sets, as ``GET datasets`` lists them: ``{name, rows, columns, task}``."""
    return [
        {"name": name, "rows": rows, "columns": columns, "task": task}
        for name, (_, rows, columns, task) in _BUNDLED.items()
    ]


def dataset_names() -> list[str]:
    """The names of the bundled data sets."""
    return list(_BUNDLED)


@functools.lru_cache(maxsize=len(_BUNDLED))
def load_dataset(name: str) -> tuple[Any, Any]:
    """Load a bundled data set.

    Parameters
    ----------
    name
        One of :func:`dataset_names`.

    Returns
    -------
    X, y
        A frame of shape (rows, columns), and a Series of the targets.
    """
    import sklearn.datasets

    loader = getattr(sklearn.datasets, _BUNDLED[name][0])
    X, y = loader(return_X_y=True, as_frame=True)
    return X, y


def task_of_dataset(name: str) -> str:
    """``"classification"`` or ``"regression"``."""
    return _BUNDLED[name][3]


def estimators() -> list[dict[str, Any]]:
    """Every public classifier and regressor of scikit-learn, as ``GET estimators`` lists them.

    Returns
    -------
    list of dict
        ``{"class", "task", "params": {name: default}}``, sorted by class. A default that JSON
        cannot hold is its ``repr``; a parameter without a default is null.
    """
    from sklearn.base import ClassifierMixin, RegressorMixin

    found = []
    for public, cls in public_estimators().items():
        for mixin, task in ((ClassifierMixin, "classification"), (RegressorMixin, "regression")):
            if issubclass(cls, mixin):
                found.append({"class": public, "task": task, "params": _defaults(cls)})
    return found


@functools.cache
def public_estimators() -> dict[str, type]:
    """scikit-learn's estimators of every kind under the names that people import them by.

    The first call imports all of scikit-learn, which takes seconds.
    """
    from sklearn.utils.discovery import all_estimators

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classes = [cls for _, cls in all_estimators()]
    return dict(sorted((_public_name(cls), cls) for cls in classes))


def _public_name(cls: type) -> str:
    """``sklearn.ensemble._forest.X`` is imported as ``sklearn.ensemble.X``."""
    parts = cls.__module__.split(".")
    public = itertools.takewhile(lambda part: not part.startswith("_"), parts)
    return ".".join([*public, cls.__name__])


def _defaults(cls: type) -> dict[str, Any]:
    parameters = inspect.signature(cls).parameters.values()
    return {p.name: _as_json(p.default) for p in parameters if p.name != "self"}


def _as_json(default: Any) -> Any:
    if default is inspect.Parameter.empty or default is None:
        return None
    if isinstance(default, float) and not math.isfinite(default):
        return repr(default)
    if isinstance(default, bool | int | float | str):
        return default
    if isinstance(default, list | tuple):
        return [_as_json(inner) for inner in default]
    return repr(default)
