"""Runs that train elsewhere and say nothing any more: after a while they have failed.

A sign of life is a request of the producer, also one without an event. It touches a file in the
run's directory, so that of two servers on one data directory the one that the producer does not
talk to hears it too. What counts is this process's own monotonic clock: a server that was away
gives every producer the whole time again, and one that was asleep does not blame them for it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..core.durations import duration
from ..core.state import RunState
from ..core.times import to_iso
from ..errors import ProgressError
from ..store.durable_files import PRIVATE_FILE
from ..store.foreign_journal import one_at_a_time
from ..store.layout import DataDirectory, RunDirectory
from ..training.plain_journal import last_sequences
from .facts import Facts

LOOKS = 10  # in the time that a silence may last
LOOK_AT_MOST_EVERY_S = 1.0

log = logging.getLogger(__name__)


@dataclass
class _Heard:
    """When a producer was last heard, and what its file said then."""

    at: float
    mark: int


class Silence:
    """Watches the producers of one server's data directory.

    Parameters
    ----------
    silence_s
        How long a producer may say nothing.
    clock
        In seconds; it only goes forward.
    """

    def __init__(
        self,
        data: DataDirectory,
        facts: Facts,
        silence_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._data = data
        self._facts = facts
        self._silence_s = silence_s
        self._clock = clock
        self._every_s = min(LOOK_AT_MOST_EVERY_S, silence_s / LOOKS)
        self._active: tuple[RunState, ...] = ()
        self._heard: dict[str, _Heard] = {}
        self._looked_at = clock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress-silence", daemon=True)

    def notice(self, active: Iterable[RunState]) -> None:
        """Learn which runs are going on now; from any thread."""
        self._active = tuple(run for run in active if run.kind == "external")

    def hear(self, run: RunDirectory) -> None:
        """A producer has said something."""
        path = _file(run)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE))
        os.utime(path)

    def start(self) -> None:
        """Begin to listen."""
        self._looked_at = self._clock()
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self.look()
            except Exception:
                # One broken run must not end the watch over all others.
                log.exception("producers of runs could not be looked after")

    def look(self) -> None:
        """End the runs whose producers have been silent for too long."""
        now = self._clock()
        slept_s = now - self._looked_at - self._every_s
        self._looked_at = now
        active = self._active
        known = {run.run_id: self._heard.get(run.run_id) for run in active}
        self._heard = {run_id: heard for run_id, heard in known.items() if heard is not None}
        for run in active:
            directory = RunDirectory(self._data.runs / run.run_id)
            mark = _mark(directory)
            heard = self._heard.get(run.run_id)
            if heard is None or heard.mark != mark:
                self._heard[run.run_id] = _Heard(now, mark)
                continue
            if slept_s > self._every_s:
                heard.at += slept_s  # nobody listened in that time
            if now - heard.at >= self._silence_s:
                self._end(directory, run, mark)

    def _end(self, directory: RunDirectory, run: RunState, mark: int) -> None:
        try:
            with one_at_a_time(directory):
                if _mark(directory) != mark or directory.exit_file.exists():
                    return
                follows = last_sequences(directory.journals, but=self._facts.writer)
                error = silent_error(run.current_stage, self._silence_s)
                facts = {"error": error, "elapsed_time": None}
                self._facts.about_run(
                    directory, "training_failed", facts, name=run.name, follows=follows
                )
                write_exit(directory)
        except FileNotFoundError:
            return  # deleted in between
        except (OSError, ProgressError) as error:
            log.warning("run %s could not be ended as silent: %s", run.run_id, error)


def write_exit(run: RunDirectory) -> None:
    """Write down that a run which trains elsewhere has ended."""
    facts = {"exit_status": None, "signal": None, "asked": None, "time": to_iso(time.time())}
    run.write_json(run.exit_file, facts)


def silent_error(stage: str | None, silence_s: float) -> dict[str, str | None]:
    """Why a run whose producer says nothing any more has failed."""
    return {
        "type": "WorkerSilent",
        "message": f"nothing was heard for {duration(silence_s)} of the process that trains",
        "stage": stage,
        "traceback": "",
        "reason": "worker_silent",
        "hint": "It has ended without a word, or its network is down; look at it where it runs.",
    }


def _file(run: RunDirectory) -> Path:
    return run.path / "heard"


def _mark(run: RunDirectory) -> int:
    try:
        return _file(run).stat().st_mtime_ns
    except FileNotFoundError:
        return 0
