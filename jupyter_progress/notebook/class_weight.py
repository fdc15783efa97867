"""``class_weight=``: set where an estimator has it, on the copy that is handed over."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core.names import shorten
from ..errors import InvalidRequest
from ..tracking import arguments

_SHOWN = 10  # classes that a message names


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
    if isinstance(class_weight, Mapping):
        _check_weights(class_weight)
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


def check_covers(class_weight: Any, y: np.ndarray) -> None:
    """Refuse weights by class that leave a class of the targets out and name one they do not have.

    Those that only leave some out are taken: each of these counts 1.

    Raises
    ------
    InvalidRequest
    """
    if not isinstance(class_weight, Mapping):
        return
    classes = np.unique(y).tolist()
    unknown = [key for key in class_weight if key not in classes]
    if unknown and any(each not in class_weight for each in classes):
        shown = ", ".join(repr(each) for each in classes[:_SHOWN])
        more = f" and {len(classes) - _SHOWN:,} more" if len(classes) > _SHOWN else ""
        raise InvalidRequest(
            "class_weight",
            f"has the key {shorten(repr(unknown[0]), 80)}, which is no class of y; expected of "
            f"{shorten(shown, 200)}{more}",
        )


def _check_weights(class_weight: Mapping[Any, Any]) -> None:
    if not class_weight:
        raise InvalidRequest(
            "class_weight", "is empty; expected a weight by class, such as {0: 1.0, 1: 5.0}"
        )
    for key, weight in class_weight.items():
        is_number = isinstance(weight, numbers.Real) and not isinstance(weight, bool)
        if not is_number or not math.isfinite(weight) or weight < 0:
            raise InvalidRequest(
                "class_weight",
                f"for {shorten(repr(key), 80)} {arguments.found(weight)}; expected a number, 0 or "
                "more",
            )


def parameter_of(estimator: Any) -> str | None:
    """Where an estimator keeps its class weights: its own, its last step's, its search's."""
    if not hasattr(estimator, "get_params"):
        return None
    known = estimator.get_params(deep=False)
    if "class_weight" in known:
        return "class_weight"
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps:
        name, inner = steps[-1]
    elif "estimator" in known:
        name, inner = "estimator", known["estimator"]
    else:
        return None
    found = parameter_of(inner)
    return None if found is None else f"{name}__{found}"
