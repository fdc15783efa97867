"""``class_weight=``: set where an estimator has it, on the copy that is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidRequest
from ..tracking import arguments


def with_class_weight(estimator: Any, class_weight: Any, kind: str | None) -> Any:
    """A copy of an estimator with its own parameter ``class_weight`` set.

    Parameters
    ----------
    class_weight
        ``"balanced"``, or the weights by class.
    kind
        ``classifier`` or ``regressor``; None for an estimator that is only named.

    Raises
    ------
    InvalidRequest
    """
    if kind is None:
        raise InvalidRequest(
            "class_weight", 'goes into params of an estimator given by name: {"class_weight": …}'
        )
    if kind == "regressor":
        raise InvalidRequest("class_weight", "goes with a classifier; this is a regressor")
    if not (class_weight == "balanced" or isinstance(class_weight, Mapping)):
        raise InvalidRequest(
            "class_weight",
            f"{arguments.found(class_weight)}; expected 'balanced' or a dictionary of weights by "
            "class",
        )
    from sklearn.base import clone

    name = parameter_of(estimator)
    if name is None:
        raise InvalidRequest(
            "class_weight",
            f"is no parameter of {type(estimator).__name__}; expected sample_weight in its place: "
            "sklearn.utils.class_weight.compute_sample_weight(class_weight, y)",
        )
    chosen = dict(class_weight) if isinstance(class_weight, Mapping) else class_weight
    return clone(estimator).set_params(**{name: chosen})


def parameter_of(estimator: Any) -> str | None:
    """Where an estimator keeps its class weights: its own, its last step's, its search's."""
    known = estimator.get_params(deep=False)
    if "class_weight" in known:
        return "class_weight"
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps:
        name, inner = steps[-1]
    elif hasattr(known.get("estimator"), "get_params"):
        name, inner = "estimator", known["estimator"]
    else:
        return None
    found = parameter_of(inner) if hasattr(inner, "get_params") else None
    return None if found is None else f"{name}__{found}"
