"""Parameters of an estimator that is given by name, as they are sent: what JSON can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core.names import shorten
from ..errors import InvalidParameter
from ..tracking import arguments

_DEPTH_LIMIT = 20


def sendable_params(params: Mapping[Any, Any]) -> dict[str, Any]:
    """Check parameters, and turn NumPy's numbers and arrays into plain ones.

    Raises
    ------
    InvalidParameter
        One is no number, string, boolean, list or dictionary of these.
    """
    return {_key("params", key): _plain(f"params.{key}", value, 0) for key, value in params.items()}


def _key(field: str, key: Any) -> str:
    if not isinstance(key, str):
        raise InvalidParameter(field, f"a name {arguments.found(key)}; expected strings")
    return key


def _plain(field: str, value: Any, depth: int) -> Any:
    field = shorten(field, 200)
    if depth > _DEPTH_LIMIT:
        raise InvalidParameter(field, "is nested too deeply")
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidParameter(field, f"is {value}, which JSON does not have; {_INSTEAD}")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {
            _key(field, key): _plain(f"{field}.{key}", inner, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(f"{field}[{i}]", inner, depth + 1) for i, inner in enumerate(value)]
    raise InvalidParameter(field, f"{arguments.of_type(value)}, which JSON cannot hold; {_INSTEAD}")


_INSTEAD = "hand over the estimator itself in place of its name: jp.train(SVC(C=1), …)"
