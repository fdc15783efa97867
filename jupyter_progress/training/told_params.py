"""An estimator's parameters as views show them: those that somebody has set."""

from __future__ import annotations

import inspect
import math
from typing import Any, Final

from ..core.names import shorten

MOST: Final = 100
LONGEST: Final = 200  # characters


def told_params(estimator: Any) -> dict[str, Any]:
    """The parameters that are not the defaults of their classes, by their names in ``set_params``.

    Parameters
    ----------
    estimator
        Anything; what has no ``get_params`` tells nothing.

    Returns
    -------
    dict
        At most 100: numbers, truth values and None as they are, all else as a short text.
    """
    try:
        params = estimator.get_params(deep=True)
    except Exception:  # somebody's own class: a fact that is missing, not a training that fails
        return {}
    told: dict[str, Any] = {}
    for name, value in params.items():
        owner = params.get(name.rpartition("__")[0], estimator)
        # Parts are told by their own parameters, and by which class they are.
        if len(told) < MOST and not _is_default(owner, name.rpartition("__")[2], value):
            told[str(name)] = _shown(value)
    return told


def _is_default(owner: Any, name: str, value: Any) -> bool:
    try:
        default = inspect.signature(type(owner).__init__).parameters[name].default
        return default is value or bool(type(default) is type(value) and default == value)
    except Exception:  # no such parameter, no signature, or an == that answers no truth value
        return False


def _shown(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return shorten(value, LONGEST)
    item = getattr(value, "item", None)  # of NumPy's numbers
    if callable(item) and getattr(value, "shape", None) == ():
        return _shown(item())
    if hasattr(value, "get_params"):
        return type(value).__name__
    try:
        return shorten(repr(value), LONGEST)
    except Exception:  # its own __repr__
        return type(value).__name__
