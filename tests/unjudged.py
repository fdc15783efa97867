"""Thresholds for tests that a busy machine, or a full disk, is to have no part in."""

from __future__ import annotations

NEVER = {"yellow": None, "red": None}
UNJUDGED = {
    "cpu.percent": NEVER,
    "memory.percent": NEVER,
    "swap.percent": NEVER,
    "disk.percent": NEVER,
    "event_loop_lag": NEVER,
}
