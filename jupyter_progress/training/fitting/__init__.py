"""The ways to fit: each leaves what a plain ``fit`` leaves, and shows what it can meanwhile."""

from __future__ import annotations

from .choose import choose_way
from .watch import Fitted, Watch

__all__ = ["Fitted", "Watch", "choose_way"]
