"""The extension's settings as plain values, so that its parts do not know traitlets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.health import THRESHOLDS, Threshold
from ..core.retention import Limits
from ..training.launch import threads_of_each


@dataclass(frozen=True)
class Options:
    """Each is a trait of the extension, and is told there."""

    data_dir: Path
    root_dir: Path
    allowed_packages: tuple[str, ...] = ("sklearn", "xgboost", "lightgbm")
    heartbeat_s: float = 1.0
    max_pending_events: int = 10_000
    max_pending_bytes: int = 384 << 10
    max_subscribers: int = 4000
    max_subscribers_per_user: int = 2000
    max_message_bytes: int = 64 << 10
    max_messages_per_s: float = 50.0
    max_requests_per_s: float = 300.0
    max_request_burst: int = 3000
    max_body_bytes: int = 1 << 20
    max_upload_bytes: int = 4 << 30
    scratch_dir: Path | None = None
    max_rows: int = 0
    max_concurrent_runs: int = 2
    max_run_memory_bytes: int = 0
    stalled_after_s: float = 60.0
    keep_runs_on_shutdown: str = "auto"
    max_keepalive_hours: float = 24.0
    idle_sample_s: float = 2.0
    watched_sample_s: float = 1.0
    serving_idle_s: float = 3600.0
    external_silence_s: float = 60.0
    notify_url: str = field(default="", repr=False)
    limits: Limits = field(default=Limits())
    prune_every_s: float = 3600.0
    thresholds: tuple[Threshold, ...] = field(default=THRESHOLDS)

    @property
    def run_limits(self) -> dict[str, Any]:
        """What each run of this server is held to, as its ``request.json`` says it."""
        memory = {"memory_bytes": self.max_run_memory_bytes} if self.max_run_memory_bytes else {}
        return {
            "root_dir": str(self.root_dir),
            "allowed": list(self.allowed_packages),
            "stalled_after_s": self.stalled_after_s,
            "max_rows": self.max_rows,
            "threads": threads_of_each(self.max_concurrent_runs),
            **memory,
        }
