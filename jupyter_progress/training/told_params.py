"""An estimator's parameters as views show them: those that somebody has set."""

from __future__ import annotations

import inspect
import logging
import math
import re
from typing import Any, Final

from ..core.names import shorten
from ..tracking.messages import as_text
from .short_repr import short_repr

MOST: Final = 100
LONGEST: Final = 200  # characters
HIDDEN: Final = "…"
_LARGEST: Final = 2**63  # above it a database and many readers of JSON have no whole number

# As the last part of a name: ``token_pattern``, ``tokenizer`` and ``n_tokens`` are no secrets.
_SECRET = re.compile(
    r"(?:.*[._])?(?:password|passwd|secret|token|api_?key|credentials?|auth)",
    re.IGNORECASE | re.DOTALL,
)
_NO_DEFAULT = object()

log = logging.getLogger(__name__)


def told_params(estimator: Any) -> dict[str, Any]:
    """The parameters that are not the defaults of their classes, by their names in ``set_params``.

    Parameters
    ----------
    estimator
        Anything; what has no ``get_params`` tells nothing.

    Returns
    -------
    dict
        At most 100: numbers, truth values and None as they are, all else as a short text. What a
        name says to be a secret, such as ``api_key``, is told as "…".
    """
    try:
        if not hasattr(estimator, "get_params"):
            return {}
        params = dict(estimator.get_params(deep=True))
    except Exception:  # somebody's own class: a fact that is missing, not a training that fails
        log.warning("the parameters are not told: get_params failed", exc_info=True)
        return {}
    told: dict[str, Any] = {}
    for key, value in params.items():
        name = str(key)
        owner = params.get(name.rpartition("__")[0], estimator)
        # Parts are told by their own parameters, and by which class they are.
        if len(told) < MOST and not _is_default(owner, name.rpartition("__")[2], value):
            told[as_text(shorten(name, LONGEST))] = _told(name, value)
    return told


def is_secret(name: str) -> bool:
    """Whether a parameter's name says that its value is nobody's business."""
    return _SECRET.fullmatch(name) is not None


def _is_default(owner: Any, name: str, value: Any) -> bool:
    default = _default_of(owner, name)
    try:
        return default is value or bool(type(default) is type(value) and default == value)
    except Exception:  # an == that raises, or answers an array: whatever it is, somebody has set it
        return False


def _default_of(owner: Any, name: str) -> Any:
    try:
        return inspect.signature(type(owner).__init__).parameters[name].default
    except (KeyError, TypeError, ValueError):  # no such parameter, or no signature
        return _NO_DEFAULT


def _told(name: str, value: Any) -> Any:
    if is_secret(name):
        return HIDDEN
    try:
        return _shown(value)
    except Exception:  # the value's own __getattr__, item or __repr__ fails: its class is known
        return as_text(type(value).__name__)


def _shown(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < _LARGEST:
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, str):
        # A class of its own may say something else of itself.
        return as_text(shorten(str.__str__(value), LONGEST))
    item = getattr(value, "item", None)  # of NumPy's numbers
    if callable(item) and getattr(value, "shape", None) == ():
        plain = item()
        # What has no plain type, as long doubles, gives itself: that would go on for ever.
        if isinstance(plain, int | float | str) and type(plain) is not type(value):
            return _shown(plain)
    return as_text(short_repr(value, LONGEST, hides=is_secret))
