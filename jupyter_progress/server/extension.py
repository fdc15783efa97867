"""The Jupyter server extension: its settings, its routes, its start and stop."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlunsplit

from jupyter_server.extension.application import ExtensionApp
from tornado.ioloop import PeriodicCallback
from traitlets import Dict, Enum, Float, Int, List, TraitError, Unicode, default, validate

from .. import __version__
from ..core.retention import Limits
from ..errors import UnsupportedPlatform
from ..store.layout import default_data_dir
from ..training.launch import default_concurrent_runs
from .handlers.routes import routes
from .hub_interrupt import stop_on_interrupt
from .keepalive import Keepalive
from .monitor import read_thresholds
from .notice_address import read_address
from .options import Options
from .services import Services

KEEPALIVE_EVERY_S = 15.0
_MIB = 1 << 20


class JupyterProgress(ExtensionApp):
    """Training in the server's care, watched live; every setting is a trait."""

    name = "jupyter_progress"
    extension_url = "/jupyter-progress/"

    data_dir = Unicode(
        help="Where runs, models, uploads and the log are kept. By default `progress` below "
        "Jupyter's data directory, or JUPYTER_PROGRESS_DATA_DIR."
    ).tag(config=True)
    allowed_packages = List(
        Unicode(),
        default_value=["sklearn", "xgboost", "lightgbm"],
        help="Packages whose estimators can be named in a request.",
    ).tag(config=True)
    max_concurrent_runs = Int(
        min=1,
        help="How many runs train at the same time; further ones wait. By default half of the "
        "processors that the server may use, at least 1. BLAS and OpenMP use as many threads in "
        "each as there are processors for it.",
    ).tag(config=True)
    max_run_memory_bytes = Int(
        0,
        min=0,
        help="How much memory a run's processes may use together; one that goes over is ended. "
        "0: what the container, or the machine, has.",
    ).tag(config=True)
    stalled_after_s = Float(
        60.0,
        min=0.0,
        help="Seconds of silence below which no run counts as stalled, whatever its history; "
        "0: none ever does.",
    ).tag(config=True)
    keep_runs_on_shutdown = Enum(
        ("auto", "always", "never"),
        default_value="auto",
        help="Whether runs go on when Jupyter is stopped in good order. `auto`: yes, except under "
        "a JupyterHub, which takes the machine away; there they end as interrupted.",
    ).tag(config=True)
    max_keepalive_hours = Float(
        24.0,
        min=0.0,
        help="For how many hours a run that is at work keeps the server from being culled as "
        "idle; 0: not at all.",
    ).tag(config=True)
    heartbeat_s = Float(
        1.0, min=0.05, max=60.0, help="Seconds between the heartbeats of a stream."
    ).tag(config=True)
    max_subscribers = Int(4000, min=1, help="How many streams can be open at a time.").tag(
        config=True
    )
    max_subscribers_per_user = Int(
        2000, min=1, help="How many streams one user can have open at a time."
    ).tag(config=True)
    max_message_bytes = Int(
        64 << 10,
        min=256,
        help="The size of a message that a client sends on a stream.",
    ).tag(config=True)
    max_messages_per_s = Float(
        50.0,
        min=0.0,
        help="How many messages a second a client can send on one stream for long, pings and "
        "pieces included; 0: without a limit. Beyond, the stream is closed with 4501.",
    ).tag(config=True)
    max_requests_per_s = Float(
        300.0,
        min=0.0,
        help="How many requests a second one user can make for long; 0: without a limit. Beyond, "
        "the answer is 429 with Retry-After.",
    ).tag(config=True)
    max_request_burst = Int(
        3000, min=1, help="How many requests one user can make at once, before that limit counts."
    ).tag(config=True)
    max_pending_events = Int(
        10_000, min=10, help="How many events may wait for a slow stream before it is closed."
    ).tag(config=True)
    max_pending_bytes = Int(
        384 << 10,
        min=1024,
        help="How many bytes may wait for a slow stream before it is closed. As much again may be "
        "under way to it, so that it never costs the server more than 1 MiB.",
    ).tag(config=True)
    max_body_bytes = Int(_MIB, min=1024, help="The size of a request's body, uploads apart.").tag(
        config=True
    )
    scratch_dir = Unicode(
        help="Where rows are put that notebooks hand over: a fast disk of this machine with room "
        "for them. By default `uploads` below the data directory.",
    ).tag(config=True)
    max_rows = Int(0, min=0, help="The most rows that a run may learn from. 0: without limit.").tag(
        config=True
    )
    max_upload_bytes = Int(4096 * _MIB, min=1024, help="The size of one upload.").tag(config=True)
    sample_interval_s = Float(
        2.0, min=0.1, max=60.0, help="Seconds between looks at the machine while nobody watches."
    ).tag(config=True)
    watched_sample_interval_s = Float(
        1.0, min=0.1, max=60.0, help="Seconds between looks at the machine while somebody watches."
    ).tag(config=True)
    serving_idle_s = Float(
        3600.0,
        min=1.0,
        help="Seconds after which the process of a model that nobody asks is ended; the next "
        "request starts it again.",
    ).tag(config=True)
    external_silence_s = Float(
        60.0,
        min=1.0,
        help="Seconds after which a run that trains elsewhere, and of which nothing is heard, has "
        "failed as `worker_silent`.",
    ).tag(config=True)
    notify_url = Unicode(
        help="An http or https address that gets one JSON POST for each run that ended, failed or "
        "stalled. Empty: none.",
    ).tag(config=True)
    keep_runs_days = Float(
        Limits.keep_runs_days,
        min=0.0,
        help="How many days after its end a run is forgotten; 0: never.",
    ).tag(config=True)
    max_runs = Int(
        Limits.max_runs,
        min=0,
        help="How many runs are kept; beyond, those that ended first are forgotten. 0: all.",
    ).tag(config=True)
    max_data_bytes = Int(
        Limits.max_data_bytes,
        min=0,
        help="How large the data directory may become; beyond, uploads that no run needs and "
        "runs that ended first are forgotten. 0: without limit.",
    ).tag(config=True)
    keep_uploads_hours = Float(
        Limits.keep_uploads_hours,
        min=0.0,
        help="How many hours after its last use an upload is removed, if no run that goes on or "
        "can be resumed needs it; at least one. 0: never.",
    ).tag(config=True)
    prune_every_s = Float(
        3600.0,
        min=0.1,
        help="Seconds between two looks for what is beyond these limits.",
    ).tag(config=True)
    thresholds = Dict(
        help="Where a figure of the machine's health turns yellow and red, such as "
        "{'memory.percent': {'yellow': 85, 'red': 95, 'margin': 2}}; a colour that is None is "
        "never shown. Figures: cpu.percent, memory.percent, swap.percent, disk.percent, "
        "event_loop_lag (seconds).",
    ).tag(config=True)

    @validate("notify_url")
    def _check_notify_url(self, proposal: Any) -> str:
        url = str(proposal["value"])
        if url:
            try:
                read_address(url)
            except ValueError as error:
                raise TraitError(str(error)) from None
        return url

    @default("max_concurrent_runs")
    def _default_max_concurrent_runs(self) -> int:
        return default_concurrent_runs()

    def initialize(self) -> None:
        """Open the data directory, add the routes, and start when the loop runs."""
        if not sys.platform.startswith(("linux", "darwin")):
            raise UnsupportedPlatform(
                "jupyter-progress runs on Linux and macOS; on Windows use it in WSL"
            )
        server: Any = self.serverapp
        self.services: Services | None = None
        self._keepalive = Keepalive(self.max_keepalive_hours)
        self._refresh: PeriodicCallback | None = None
        services = Services(self._options(), version=__version__, log=self.log)
        self.settings["jupyter_progress_services"] = services
        super().initialize()
        self.services = services
        server.io_loop.add_callback(self._start)

    @property
    def scratch(self) -> Path | None:
        """Where rows are put; None for the data directory."""
        return Path(self.scratch_dir).expanduser() if self.scratch_dir else None

    @property
    def limits(self) -> Limits:
        """How much is kept."""
        return Limits(
            keep_runs_days=self.keep_runs_days,
            max_runs=self.max_runs,
            max_data_bytes=self.max_data_bytes,
            keep_uploads_hours=self.keep_uploads_hours,
        )

    def _options(self) -> Options:
        server: Any = self.serverapp
        data_dir = Path(self.data_dir).expanduser() if self.data_dir else default_data_dir()
        return Options(
            data_dir=data_dir,
            root_dir=Path(server.root_dir),
            allowed_packages=tuple(self.allowed_packages),
            heartbeat_s=self.heartbeat_s,
            max_pending_events=self.max_pending_events,
            max_pending_bytes=self.max_pending_bytes,
            max_subscribers=self.max_subscribers,
            max_subscribers_per_user=self.max_subscribers_per_user,
            max_message_bytes=self.max_message_bytes,
            max_messages_per_s=self.max_messages_per_s,
            max_requests_per_s=self.max_requests_per_s,
            max_request_burst=self.max_request_burst,
            max_body_bytes=self.max_body_bytes,
            max_upload_bytes=self.max_upload_bytes,
            scratch_dir=self.scratch,
            max_rows=self.max_rows,
            max_concurrent_runs=self.max_concurrent_runs,
            max_run_memory_bytes=self.max_run_memory_bytes,
            stalled_after_s=self.stalled_after_s,
            keep_runs_on_shutdown=self.keep_runs_on_shutdown,
            max_keepalive_hours=self.max_keepalive_hours,
            idle_sample_s=self.sample_interval_s,
            watched_sample_s=self.watched_sample_interval_s,
            serving_idle_s=self.serving_idle_s,
            external_silence_s=self.external_silence_s,
            notify_url=self.notify_url,
            limits=self.limits,
            prune_every_s=self.prune_every_s,
            thresholds=read_thresholds(self.thresholds),
        )

    def initialize_handlers(self) -> None:
        """Add the routes."""
        self.handlers.extend(routes())

    async def _start(self) -> None:
        import asyncio

        if self.services is None or self.services.is_closing:
            return
        server: Any = self.serverapp
        loop = asyncio.get_running_loop()
        stop_on_interrupt(loop, server.stop)
        self.services.start(loop, kernel_url(server))
        self._refresh = PeriodicCallback(self._refresh_activity, KEEPALIVE_EVERY_S * 1000)
        self._refresh.start()

    def _refresh_activity(self) -> None:
        if self.current_activity():
            server: Any = self.serverapp
            times = server.web_app.settings["last_activity_times"]
            times["jupyter_progress_runs"] = datetime.now(UTC)

    def current_activity(self) -> bool:
        """Whether a run is at work, so that the server is not idle."""
        return self.services is not None and self._keepalive.is_busy(
            self.services.live.active_runs()
        )

    async def stop_extension(self) -> None:
        """Stop in good order, with the server."""
        if self._refresh is not None:
            self._refresh.stop()
        if self.services is not None:
            await self.services.stop()


def kernel_url(server: Any) -> str | None:
    """Where a process on this machine reaches the server; None where it has no port."""
    if server.sock:
        return None
    host = server.ip
    if host in ("", "*", "0.0.0.0"):  # noqa: S104 - what it listens on, not what is connected to
        host = "127.0.0.1"
    elif host in ("::", "[::]"):
        host = "::1"
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    scheme = "https" if server.certfile else "http"
    return urlunsplit((scheme, f"{host}:{server.port}", server.base_url, "", ""))
