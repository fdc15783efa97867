"""Which queued run starts when, and who notices when a keeper is gone.

One thread looks every half second, or at once when something happened: it starts the keepers of
queued runs, oldest first, while there is room; reaps its keepers; and gives a last event to runs
whose keeper is gone (a free lock, no ``exit.json``). The state of a run says what is to be done, so
that a restarted server goes on where the one before it was killed.
"""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Callable, Iterable

from ..core.state import RunState
from ..errors import ProgressError, UnknownRun
from ..store.journal import read_journal
from ..store.layout import DataDirectory, RunDirectory
from ..store.locks import is_locked
from ..training.launch import start_keeper
from ..training.recover import needs_recovery, recover_run
from .facts import Facts

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
STARTS_TRIED = 3  # a keeper that ends without a word is not started for ever
ADOPTED_AFTER_S = 60.0  # a run that a kernel queued, and whose keeper never came


class RunQueue:
    """Starts and watches the keepers of one server.

    Parameters
    ----------
    slot
        Of this server; it starts what it has taken, and what servers took whose slot is free.
    wake
        Called when something was written that the log should have at once.
    max_concurrent
        How many runs train at the same time.
    """

    def __init__(
        self,
        data_dir: DataDirectory,
        *,
        slot: int,
        facts: Facts,
        wake: Callable[[], None],
        max_concurrent: int,
    ) -> None:
        self._data_dir = data_dir
        self._slot = slot
        self._facts = facts
        self._wake_log = wake
        self._max_concurrent = max_concurrent
        self._active: tuple[RunState, ...] = ()
        self._keepers: dict[str, subprocess.Popen[bytes]] = {}
        self._starts: dict[str, int] = {}
        self._takers: dict[str, str] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="progress-queue", daemon=True)

    def notice(self, active: Iterable[RunState]) -> None:
        """Learn which runs are going on or waiting now; from any thread."""
        self._active = tuple(active)
        self._wake.set()

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self, interrupt: bool) -> None:
        """Start nothing more; with ``interrupt`` ask the runs to save what they have and end."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10.0)
        if interrupt:
            self._interrupt_all()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()
            if self._stopping:
                return
            try:
                self.look()
            except Exception:
                # One run's broken directory must not keep the others waiting.
                log.exception("the queue of runs met an unexpected error")

    def look(self) -> None:
        """Do what is to be done now."""
        active = self._active
        self._reap()
        for run in active:
            if run.status != "queued" or run.run_id in self._starts:
                self._recover(run.run_id)
        going_on = sum(1 for run in active if run.status != "queued" and run.kind == "pipeline")
        starting = sum(1 for run in active if run.status == "queued" and self._has_keeper(run))
        room = self._max_concurrent - going_on - starting
        waiting = [run for run in active if self._waits(run)]
        for run in sorted(waiting, key=lambda run: run.run_id):
            # Asked to end before it began: its keeper only has to write the last event.
            if room > 0 or run.status == "stopping":
                room -= self._start(run)

    def _waits(self, run: RunState) -> bool:
        if run.kind != "pipeline" or run.start_time is not None or self._has_keeper(run):
            return False
        return run.status in ("queued", "stopping")

    def _has_keeper(self, run: RunState) -> bool:
        return run.run_id in self._keepers

    def _reap(self) -> None:
        for run_id, keeper in list(self._keepers.items()):
            if keeper.poll() is not None:
                del self._keepers[run_id]
                self._recover(run_id)

    def _recover(self, run_id: str) -> None:
        try:
            directory = self._data_dir.run(run_id)
            if needs_recovery(directory) and recover_run(directory):
                self._wake_log()
        except UnknownRun:
            return  # deleted in between

    def _start(self, run: RunState) -> int:
        """Start a run's keeper; answers how many were started."""
        try:
            directory = self._data_dir.run(run.run_id)
        except UnknownRun:
            return 0
        if not self._is_ours(run, directory) or directory.exit() is not None:
            return 0
        if is_locked(directory.lock_file):
            return 0
        tried = self._starts.get(run.run_id, 0)
        if tried >= STARTS_TRIED:
            return 0
        self._starts[run.run_id] = tried + 1
        try:
            self._keepers[run.run_id] = start_keeper(directory, self._data_dir)
        except (OSError, ProgressError):
            log.exception("the keeper of run %s could not be started", run.run_id)
            return 0
        return 1

    def _is_ours(self, run: RunState, directory: RunDirectory) -> bool:
        taker = self._taker(directory)
        if taker.startswith("server-"):
            slot = taker.removeprefix("server-")
            return slot == str(self._slot) or not is_locked(
                self._data_dir.path / f"log-{slot}.lock"
            )
        # Queued by a kernel, which starts the keeper itself, unless it died in between.
        age_s = time.time() - directory.path.stat().st_mtime
        return age_s > ADOPTED_AFTER_S

    def _taker(self, directory: RunDirectory) -> str:
        """The writer that queued a run."""
        known = self._takers.get(directory.run_id)
        if known is not None:
            return known
        for path in sorted(directory.journal("x").parent.glob("*.jsonl")):
            lines = read_journal(path, 0).lines
            if any(line.type == "training_queued" for line in lines[:1]):
                self._takers[directory.run_id] = path.stem
                return path.stem
        return ""

    def _interrupt_all(self) -> None:
        """The machine goes away: runs of this server are asked to keep what they have."""
        from ..training.controls import ask_to_stop

        for run in self._active:
            if run.status != "running" or run.kind != "pipeline":
                continue
            try:
                ask_to_stop(
                    self._data_dir.run(run.run_id),
                    run,
                    action="interrupt",
                    who="",
                    writer=self._facts.writer,
                )
            except ProgressError as error:
                log.warning("run %s could not be asked to end: %s", run.run_id, error)
