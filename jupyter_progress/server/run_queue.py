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

from ..core.kinds import has_keeper
from ..core.state import RunState, attempt_began
from ..core.times import to_iso
from ..errors import ProgressError, UnknownRun
from ..store.control import append_control
from ..store.durable_files import is_full
from ..store.layout import DataDirectory, RunDirectory
from ..store.locks import FileLock, is_locked
from ..training.attempts import attempt_of
from ..training.launch import start_keeper
from ..training.recover import needs_recovery, recover_run
from .facts import Facts

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
STARTS_TRIED = 3  # a keeper that ends without a word is not started for ever
INTERRUPTED_WITHIN_S = 8.0  # a keeper gives its worker six seconds to save what it has
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
        self._unrecovered: set[str] = set()
        self._waits_for_room = False
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
        known = {run.run_id for run in active}
        self._starts = {run_id: n for run_id, n in self._starts.items() if run_id in known}
        for run in active:
            if run.status != "queued" or run.run_id in self._starts:
                self._recover(run.run_id)
        going_on = sum(1 for run in active if run.status != "queued" and has_keeper(run.kind))
        starting = sum(1 for run in active if run.status == "queued" and self._has_keeper(run))
        room = self._max_concurrent - going_on - starting
        waiting = [run for run in active if self._waits(run)]
        # Not by id alone: those of one second are in no order.
        for run in sorted(waiting, key=lambda run: (run.queued_time or "", run.run_id)):
            # Asked to end before it began: its keeper only has to write the last event.
            if room > 0 or run.status == "stopping":
                room -= self._start(run)

    def _waits(self, run: RunState) -> bool:
        if not has_keeper(run.kind) or attempt_began(run) is not None or self._has_keeper(run):
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
        except OSError as error:
            if run_id not in self._unrecovered:
                log.warning("run %s has no last event yet, and gets none now: %s", run_id, error)
            self._unrecovered.add(run_id)
            return
        self._unrecovered.discard(run_id)

    def _start(self, run: RunState) -> int:
        """Start a run's keeper; answers how many were started."""
        try:
            directory = self._data_dir.run(run.run_id)
        except UnknownRun:
            return 0
        tried = self._starts.get(run.run_id, 0)
        try:
            if directory.exit() is not None or is_locked(directory.lock_file):
                return 0
            if tried >= STARTS_TRIED:
                self._give_up(run, directory)
                return 0
            if not self._is_ours(directory):
                return 0
            self._keepers[run.run_id] = start_keeper(directory, self._data_dir)
            self._waits_for_room = False
        except (OSError, ProgressError) as error:
            if is_full(error):
                # No attempt: it is started as soon as there is room.
                if not self._waits_for_room:
                    log.warning("queued runs wait for room on the disk: %s", error)
                self._waits_for_room = True
                return 0
            # A broken directory, no memory for a process: the other runs are not kept waiting.
            log.warning("the keeper of run %s could not be started: %s", run.run_id, error)
            self._starts[run.run_id] = tried + 1
            return 0
        self._starts[run.run_id] = tried + 1
        return 1

    def _is_ours(self, directory: RunDirectory) -> bool:
        """Whether this server is to start a run: it took it, or who took it is gone."""
        attempt = attempt_of(directory)
        first = directory.request().get("queued_by") or {}
        taker = attempt.writer or str(first.get("writer", ""))
        if taker.startswith("server-"):
            slot = taker.removeprefix("server-")
            lock = self._data_dir.path / f"log-{slot}.lock"
            return slot == str(self._slot) or not is_locked(lock)
        # Queued by a kernel, which starts the keeper itself, unless it died in between.
        asked = directory.path / "request.json" if attempt.number == 1 else directory.attempt_file
        age_s = time.time() - asked.stat().st_mtime
        return age_s > ADOPTED_AFTER_S

    def _give_up(self, run: RunState, directory: RunDirectory) -> None:
        """A keeper that never comes up: the run fails, rather than wait for ever."""
        with FileLock(directory.lock_file):
            error = {
                "type": "KeeperNotStarted",
                "message": (
                    f"the process that looks after the run did not start in {STARTS_TRIED} attempts"
                ),
                "reason": "keeper_not_started",
                "hint": f"{directory.path / 'keeper.log'} may say why; then resume the run.",
            }
            facts = {"error": error, "resumable": True}
            self._facts.about_run(directory, "training_failed", facts, name=run.name)
            directory.write_json(
                directory.exit_file,
                {"exit_status": None, "signal": None, "asked": None, "time": to_iso(time.time())},
            )

    def _interrupt_all(self) -> None:
        """The machine goes away: the runs are asked to save what they have, and waited for."""
        asked: list[RunDirectory] = []
        for run in self._active:
            if run.status == "queued" or not has_keeper(run.kind):
                continue
            try:
                directory = self._data_dir.run(run.run_id)
                append_control(directory, self._facts.writer, "interrupt", "")
                asked.append(directory)
            except (OSError, ProgressError) as error:
                log.warning("run %s could not be asked to end: %s", run.run_id, error)
        deadline = time.monotonic() + INTERRUPTED_WITHIN_S
        while time.monotonic() < deadline and any(run.exit() is None for run in asked):
            time.sleep(0.1)
        self._wake_log()
