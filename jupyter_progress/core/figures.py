"""Measured figures with their names, as a person reads them.

`frontend/src/model/format.ts` has the same words; both are held to ``tests/fixtures/words.json``.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .durations import duration

UNKNOWN = "–"
LARGEST_COUNT = 10**15  # what is larger is not counted, and would fill lines with its digits
_NAMES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "f1_macro": "F1 (macro)",
    "r2": "R²",
    "mae": "MAE",
    "rmse": "RMSE",
}
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def name_of(metric: str) -> str:
    """A metric's name: ``f1_macro`` becomes ``F1 (macro)``, ``live_accuracy`` ``Live accuracy``."""
    words = metric.replace("_", " ")
    return _NAMES.get(metric) or words[:1].upper() + words[1:]


def name_within(metric: str) -> str:
    """The name inside of a line: ``accuracy``, ``balanced accuracy``, ``R²``, ``F1 (macro)``."""
    name = name_of(metric)
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def metric_words(name: str, value: Any) -> str:
    """A metric with its name; the unit that the name carries is used to write it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if name.endswith("_s"):
            return f"{name_of(name.removesuffix('_s'))} {duration(value)}"
        if name.endswith("_bytes"):
            return f"{name_of(name.removesuffix('_bytes'))} {size(value)}"
    return f"{name_of(name)} {figure(value)}"


def figure(value: Any) -> str:
    """A value alone: ``0.9750``, ``1,437``, ``1.235e+4``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(figure(inner) for inner in value)
    if not isinstance(value, int | float) or not math.isfinite(value):
        return UNKNOWN
    if value == int(value) and abs(value) < LARGEST_COUNT:
        return f"{int(value):,}"
    return _significant(value) if not 1e-4 <= abs(value) < 1000 else _fixed(value, 4)


def size(size_bytes: float) -> str:
    """A number of bytes in three digits: ``840 B``, ``1.23 MB``."""
    at, unit, digits = _scaled(size_bytes)
    return f"{_fixed(at, digits)} {_UNITS[unit]}"


def size_of(part_bytes: float, whole_bytes: float) -> str:
    """A part in the unit of its whole: ``23.8 of 24 GB``."""
    at, unit, digits = _scaled(whole_bytes)
    whole = _fixed(at, digits)
    whole = whole.rstrip("0").removesuffix(".") if digits else whole
    return f"{_fixed(max(0.0, part_bytes) / 1000**unit, digits)} of {whole} {_UNITS[unit]}"


def _scaled(size_bytes: float) -> tuple[float, int, int]:
    """A number of bytes in its unit, the unit's place, and how many digits make three."""
    at, unit = max(0.0, float(size_bytes)), 0
    while at >= 1000 and unit < len(_UNITS) - 1:
        at, unit = at / 1000, unit + 1
    return at, unit, 0 if unit == 0 or at >= 100 else 1 if at >= 10 else 2


def _fixed(value: float, digits: int) -> str:
    # Not format(): it takes a half to the even digit, where JavaScript's toFixed goes up.
    return str(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _significant(value: float) -> str:
    """Four digits, as JavaScript's toPrecision writes them."""
    exact = Decimal(value)
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 3), ROUND_HALF_UP)
    exponent = rounded.adjusted()
    if -6 <= exponent < 4:
        return f"{rounded:f}"
    digits = rounded.scaleb(-exponent).quantize(Decimal("0.001"))
    return f"{digits}e{exponent:+d}"
