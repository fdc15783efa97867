"""A short ``repr`` of anything, in a time that does not grow with what the value holds."""

from __future__ import annotations

import reprlib
from array import array
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

_CUT: Final = "…"
# Classes of one's own are shown by what they derive from.
_CONTAINERS: Final = (
    (dict, "dict"),
    (list, "list"),
    (tuple, "tuple"),
    (set, "set"),
    (frozenset, "frozenset"),
    (deque, "deque"),
    (array, "array"),
)
_TEXTS: Final = (str, bytes, bytearray)


def short_repr(value: Any, limit: int, hides: Callable[[str], bool]) -> str:
    """Show a value in about so many characters.

    Parameters
    ----------
    value
        Anything. Estimators are shown by their classes.
    limit
        In characters; what is longer ends with "…".
    hides
        Whether what a mapping holds under this key is left out.

    Raises
    ------
    Exception
        Whatever the value's own ``__repr__`` does.
    """
    text = _Short(limit, hides).repr(value)
    return text if len(text) <= limit else text[:limit] + _CUT


class _Short(reprlib.Repr):
    """Stops when it has enough: a list of lists would be long however short each of them is cut."""

    def __init__(self, limit: int, hides: Callable[[str], bool]) -> None:
        super().__init__()
        self._hides, self._limit, self._left = hides, limit, limit
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdeque = limit
        self.maxarray = self.maxlong = limit

    def repr1(self, x: Any, level: int) -> str:
        if self._left < 0:
            return _CUT
        for base, name in _CONTAINERS:
            if isinstance(x, base):
                self._left -= 2
                return str(getattr(self, f"repr_{name}")(x, level))
        text = self._leaf(x, level)
        self._left -= len(text) + 2
        return text

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        if not x:
            return "{}"
        if level <= 0:
            return "{" + _CUT + "}"
        parts = []
        for key, value in islice(x.items(), self._limit):
            shown = self.repr1(key, level - 1)
            is_hidden = isinstance(key, str) and self._hides(key)
            parts.append(f"{shown}: {_CUT if is_hidden else self.repr1(value, level - 1)}")
            if self._left < 0:
                break
        if len(parts) < len(x):
            parts.append(_CUT)
        return "{" + ", ".join(parts) + "}"

    def _leaf(self, x: Any, level: int) -> str:
        if isinstance(x, _TEXTS):
            # Cut before it is escaped, not after.
            return repr(x[: self._limit]) + (_CUT if len(x) > self._limit else "")
        if hasattr(x, "get_params"):
            return x.__name__ if isinstance(x, type) else type(x).__name__
        if isinstance(x, int) and abs(x) >= 1 << 256:
            return hex(x)  # one of more than 4,300 digits has no repr
        return repr(x)
