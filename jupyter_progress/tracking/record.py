"""What code inside of a run writes: its journal and, in the user's own process, lock and exit.

The state is kept here as well, reduced from the same facts that are journalled, so that a display
needs no server and no reading back.
"""

from __future__ import annotations

import getpass
import logging
import os
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec

from ..core.events import Event
from ..core.names import new_run_id
from ..core.progress import apply_report
from ..core.reduce import reduce
from ..core.stages import PlannedStage, title_of
from ..core.state import RunState, stage_index
from ..core.times import to_iso
from ..errors import InvalidRequest, LockTaken
from ..store.journal import JournalWriter, note, tell
from ..store.layout import DataDirectory, RunDirectory
from ..store.locks import FileLock
from .metrics import MetricLog

log = logging.getLogger(__name__)

replace = msgspec.structs.replace


class Record:
    """One run on disk, written by this process.

    Parameters
    ----------
    directory
        The run's.
    writer
        Who this process is among the run's writers.
    state
        What is known of the run so far.
    metrics
        What it logs, journalled as it comes.
    lock
        The run's, where this process holds it: then its exit is written here, too. None where a
        keeper does both.
    earlier_s
        Seconds that the attempts before this one took.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        directory: RunDirectory,
        writer: str,
        state: RunState,
        metrics: MetricLog,
        *,
        lock: FileLock | None = None,
        earlier_s: float = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.directory = directory
        self.run_id = directory.run_id
        self.name = state.name
        self.who = state.who
        self.writer = writer
        self.began_at = clock()
        self._earlier_s = earlier_s
        self._clock = clock
        self._lock = lock
        self.journal = JournalWriter(directory.journal(writer), clock=clock)
        self.journal.points_source = metrics
        self.state = state
        self.stage: str | None = None
        # Of a run with a keeper the state is known before its worker begins: it was queued.
        self._is_known = lock is None
        self._closes_with = os.getpid()
        self._stage_facts: dict[str, Any] = {}
        self._stage_began = 0.0
        self._left: dict[str, Any] | None = None

    def begin(
        self,
        stages: list[PlannedStage],
        *,
        follows: dict[str, int] | None = None,
        event_type: str = "training_started",
        **facts: Any,
    ) -> None:
        """Journal that the run begins, with the stages that it is going to go through."""
        planned = [msgspec.to_builtins(stage) for stage in stages]
        self.fact(event_type, follows, name=self.name, stages=planned, **facts)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run began, without what lay between its attempts."""
        return round(self._earlier_s + max(0.0, self._clock() - self.began_at), 3)

    def fact(self, event_type: str, follows: dict[str, int] | None = None, /, **facts: Any) -> None:
        """Journal a fact and the sentence that tells it, and flush both."""
        tell(self.journal, self.run_id, event_type, facts, self.name, who=self.who, follows=follows)
        event = Event(type=event_type, time=self._now(), data=facts, run_id=self.run_id)
        reduced = reduce(self.state if self._is_known else None, event)
        if reduced is not None:
            self.state, self._is_known = reduced, True

    def fact_in_passing(self, event_type: str, facts: dict[str, Any]) -> None:
        """Journal a fact that no sentence tells, with what is flushed next."""
        self.journal.append(event_type, facts)
        event = Event(type=event_type, time=self._now(), data=facts, run_id=self.run_id)
        self.state = reduce(self.state, event) or self.state

    def note(self, level: str, text: str) -> None:
        """Journal a line of the user's own for the activity feed."""
        note(self.journal, self.run_id, level, text, self.who)

    def report(self, fields: dict[str, Any]) -> None:
        """Journal a passing report of progress."""
        self.journal.append("training_progress", fields)
        self.state = apply_report(self.state, fields, self._now())

    def begin_stage(self, name: str, title: str | None) -> None:
        """Journal that a stage began.

        Raises
        ------
        InvalidRequest
            Another one is under way.
        """
        if self.stage is not None:
            raise InvalidRequest("stage", f"{self.stage!r} is still under way; end it first")
        self.complete_left_stage()
        index = stage_index(self.state, name)
        known = None if index is None else self.state.stages[index]
        facts: dict[str, Any] = {
            "stage": name,
            "title": title or (known.title if known else title_of(name)),
            "index": len(self.state.stages) if index is None else index,
            "estimated_s": known.estimated_s if known else None,
        }
        self.fact("stage_started", **facts)
        self.stage, self._stage_facts, self._stage_began = name, facts, self._clock()

    def leave_stage(self, metrics: dict[str, float | None], *, is_done: bool) -> None:
        """The block of the stage is over.

        Parameters
        ----------
        metrics
            What was measured in it.
        is_done
            False where an exception left it: what becomes of the stage is then decided by what
            comes next, another stage (it is done) or the run's end (as the run ends).
        """
        began, facts = self._stage_began, self._stage_facts
        elapsed_s = round(max(0.0, self._clock() - began), 3)
        self.stage = None
        self._left = {
            **facts,
            "elapsed_s": elapsed_s,
            "progress": 100.0,
            "elapsed_time": self.elapsed_s,
            "metrics": metrics,
        }
        if is_done:
            self.complete_left_stage()

    def complete_left_stage(self) -> None:
        """Journal that the stage which was left is done, where there is one."""
        left, self._left = self._left, None
        if left is not None:
            self.fact("stage_completed", **left)

    def state_with(self, latest: dict[str, float | None]) -> RunState:
        """The state now, with the newest metrics."""
        if latest:
            self.state = replace(self.state, metrics={**self.state.metrics, **latest})
        return self.state

    def end(
        self, event_type: str, exit_code: int, follows: dict[str, int] | None = None, **data: Any
    ) -> None:
        """Journal the last fact, then the exit, then let the lock go: in this order."""
        self.fact(event_type, follows, elapsed_time=self.elapsed_s, **data)
        self.journal.close()
        if self._lock is None:
            return
        exit_facts = {
            "exit_code": exit_code,
            "signal": None,
            "last_event": event_type,
            "time": self._now(),
            "peak_memory": peak_memory_bytes(),
            "limit": None,
        }
        try:
            self.directory.write_json(self.directory.exit_file, exit_facts)
        except OSError as error:
            # A full disk must not become the user's exception.
            log.warning("%s cannot be written: %s", self.directory.exit_file, error)
        finally:
            self._lock.release()

    def close_with_child(self) -> None:
        """In a forked child: see to it that what it logs is written before it ends.

        A child of ``multiprocessing`` ends without the interpreter's exit handlers, and forgets
        right after the fork what was to be done at its end: so this comes with its first log.
        """
        if os.getpid() == self._closes_with or "multiprocessing.util" not in sys.modules:
            return
        from multiprocessing.util import Finalize

        self._closes_with = os.getpid()
        Finalize(None, self.journal.close, exitpriority=100)

    def _now(self) -> str:
        return to_iso(self._clock())


def new_record(
    data_directory: DataDirectory,
    name: str,
    tags: list[str],
    stages: list[PlannedStage],
    metrics: MetricLog,
    *,
    clock: Callable[[], float] = time.time,
) -> Record:
    """Make a run of this process, and begin it.

    Parameters
    ----------
    data_directory
        Where runs are kept.
    name, tags, stages
        What the run is.

    Raises
    ------
    LockTaken
        Somebody took the new run's lock first.
    """
    now = clock()
    run_id = new_run_id(now, secrets.randbits(32))
    who = user_name()
    request = {
        "run_id": run_id,
        "name": name,
        "kind": "own",
        "who": who,
        "time": to_iso(now),
        "tags": tags,
        "request": {"kind": "own", "name": name, "stages": [stage.id for stage in stages]},
        "executor": {"python": sys.executable, "cwd": os.getcwd()},  # noqa: PTH109 - plain text
        "limits": {},
    }
    directory = data_directory.create_run(run_id, request)
    lock = FileLock(directory.lock_file)
    # Before the first fact: a begun run whose lock is free counts as dead.
    if not lock.acquire():
        raise LockTaken(f"somebody else looks after the run {run_id}")
    writer = f"kernel-{secrets.token_hex(4)}"
    state = RunState(run_id=run_id, name=name, kind="own", who=who)
    record = Record(directory, writer, state, metrics, lock=lock, clock=clock)
    record.begin(stages, kind="own", tags=tags)
    return record


def peak_memory_bytes() -> int:
    """The most memory that this process has held."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kibibytes on Linux, bytes on macOS: getrusage(2).
    return peak if sys.platform == "darwin" else peak * 1024


def user_name() -> str:
    """Who acts, for the feed; empty where a container's user id has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
