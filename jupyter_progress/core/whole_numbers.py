"""Whole numbers that were written with a fraction of zero: 2.0 is an integer to JSON Schema."""

from __future__ import annotations

import re
from typing import Any


def made_whole(body: dict[str, Any], path: str) -> bool:
    """Write the number at a path as an integer, in place.

    Only there: what a parameter of an estimator is, 1 or 1.0, makes a difference to it.

    Parameters
    ----------
    path
        As msgspec tells it: ``.split.random_state``, ``.rows[2]``.

    Returns
    -------
    bool
        Whether it was a whole number, written as a float.
    """
    place: Any = body
    keys = re.findall(r"\.([A-Za-z_]\w*)|\[(\d+)\]", path)
    steps: list[Any] = [name or int(index) for name, index in keys]
    if not steps or "".join(f".{name}" if name else f"[{index}]" for name, index in keys) != path:
        return False  # a key that no path can be told by
    for step in steps[:-1]:
        place = place[step]
    value = place[steps[-1]]
    if not isinstance(value, float) or not value.is_integer():
        return False
    place[steps[-1]] = int(value)
    return True
