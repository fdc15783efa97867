"""A duration as a person reads it; `frontend/src/model/format.ts` follows the same rule."""

from __future__ import annotations

import math
from typing import Any


def duration(value: Any) -> str:
    """Write a duration as precisely as it tells something.

    Parameters
    ----------
    value
        Seconds; what is no number has an unknown duration.

    Returns
    -------
    str
        ``<0.01 s``, ``0.45 s``, ``8.4 s``, ``42 s``, ``3 min 05 s``, ``2 h 10 min``, ``4 d 3 h``.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return "unknown time"
    at = max(0.0, float(value))
    # Rounded by hand, for Python and JavaScript write a half differently.
    hundredths, tenths = math.floor(at * 100 + 0.5), math.floor(at * 10 + 0.5)
    if at < 0.01:
        return "<0.01 s"
    if hundredths < 100:
        return f"{hundredths / 100:.2f} s"
    if tenths < 100:
        return f"{tenths / 10:.1f} s"
    whole = max(10, math.floor(at))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    hours = whole // 3600
    if hours < 48:
        return f"{hours} h {whole % 3600 // 60:02d} min"
    return f"{hours // 24} d {hours % 24} h"


def estimate(seconds: float) -> str:
    """Write an expected duration: ``<1 s``, ``~42 s``, ``~3 min 05 s``."""
    if seconds < 1:
        return "<1 s"
    rounded = math.floor(seconds + 0.5)
    return f"~{rounded} s" if rounded < 60 else f"~{duration(rounded)}"
