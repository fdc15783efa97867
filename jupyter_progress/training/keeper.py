"""The keeper: starts one run's worker, watches it, carries out what was asked, and reaps it.

It imports the standard library and psutil alone, lives in a session of its own, and holds the run's
lock while it lives. Its last deed is ``exit.json``; a run with a free lock and no ``exit.json`` has
lost its keeper (see ``recover``).
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from ..core.figures import size
from ..core.stalling import FLOOR_S
from ..core.times import to_iso
from ..store.control import Control, ControlReader, append_control
from ..store.durable_files import is_full
from ..store.layout import RunDirectory
from ..store.locks import FileLock, this_process
from . import last_words
from .attempts import attempt_of, drop_checkpoints, with_resumable
from .launch import worker_command, worker_environment
from .memory_limit import cgroup_limit, machine_oom_kills, oom_kills, own_cgroup
from .output_tail import OutputTail, last_lines
from .places import Turn
from .plain_journal import (
    PlainJournal,
    find_current_stage,
    find_last_event,
    find_stage_begun,
    has_worker_begun,
    last_sequences,
)
from .process_tree import (
    TreeSampler,
    adopt_orphans,
    identify,
    lower_priority,
    signal_tree,
)
from .recover import GAVE_UP
from .room import ROOM_WAIT_S, for_so_long, when_there_is_room
from .stall_report import StallReport

POLL_S = 0.1
SAMPLE_S = 1.0
GRACE_S = 1.0  # what a cancelled worker has to end by itself
TERM_S = 0.4  # what it has after SIGTERM; then SIGKILL
# What a run has at least, once it is at its time limit and was asked to finish: it has to come to
# the end of its step, to evaluate and to save.
TIME_LIMIT_GRACE_S = 60.0
AFTER_TRAIN = ("evaluate", "save_model")
LEFT_BEHIND_GRACE_S = 0.3  # what the worker's own processes have to follow it
INTERRUPT_GRACE_S = 6.0  # what an interrupted worker has to save what it has
NICENESS = 5


class Keeper:
    """Looks after one run from its start to its end.

    Parameters
    ----------
    run
        The run's directory; its lock is held by the caller.
    """

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._request = run.request()
        self._attempt = attempt_of(run)
        self._limits: dict[str, Any] = self._request.get("limits") or {}
        self._journal = PlainJournal(run.journal("keeper"))
        self._controls = ControlReader(run)
        self._cgroup = own_cgroup()
        self._oom_kills_before = oom_kills(self._cgroup), machine_oom_kills()
        self._limit = self._memory_limit()
        self._asked: Control | None = None
        self._is_noted = False
        self._time_limit_s: float | None = (self._request.get("request") or {}).get("time_limit")
        self._is_function = self._request.get("kind") == "function"
        self._is_time_up = self._is_to_finish = False
        self._hard_end_s = math.inf
        self._left_behind = 0
        self._over: str | None = None  # the limit that the run went over
        self._kill_at: list[tuple[float, signal.Signals]] = []
        self._gone = threading.Event()
        self._hurries = False
        self._has_time = for_so_long(0.0)
        self._worker: subprocess.Popen[bytes] | None = None
        self._sampler: TreeSampler | None = None
        self._adopts = adopt_orphans()
        self._started_s = time.monotonic()
        floor_s = float(self._limits.get("stalled_after_s", FLOOR_S))
        after = self._attempt.after
        self._stalls = StallReport(run, self._try_to_tell, self._started_s, floor_s, after)
        self._output: OutputTail | None = None

    def run(self) -> None:
        """Take the run to its end."""
        self._read_controls()
        if self._asked is not None:
            self._end_without_worker()
            return
        try:
            output = self._output = self._start()
        except OSError as reason:
            self._begin_last_words()
            command = worker_command(self._request, self._run.path)
            self._fail(last_words.of_start(reason, command[0]))
            self._write_exit(None)
            return
        self._watch()
        # A worker that was cancelled may have heard of it, and gone, before this process looked.
        self._read_controls()
        self._sweep()
        output.join(1.0)
        self._begin_last_words()
        self._write_last_event()
        self._tell_findings(output)
        self._write_exit(self._worker.returncode if self._worker else None)

    def interrupt(self, *_: Any) -> None:
        """Have the run end as interrupted: the machine, or Jupyter, is going down."""
        self._hurries = True
        if self._asked is None:
            self._ask(Control("interrupt", "", to_iso(time.time())))

    def _start(self) -> OutputTail:
        executor = self._request.get("executor") or {}
        reading, writing = os.pipe()
        try:
            self._worker = subprocess.Popen(
                worker_command(self._request, self._run.path),
                cwd=executor.get("cwd") or None,
                env=worker_environment(self._limits),
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        pid = self._worker.pid
        for problem in lower_priority(pid, NICENESS):
            _say(f"keeper: priority not lowered: {problem}")
        self._note_worker(pid)
        self._sampler = TreeSampler(pid, adopts=self._adopts)
        threading.Thread(target=self._reap, name="reaper", daemon=True).start()
        return OutputTail(reading, self._run.output)

    def _note_worker(self, pid: int) -> None:
        """Write down who the worker is, for whoever has to end it should this process be killed."""
        try:
            self._run.write_json(self._run.worker_file, identify(pid))
            self._is_noted = True
        except OSError as reason:
            # A full disk ends no training; it is tried again with each sample.
            _say(f"keeper: worker not noted: {reason}")

    def _reap(self) -> None:
        if self._worker is not None:
            self._worker.wait()
        self._gone.set()

    def _watch(self) -> None:
        next_sample_s = time.monotonic()
        while not self._gone.wait(POLL_S):
            now_s = time.monotonic()
            self._read_controls()
            self._keep_time(now_s)
            if now_s >= next_sample_s:
                next_sample_s = now_s + SAMPLE_S
                self._sample(now_s)
            self._kill_if_due(now_s)

    def _sample(self, now_s: float) -> None:
        used = self._sampler.sample(now_s) if self._sampler else None
        if used is None:
            return
        if not self._is_noted and self._worker is not None:
            self._note_worker(self._worker.pid)
        self._report({**used, "limit": self._limit})
        allowed = self._limits.get("memory_bytes")
        if allowed and used["memory"] > allowed:
            self._go_over("memory")
        if self._worker is not None and self._output is not None:
            self._stalls.look(now_s, self._worker.pid, used["cpu"], self._output.printed_bytes)

    def _keep_time(self, now_s: float) -> None:
        """Ask a run that is at its time limit to finish with what it has, or end it."""
        elapsed_s = now_s - self._started_s
        hard_s, soft_s = self._limits.get("time_s"), self._time_limit_s
        if (hard_s and elapsed_s > hard_s) or now_s > self._hard_end_s:
            self._go_over("time")
        if soft_s is None or elapsed_s <= soft_s or self._is_time_up:
            return
        self._is_time_up = True
        journals, after = self._run.journals, self._attempt.after
        begun = find_stage_begun(journals, after) or {}
        stage = begun.get("stage")
        if self._is_function or (stage == "train" and begun.get("can_stop")):
            facts = {"action": "stop", "who": "", "why": "time_limit", "limit_s": soft_s}
            self._try_to_tell("training_stopping", facts)
            self._is_to_finish = self._try_to_stop()
        elif stage not in AFTER_TRAIN:
            self._go_over("time")
        self._hard_end_s = now_s + max(TIME_LIMIT_GRACE_S, soft_s)

    def _try_to_tell(self, kind: str, facts: dict[str, Any]) -> None:
        name = self._request.get("name") or self._run.run_id
        try:
            self._journal.tell(self._run.run_id, kind, facts, name=name)
        except OSError as reason:
            _say(f"keeper: {kind} not written: {reason}")

    def _try_to_stop(self) -> bool:
        try:
            append_control(self._run, "keeper", "stop", "", why="time_limit")
        except OSError as reason:
            _say(f"keeper: stop not written: {reason}")
            return False
        return True

    def _report(self, resources: dict[str, Any]) -> None:
        try:
            self._journal.append("training_progress", {"resources": resources})
        except OSError as reason:
            # A full disk is no reason to end a training; the next sample tries again.
            _say(f"keeper: sample not written: {reason}")

    def _go_over(self, what: str) -> None:
        if self._over is None:
            self._over = what
            self._schedule(0.0)

    def _read_controls(self) -> None:
        for control in self._controls.poll():
            if control.action in ("cancel", "interrupt"):
                self._ask(control)

    def _ask(self, control: Control) -> None:
        if self._asked is not None and (self._asked.action, control.action) != (
            "interrupt",
            "cancel",
        ):
            return
        self._asked = control
        self._schedule(GRACE_S if control.action == "cancel" else INTERRUPT_GRACE_S)

    def _schedule(self, grace_s: float) -> None:
        now_s = time.monotonic()
        self._kill_at = [
            (now_s + grace_s, signal.SIGTERM),
            (now_s + grace_s + TERM_S, signal.SIGKILL),
        ]

    def _kill_if_due(self, now_s: float) -> None:
        if self._kill_at and now_s >= self._kill_at[0][0] and self._worker is not None:
            _, number = self._kill_at.pop(0)
            members = self._sampler.members if self._sampler else []
            signal_tree(self._worker.pid, number, members)

    def _sweep(self) -> None:
        """End what the worker has left behind; it would hold the pipe and the machine."""
        if self._worker is None or self._sampler is None:
            return
        # What n_jobs has started ends by itself, a moment later.
        until_s = time.monotonic() + LEFT_BEHIND_GRACE_S
        while (left := self._sampler.left_behind()) and time.monotonic() < until_s:
            time.sleep(0.02)
        if left and self._asked is None and self._over is None:
            self._left_behind = len(left)
        signal_tree(self._worker.pid, signal.SIGKILL, left)

    def _begin_last_words(self) -> None:
        """From here on what is written has to come to the disk: it is waited for room."""
        self._has_time = for_so_long(float(self._limits.get("room_wait_s", ROOM_WAIT_S)))
        self._journal.with_room = self._with_room

    def _with_room(self, write: Callable[[], None]) -> None:
        try:
            when_there_is_room(write, lambda: self._has_time() and not self._hurries)
        except OSError as reason:
            if is_full(reason):
                give_up(self._run)
            raise

    def _write_last_event(self) -> None:
        # The worker is dead: its journal does not grow any more.
        told = find_last_event(self._run.journals, self._attempt.after)
        if told is not None:
            if told["type"] == "training_completed":
                drop_checkpoints(self._run)
            return
        returncode = self._worker.returncode if self._worker else 0
        stage = find_current_stage(self._run.journals, self._attempt.after)
        printed = last_lines(self._run.output, last_words.TAIL_LINES)
        if self._over == "memory":
            error = last_words.out_of_memory(self._peak, self._memory, stage)
            self._fail({**error, "output": printed})
        elif self._over == "time":
            limit_s = self._limits.get("time_s") or self._time_limit_s or 0.0
            error = last_words.out_of_time(
                limit_s, stage, was_asked=self._is_to_finish, is_function=self._is_function
            )
            self._fail({**error, "output": printed})
        elif self._asked is not None:
            self._write_end(self._asked, stage)
        else:
            self._fail(
                last_words.of_dead_worker(
                    returncode,
                    stage=stage,
                    output=self._run.output,
                    peak_memory=self._peak,
                    memory=self._memory,
                    python=worker_command(self._request, self._run.path)[0],
                    has_begun=has_worker_begun(self._run.journals, self._attempt.after),
                )
            )

    def _end_without_worker(self) -> None:
        self._begin_last_words()
        if self._asked is not None:
            self._write_end(self._asked, None)
        self._write_exit(None)

    def _write_end(self, asked: Control, stage: str | None) -> None:
        kind = "training_cancelled" if asked.action == "cancel" else "training_interrupted"
        if asked.action == "cancel":
            drop_checkpoints(self._run)
        self._tell(kind, {"stage": stage, "elapsed_time": self._elapsed, "who": asked.who})

    def _fail(self, error: dict[str, Any]) -> None:
        self._tell("training_failed", {"error": error, "elapsed_time": self._elapsed})

    def _tell(self, kind: str, facts: dict[str, Any]) -> None:
        follows = last_sequences(self._run.journals, but="keeper")
        name = self._request.get("name") or self._run.run_id
        facts = with_resumable(self._run, str(self._request.get("kind")), kind, facts)
        self._journal.tell(self._run.run_id, kind, facts, name=name, follows=follows)

    def _tell_findings(self, output: OutputTail) -> None:
        """What a person would want to know of how the worker behaved."""
        if self._left_behind:
            are = "1 process is" if self._left_behind == 1 else f"{self._left_behind} processes are"
            words = f"{are} left of what the training had started, and ended with it"
            self._journal.find(self._run.run_id, "warning", words)
        if output.has_dropped:
            printed, kept = size(output.printed_bytes), size(output.limit_bytes)
            self._journal.find(
                self._run.run_id,
                "info",
                f"The training printed {printed}; at most the newest {kept} are kept",
            )

    def _write_exit(self, returncode: int | None) -> None:
        number = -returncode if returncode is not None and returncode < 0 else None
        facts = {
            "exit_status": None if number else returncode,
            "signal": last_words.signal_name(number) if number else None,
            "asked": self._asked.action if self._asked else None,
            "peak_memory": self._peak,
            "limit": self._limit,
            "time": to_iso(time.time()),
        }
        self._with_room(lambda: self._run.write_json(self._run.exit_file, facts))
        self._journal.close()

    @property
    def _elapsed(self) -> float:
        return round(self._attempt.earlier_s + time.monotonic() - self._started_s, 3)

    @property
    def _peak(self) -> int:
        sampled = self._sampler.peak_memory if self._sampler else 0
        memory = self._memory
        if self._over == "memory" or not memory.was_oom_killed:
            return sampled
        # What was too fast for the samples is only in the system's own count. That has mapped files
        # in it, which the system drops first: no more than the limit was held.
        unit = 1 if sys.platform == "darwin" else 1024
        counted = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
        return max(sampled, min(counted, memory.limit or memory.machine))

    @property
    def _memory(self) -> last_words.Memory:
        in_group, anywhere = self._oom_kills_before
        now = oom_kills(self._cgroup)
        return last_words.Memory(
            limit=self._limit,
            machine=psutil.virtual_memory().total,
            was_oom_killed=None if now is None or in_group is None else now > in_group,
            was_machine_full=machine_oom_kills() > anywhere,
        )

    def _memory_limit(self) -> int | None:
        limits = [cgroup_limit(self._cgroup), self._limits.get("memory_bytes")]
        known = [limit for limit in limits if limit]
        return min(known) if known else None


def _say(words: str) -> None:
    """Put a line into keeper.log; a disk that takes nothing does not take that either."""
    with contextlib.suppress(OSError):
        print(words, file=sys.stderr)


def give_up(run: RunDirectory) -> None:
    """Note why nothing more was written, where that takes no room: over what stands there."""
    noted = json.dumps({**this_process(), GAVE_UP: "disk_full"}).encode()
    try:
        descriptor = os.open(run.keeper_file, os.O_WRONLY)
        try:
            os.pwrite(descriptor, noted, 0)
            os.ftruncate(descriptor, len(noted))
        finally:
            os.close(descriptor)
    except OSError as reason:
        _say(f"keeper: nothing more can be written: {reason}")


def main(path: str, places: int | None = None) -> int:
    """Look after a run, unless somebody else does or it has ended.

    Parameters
    ----------
    path
        The run's directory.
    places
        How many runs train at the same time; None: the run's turn has come already.
    """
    run = RunDirectory(Path(path))
    lock = FileLock(run.lock_file)
    has_time = for_so_long(ROOM_WAIT_S)
    if not when_there_is_room(lock.acquire, has_time) or run.exit_file.exists():
        return 0
    when_there_is_room(lambda: run.write_json(run.keeper_file, this_process()), has_time)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    turn = Turn(run, places)
    signal.signal(signal.SIGTERM, turn.give_up)
    turn.wait()
    # Only now: what a run uses and how long it takes count from here.
    keeper = Keeper(run)
    signal.signal(signal.SIGTERM, keeper.interrupt)
    if turn.is_given_up:
        keeper.interrupt()
    keeper.run()
    lock.release()
    return 0
