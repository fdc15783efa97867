"""Moments as ISO 8601 UTC strings ending in ``Z``, as they stand in journals and on the wire."""

from __future__ import annotations

import functools
from datetime import UTC, datetime


def to_iso(timestamp: float) -> str:
    """Write a moment.

    Parameters
    ----------
    timestamp
        Seconds since 1970-01-01 UTC.

    Returns
    -------
    str
        For example ``2026-11-22T09:30:00.125Z``.
    """
    moment = datetime.fromtimestamp(timestamp, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


@functools.lru_cache(maxsize=4096)
def from_iso(text: str) -> float:
    """Read a moment; the inverse of :func:`to_iso`.

    Returns
    -------
    float
        Seconds since 1970-01-01 UTC.

    Raises
    ------
    ValueError
        The text is no ISO 8601 moment with a time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone; a UTC time ends in 'Z'")
    return moment.timestamp()


def seconds_between(earlier: str, later: str) -> float:
    """Seconds from one moment to another; never negative, for a clock may be set back."""
    return max(0.0, from_iso(later) - from_iso(earlier))
