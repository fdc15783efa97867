"""What ``fit`` is given besides rows and targets: sample weights, and a search's groups."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from ..errors import InvalidRequest


def fit_params(estimator: Any, weights: np.ndarray | None, groups: np.ndarray | None) -> Any:
    """The keyword arguments for ``estimator.fit(X, y, **…)``.

    Parameters
    ----------
    weights, groups
        Of the rows that are fitted, of shape (rows,); None where there are none.
    """
    found: dict[str, Any] = {}
    if weights is not None:
        name = weight_name(estimator)
        assert name is not None, "checked before"
        found[name] = weights
    if groups is not None and divides_by_groups(estimator):
        found["groups"] = groups
    return found


def weight_name(estimator: Any) -> str | None:
    """Under which name ``fit`` takes sample weights; None where it takes none.

    A pipeline gives what is called ``<step>__sample_weight`` to that step, which is the last one
    here; a search divides it as it divides the rows.
    """
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps:
        inner = weight_name(steps[-1][1])
        return None if inner is None else f"{steps[-1][0]}__{inner}"
    parameters = _parameters(estimator)
    if "sample_weight" in parameters:
        return "sample_weight"
    if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return None
    names = {weight_name(member) for member in _members(estimator)}
    if isinstance(getattr(estimator, "estimators", None), list):
        # Voting and stacking hand on what is called so, and nothing else.
        return "sample_weight" if names == {"sample_weight"} else None
    return names.pop() if len(names) == 1 and _hands_on(estimator) else None


def _hands_on(estimator: Any) -> bool:
    """Whether ``fit`` hands further arguments on: most of scikit-learn's refuse them."""
    cls = type(estimator)
    is_known = cls.__name__ in ("RFE", "TransformedTargetRegressor")
    return is_known or is_search(estimator) or not cls.__module__.startswith("sklearn.")


def _parameters(estimator: Any) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(estimator.fit).parameters)
    except (TypeError, ValueError, AttributeError):
        return {}


def _members(estimator: Any) -> list[Any]:
    """What an estimator hands the arguments of its ``fit`` on to."""
    named = getattr(estimator, "estimators", None)
    if isinstance(named, list):
        members = [member for _name, member in named if member not in ("drop", None)]
        final = getattr(estimator, "final_estimator", None)
        return members if final is None else [*members, final]
    for name in ("estimator", "regressor"):
        inner = getattr(estimator, name, None)
        if hasattr(inner, "fit"):
            return [inner]
    return []


def check_takes_weights(estimator: Any, field: str = "sample_weight") -> None:
    """Raise InvalidRequest where an estimator does not take sample weights."""
    if weight_name(estimator) is None:
        steps = getattr(estimator, "steps", None)
        inner = f" of {type(steps[-1][1]).__name__}" if isinstance(steps, list) and steps else ""
        raise InvalidRequest(
            field,
            f"cannot be used: fit of {type(estimator).__name__}{inner} has no sample_weight; leave "
            "it out, or choose an estimator that takes weights",
        )


def divides_by_groups(estimator: Any) -> bool:
    """Whether this is a search whose folds heed groups; the others would ignore them, aloud."""
    if not is_search(estimator):
        return False
    split = getattr(estimator.cv, "split", None)
    if split is None:
        return False  # a number of folds, or folds that are listed
    if not type(estimator.cv).__module__.startswith("sklearn."):
        return "groups" in inspect.signature(split).parameters
    # Each of scikit-learn's takes groups; those that heed them ask for them.
    asks = estimator.cv.get_metadata_routing().split.requests
    return asks.get("groups") is True


def is_search(estimator: Any) -> bool:
    """Whether an estimator tries candidates on folds of its rows."""
    from sklearn.model_selection._search import BaseSearchCV

    return isinstance(estimator, BaseSearchCV)
