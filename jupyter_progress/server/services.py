"""The wiring: what the extension consists of, how it starts and how it stops."""

from __future__ import annotations

import asyncio
import collections
import functools
import gc
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ..core.run_requests import KeptRequest
from ..core.times import to_iso
from ..core.wire import (
    CLOSE_POSITION_LOST,
    CLOSE_SERVER_CLOSING,
    ServerFacts,
    Snapshot,
    VolatileMessage,
    first_revision,
)
from ..errors import ShuttingDown, Unavailable
from ..machine.sampling import Machine
from ..models.registry import Registry
from ..models.serving import ServingPool
from ..store.indexer import Indexer
from ..store.layout import DataDirectory
from ..store.locks import free_slot
from ..store.log import Log
from ..store.telling import Committed
from ..training.checking import Checker
from ..training.scratch import make_scratch, scratch_identity
from ..training.uploads import Uploads
from .admission import Admission
from .batch import Batch, in_groups, make_batch
from .broadcaster import Broadcaster
from .external_runs import ExternalRuns
from .facts import Facts
from .idempotency import IdempotencyKeys
from .kernel_pass import KernelPass
from .latency import LoopLag, ResponseTimes
from .live_view import LiveView
from .monitor import Monitor, Sample
from .notice_address import read_address
from .notice_sender import NoticeSender
from .options import Options
from .pulse import Pulse
from .retention import Retention
from .run_queue import RunQueue

T = TypeVar("T")
JOINED_BYTES = 256 << 10  # of batches that go out as one frame
LOG_DAMAGED = "the log was damaged and is being made again from the journals; ask once more"
GOODBYE_S = 0.5  # for close frames to reach those who read


class Services:
    """Everything behind the handlers of one server.

    Parameters
    ----------
    options
        The extension's settings.
    version
        Of jupyter-progress.
    log
        The server's own log of text lines.

    Raises
    ------
    StoreError
        The data directory cannot be used.
    """

    def __init__(self, options: Options, *, version: str, log: logging.Logger) -> None:
        self.options = options
        self.text_log = log
        self.is_closing = False
        # Held while something is looked up and then made: a run, a version, what is in service.
        self.creating = threading.Lock()
        self._version = version
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="progress-read")
        self._workers = ThreadPoolExecutor(8, thread_name_prefix="progress-work")
        # Apart, so that no stop or prediction waits for requests that wait to be checked.
        self._checks = ThreadPoolExecutor(8, thread_name_prefix="progress-check")
        # One: several threads that read bodies would take turns, and the loop each of them.
        self._bodies = ThreadPoolExecutor(1, thread_name_prefix="progress-body")
        self._open_store()
        self._open_models()
        self._open_monitor()
        self.broadcaster = Broadcaster()
        self._outbox: collections.deque[Batch | Snapshot] = collections.deque()
        self.pulse = Pulse(
            self.broadcaster,
            heartbeat_s=options.heartbeat_s,
            max_streams=options.max_subscribers,
            head=lambda: self.live.head,
            may_measure=self._may_measure,
        )
        self.admission = Admission(
            rate=options.max_requests_per_s,
            burst=options.max_request_burst,
            max_streams=options.max_subscribers_per_user,
        )
        self.live = LiveView(self._logged_snapshot())
        self.idempotency = IdempotencyKeys(self.data.path / "idempotency")
        self.queue = RunQueue(
            self.data,
            slot=self.slot,
            facts=self.facts,
            wake=self.indexer.wake,
            max_concurrent=options.max_concurrent_runs,
        )
        self.retention = Retention(self, options.prune_every_s)

    def _open_store(self) -> None:
        self.data = DataDirectory(self.options.data_dir)
        self.data.ensure()
        self.slot, self._slot_lock = free_slot(self.data.path)
        self._log = Log.open(self.data.path / f"log-{self.slot}.db", now=time.time())
        self.indexer = Indexer(
            self.data,
            self._log,
            on_commit=self._committed,
            on_renewed=self._renewed,
            own_server=f"server-{self.slot}",
        )
        self.reader = self.indexer.reader
        self.facts = Facts(self.data, self.slot, self.indexer)
        self.external = ExternalRuns(
            self.data, self.indexer, self.facts, silence_s=self.options.external_silence_s
        )
        self.kernel_pass = KernelPass(self.data.servers)
        self.notices = self._notice_sender()

    def _notice_sender(self) -> NoticeSender | None:
        if not self.options.notify_url:
            return None
        return NoticeSender(
            self.data,
            read_address(self.options.notify_url),
            reader=self.reader,
            is_live=lambda: self.indexer.caught_up(0.0),
            log=self.text_log,
        )

    def _open_models(self) -> None:
        self.registry = Registry(self.data.models, self.data.key())
        self.serving = ServingPool(self.registry, idle_s=self.options.serving_idle_s)
        scratch = self.options.scratch_dir
        self.uploads = Uploads(
            self.data, scratch=None if scratch is None else make_scratch(scratch)
        )
        self.checker = Checker(
            self.data,
            self.options.root_dir,
            list(self.options.allowed_packages),
            memory_bytes=self.options.max_run_memory_bytes or None,
            max_rows=self.options.max_rows or None,
        )

    def _open_monitor(self) -> None:
        self.times = ResponseTimes()
        self.lag = LoopLag()
        self._metrics_sent = first_revision(self._log.openings)
        self.monitor = Monitor(
            Machine(self.data.path),
            self.times,
            self.lag,
            on_sample=self._sampled,
            on_change=self._health_changed,
            has_viewers=lambda: len(self.broadcaster) > 0,
            thresholds=self.options.thresholds,
            idle_s=self.options.idle_sample_s,
            watched_s=self.options.watched_sample_s,
        )

    def _logged_snapshot(self) -> Snapshot:
        """What the log holds."""
        scratch = self.uploads.scratch
        facts = ServerFacts(
            version=self._version,
            python=sys.executable,
            slot=f"server-{self.slot}",
            data_dir_id=self.data.identity,
            journal_mode=self._log.journal_mode,
            max_concurrent_runs=self.options.max_concurrent_runs,
            scratch_dir=str(scratch or ""),
            scratch_id=scratch_identity(scratch) if scratch else "",
            max_rows=self.options.max_rows or None,
            max_run_memory_bytes=self.options.max_run_memory_bytes or None,
            thresholds=list(self.options.thresholds),
        )
        head, runs, activity = self.reader.snapshot()
        return Snapshot(
            log_id=self._log.log_id,
            offset=head,
            server=facts,
            runs=runs,
            activity=activity,
            models=self.registry.summaries(),
        )

    # -- the data path, from the indexer's and the monitor's threads to the loop

    def _committed(self, committed: Committed) -> None:
        if self.notices is not None:
            self.notices.committed(committed.states.values())
        if not committed.events and not committed.volatile:
            return  # points were added to a series; views are told when their message is due
        batch = make_batch(
            committed.events,
            committed.volatile,
            committed.head,
            encode_frame=len(self.broadcaster) > 0,
        )
        # Scheduled anew for each: whichever call comes first takes all that wait, so that what
        # was committed while a frame was being sent goes out joined, and a lone event at once.
        self._outbox.append(batch)
        self._on_loop(self._publish_waiting)

    def _renewed(self) -> None:
        """The log was made anew; in the outbox, so that what was told before goes out before."""
        self._outbox.append(self._logged_snapshot())
        self._on_loop(self._publish_waiting)

    def _publish_waiting(self) -> None:
        batches: list[Batch] = []
        for _ in range(len(self._outbox)):
            waiting = self._outbox.popleft()
            if isinstance(waiting, Batch):
                batches.append(waiting)
                continue
            self._publish_joined(batches)
            batches = []
            self.live = LiveView(waiting)
            self.broadcaster.close(CLOSE_POSITION_LOST, "the log was damaged and is made again")
        self._publish_joined(batches)

    def _publish_joined(self, batches: list[Batch]) -> None:
        # Without a subscriber nothing is encoded at all.
        has_viewers = len(self.broadcaster) > 0
        for group in in_groups(batches, JOINED_BYTES) if has_viewers else [batches]:
            self._publish(group)

    def _publish(self, batches: list[Batch]) -> None:
        for batch in batches:
            self.live.apply(batch)
        self.broadcaster.publish(batches)
        if any(batch.durable for batch in batches):
            self.queue.notice(self.live.active_runs())
            self.external.notice(self.live.active_runs())

    def _sampled(self, sample: Sample) -> None:
        self._on_loop(self._publish_health, sample)

    def _publish_health(self, sample: Sample) -> None:
        # Numbered here, so that `after` is what has been published and never ahead of it.
        self._metrics_sent += 1
        message = VolatileMessage(
            type="system_metrics",
            after=self.live.head,
            revision=self._metrics_sent,
            time=sample["time"],
            run_id=None,
            data=sample,
        )
        self._publish([make_batch([], [message], self.live.head)])

    def _health_changed(self, before: str, after: str, reasons: list[str]) -> None:
        self.facts.about_server("health_changed", {"from": before, "to": after, "reasons": reasons})

    def _on_loop(self, call: Callable[..., None], *arguments: Any) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(call, *arguments)

    # -- working off the loop

    async def read(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Do something that reads the disk, in a thread.

        Raises
        ------
        Unavailable
            It met a damaged log, which is made again by now.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._readers, functools.partial(call, *arguments, **named)
            )
        except Exception as error:
            if self._log.damage is None:
                raise
            raise Unavailable(LOG_DAMAGED) from error

    async def read_body(self, call: Callable[..., T], *arguments: Any) -> T:
        """Read a large body, in a thread; one at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._bodies, call, *arguments)

    async def work(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Do something that can take its time, in a thread of its own."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._workers, functools.partial(call, *arguments, **named)
        )

    async def check(self, request: KeptRequest) -> None:
        """Check all of a request that can be known before its run starts; see ``Checker.check``."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._checks, self.checker.check, request)

    def in_background(self, call: Callable[[], object]) -> None:
        """Do something that nobody waits for, in a thread."""
        self._workers.submit(call)

    def check_open(self) -> None:
        """Raise ShuttingDown where nothing new can be begun any more."""
        if self.is_closing:
            raise ShuttingDown("the Jupyter server is going down; ask again when it is back")

    def check_log(self, log_id: str) -> None:
        """Raise Unavailable where the log is no longer the one that something was read of."""
        if self._log.log_id != log_id:
            raise Unavailable(LOG_DAMAGED)

    def now(self) -> str:
        """The time, as messages carry it."""
        return to_iso(time.time())

    # -- life

    def start(self, loop: asyncio.AbstractEventLoop, url: str | None) -> None:
        """Begin to read journals, to sample and to start runs; on the loop.

        Parameters
        ----------
        url
            Where kernels of this machine reach the server; None where they cannot.
        """
        self._loop = loop
        if url is not None:
            self.kernel_pass.publish(url, self.data.path)
        self.queue.notice(self.live.active_runs())
        self.external.notice(self.live.active_runs())
        self.lag.start(loop)
        self.pulse.start()
        self.indexer.start()
        self.monitor.start()
        self.queue.start()
        self.external.start()
        self.retention.start()
        if self.notices is not None:
            self.notices.start()
        # What a server has loaded by now stays until it ends. A look of Python's collector at all
        # of it (200,000 objects) stops everybody for 100 ms, and finds nothing.
        loop.call_soon(gc.freeze)
        self._workers.submit(self.idempotency.forget_old, time.time())

    async def stop(self) -> None:
        """Stop in good order: runs go on or not as the options say, queued ones stay queued."""
        if self.is_closing:
            return
        self.is_closing = True
        gc.unfreeze()
        self.lag.stop()
        self.pulse.stop()
        await self.work(self.queue.stop, self.interrupts_runs)
        had_subscribers = len(self.broadcaster) > 0
        self.broadcaster.close(CLOSE_SERVER_CLOSING, "the Jupyter server is going down")
        await asyncio.sleep(GOODBYE_S if had_subscribers else 0)
        if self.notices is not None:
            await self.work(self.notices.stop)
        for close in (
            self.retention.stop,
            self.external.stop,
            self.monitor.stop,
            self.serving.close,
            self.checker.close,
            self.indexer.stop,
        ):
            await self.work(close)
        self._loop = None
        self.facts.close()
        self._log.close()
        self.kernel_pass.withdraw()
        self._slot_lock.release()
        self._bodies.shutdown(wait=False, cancel_futures=True)
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._checks.shutdown(wait=False, cancel_futures=True)

    def _may_measure(self) -> bool:
        """Whether streams are pinged: to a Hub's proxy, a browser's answer is somebody at work.

        A page that was forgotten in a tab would keep an idle server from being culled for ever.
        """
        return "JUPYTERHUB_SERVICE_PREFIX" not in os.environ or bool(self.live.active_runs())

    @property
    def interrupts_runs(self) -> bool:
        """Whether runs are to end with this server: under a JupyterHub, which takes the machine."""
        keep = self.options.keep_runs_on_shutdown
        return keep == "never" or (keep == "auto" and "JUPYTERHUB_SERVICE_PREFIX" in os.environ)
