"""What decides how long a run's stages take: what is fitted, on what, and how much of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Workload:
    """What two runs must share to take the same time.

    Parameters
    ----------
    estimator
        The class that is fitted, by its package and name; empty where that is not known yet.
    source
        What names the data: two runs on the same data have the same.
    cells, rows, columns
        Rows times columns, and each; None before the data are loaded.
    members
        How many trees, iterations or the like; None where that is not known.
    parts
        How many objects the fitted model is made of, counted up to a limit beyond which it is saved
        in another way; None before it is fitted.
    params
        The estimator's; of a search, those that all its candidates share.
    searched
        The class that is fitted in a search; empty for what is none.
    """

    estimator: str
    source: str
    cells: int | None = None
    members: int | None = None
    parts: int | None = None
    rows: int | None = None
    columns: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    searched: str = ""

    @property
    def is_search(self) -> bool:
        """Whether many fits of another class are what takes its time."""
        return bool(self.searched)


def class_of(estimator: Any) -> str:
    """An estimator's class; of a pipeline with its last step's, of a search with what it fits."""
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps:
        return f"Pipeline({class_of(steps[-1][1])})"
    cls = type(estimator)
    inner = getattr(estimator, "estimator", None)
    if cls.__name__.endswith("SearchCV") and inner is not None:
        return f"{_short(f'{cls.__module__}.{cls.__qualname__}')}({class_of(inner)})"
    return _short(f"{cls.__module__}.{cls.__qualname__}")


def params_of(estimator: Any) -> dict[str, Any]:
    """An estimator's parameters; none where it does not tell them."""
    try:
        return dict(estimator.get_params())
    except Exception:  # the user's own class: what it cannot tell, nothing is learned by
        return {}


def class_in(spec: dict[str, Any]) -> str:
    """The class that a request names; empty for an estimator that was handed over."""
    return _short(str(spec["class"])) if "class" in spec else ""


def members_of(estimator: Any) -> int | None:
    """How many members an estimator is going to have."""
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps:
        return members_of(steps[-1][1])
    return _first_number(getattr(estimator, name, None) for name in _MEMBERS)


def members_in(spec: dict[str, Any]) -> int | None:
    """How many members a request names; None where it leaves that to the class."""
    params = spec.get("params") or {}
    return _first_number(params.get(name) for name in _MEMBERS)


def source_of(dataset: dict[str, Any]) -> str:
    """What names a request's data."""
    what = dataset.get("name") or dataset.get("path") or dataset.get("id")
    return f"{dataset.get('source')}:{what}"


_MEMBERS = ("n_estimators", "max_iter")


def _short(name: str) -> str:
    # The modules between are private to a package and may move: sklearn.ensemble._forest.X.
    first, _, rest = name.partition(".")
    return f"{first}.{rest.rpartition('.')[2]}" if rest else name


def _first_number(values: Any) -> int | None:
    return next((value for value in values if isinstance(value, int) and value > 0), None)
