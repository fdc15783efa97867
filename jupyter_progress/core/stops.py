"""Why a run ended before its last step. The keeper imports this file, without any codec."""

from __future__ import annotations

from typing import Any


def why_stopped(result: dict[str, Any] | None) -> str:
    """``asked``, ``time_limit`` or ``early_stopping``; empty for a run that did all its steps."""
    result = result or {}
    if result.get("stopped_early"):
        return "early_stopping"
    if not result.get("stopped"):
        return ""
    return str(result.get("stopped_by") or "asked")
