"""What is written of a run whose worker died without a last word: why, and what to do about it."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from typing import Any

from ..core.durations import duration
from ..core.figures import size, size_of
from .output_tail import last_lines
from .room import EXIT_DISK_FULL

# What the system says of ENOSPC, EDQUOT and EFBIG, as it ends the worker's own last line or that of
# the traceback that ended an interpreter.
_DISK_FULL = re.compile(
    r"^(?:OSError|the run's journal could not be written): \[Errno \d+\] "
    r"(No space left on device|Disk quota exceeded|File too large)"
)
_EXIT_UNCAUGHT = 1  # Python's, after a traceback
FREE_SPACE = (
    "Free some space on the disk that holds the data directory, or raise the quota; then resume "
    "the run."
)
_NOT_INSTALLED = re.compile(r"^ModuleNotFoundError: No module named 'jupyter_progress'")
_FRAME = re.compile(r'  File "([^"]+)", line [0-9]+ in ')
_NOT_THE_USERS = ("/site-packages/", "/dist-packages/", "/lib/python", "/jupyter_progress/", "<")
# Signals that compiled code brings upon its own process, as a person knows them.
_CRASHES = {
    "SIGSEGV": "a segmentation fault",
    "SIGBUS": "a bus error",
    "SIGABRT": "an abort",
    "SIGILL": "an illegal instruction",
    "SIGFPE": "an arithmetic fault",
    "SIGSYS": "a forbidden system call",
}
TAIL_LINES = 20  # of what a dead worker printed; its error keeps them
_READ_LINES, _READ_BYTES = 400, 1 << 16
_FAULT = "Fatal Python error: "  # what Python's fault handler begins with


def error(
    kind: str,
    message: str,
    reason: str,
    hint: str,
    *,
    stage: str | None,
    traceback: str = "",
    output: str = "",
) -> dict[str, Any]:
    """An error as it stands in ``training_failed``."""
    return {
        "type": kind,
        "message": message,
        "stage": stage,
        "traceback": traceback,
        "reason": reason,
        "hint": hint,
        "output": output,
    }


def of_dead_worker(
    returncode: int,
    *,
    stage: str | None,
    output: Any,
    peak_memory: int,
    memory: Memory,
    python: str = "",
    has_begun: bool = True,
) -> dict[str, Any]:
    """Tell why a worker died.

    Parameters
    ----------
    returncode
        As ``subprocess`` gives it: minus the signal's number for a signal.
    stage
        The stage that it died in.
    output
        The path of ``output.log``.
    peak_memory
        Bytes that its process tree held at most, without the files that it had mapped.
    memory
        What it might use.
    python
        What it was started with.
    has_begun
        Whether it had come to its first word.
    """
    printed = last_lines(output, _READ_LINES, _READ_BYTES)
    if returncode >= 0:
        told = _of_exit(returncode, stage, printed, python, has_begun)
    else:
        told = _of_signal(signal_name(-returncode), stage, printed, peak_memory, memory)
    return {**told, "output": tail_of(printed)}


def _of_signal(
    name: str, stage: str | None, printed: str, peak_memory: int, memory: Memory
) -> dict[str, Any]:
    if name == "SIGKILL" and memory.was_reason(peak_memory):
        return out_of_memory(peak_memory, memory, stage)
    if name in _CRASHES:
        return error(
            name,
            f"the worker crashed with {_CRASHES[name]} ({name}){_in(stage)}",
            "worker_crashed",
            "This is a fault in compiled code: a library, or two that do not fit each other. "
            "The end of the run's output shows where it was.",
            stage=stage,
            traceback=_users_frames(printed),
        )
    return error(
        name,
        f"the worker was ended by {name}{_in(stage)} (peak memory {size(peak_memory)}{memory.of})",
        "worker_killed",
        "Somebody, the system, or the training itself sent this signal; resume the run. If none "
        "is known to have, look for a memory limit on this machine.",
        stage=stage,
    )


@dataclass(frozen=True)
class Memory:
    """What a run's processes might use, and whether the kernel has ended one for want of it.

    Parameters
    ----------
    limit
        Bytes; None without a limit but the machine's.
    machine
        Bytes that the machine has.
    was_oom_killed
        Whether the kernel counted a kill for want of memory in the run's control group meanwhile;
        None where it does not count.
    was_machine_full
        Whether it counted one anywhere on the machine.
    """

    limit: int | None
    machine: int
    was_oom_killed: bool | None = None
    was_machine_full: bool = False

    def was_reason(self, peak_memory: int) -> bool:
        """Whether a SIGKILL was for want of memory, as far as can be told from outside."""
        if self.was_oom_killed:
            return True
        # Only a guess: a run may well be near its limit while somebody ends it.
        is_counted = self.was_oom_killed is not None
        if not is_counted and self.limit is not None and peak_memory >= 0.92 * self.limit:
            return True
        # The kernel of a full machine ends whoever has most of it.
        return self.was_machine_full and peak_memory >= 0.25 * self.machine

    @property
    def of(self) -> str:
        """`` of 24.0 GB``; empty without a limit."""
        return f" of {size(self.limit)}" if self.limit else ""


def out_of_memory(peak_memory: int, memory: Memory, stage: str | None) -> dict[str, Any]:
    """The error of a run that used all memory that it might."""
    limit = memory.limit or memory.machine
    whose = "" if memory.limit else " of this machine"
    return error(
        "OutOfMemory",
        f"killed at {size_of(peak_memory, limit)}{whose}{_in(stage)}",
        "out_of_memory",
        "Use fewer rows or columns, a smaller model, fewer parallel jobs (n_jobs), or a machine "
        "with more memory.",
        stage=stage,
    )


def of_keeper(stage: str | None, own_process: bool) -> dict[str, Any]:
    """The error of a run whose keeper, or own process, vanished."""
    if own_process:
        return error(
            "ProcessGone",
            "the process that this run belonged to is gone",
            "worker_killed",
            "The kernel or script ended, or was killed, before the run did; start it again.",
            stage=stage,
        )
    return error(
        "KeeperKilled",
        "the process that looked after this run was killed",
        "keeper_killed",
        "Somebody, or the system, ended it; resume the run.",
        stage=stage,
    )


def disk_full(stage: str | None, why: str = "there was no room left") -> dict[str, Any]:
    """The error of a run whose facts, or whose model, found no room on the disk in time."""
    message = f"the run's directory could not be written: {why}"
    return error("OSError", message, "disk_full", FREE_SPACE, stage=stage)


def of_start(reason: BaseException, python: str) -> dict[str, Any]:
    """The error of a worker that could not be started at all."""
    return error(
        type(reason).__name__,
        f"the worker could not be started with {python}: {reason}",
        "worker_not_started",
        "Check the run's executor: its interpreter and its working directory must exist.",
        stage=None,
    )


def _of_exit(
    returncode: int, stage: str | None, printed: str, python: str, has_begun: bool
) -> dict[str, Any]:
    # Only its last line: what a training printed before, it has lived through.
    last = printed.rpartition("\n")[2]
    if not has_begun and _NOT_INSTALLED.match(last):
        return error(
            "ModuleNotFoundError",
            "the run's interpreter does not have jupyter-progress",
            "worker_not_started",
            f"Install it there: {python or '<python>'} -m pip install jupyter-progress",
            stage=stage,
        )
    full = _DISK_FULL.match(last)
    if returncode == EXIT_DISK_FULL or (full and returncode == _EXIT_UNCAUGHT):
        return disk_full(stage, full[1] if full else "there was no room left")
    if not has_begun:
        return error(
            "WorkerNotStarted",
            f"{python or 'the interpreter'} ended with exit code {returncode} before the training "
            "began",
            "worker_not_started",
            "Check the run's executor: python must be the path of a Python interpreter that has "
            "jupyter-progress. The run's output shows what it said.",
            stage=None,
        )
    return error(
        "SystemExit",
        f"the worker ended with exit code {returncode}{_in(stage)}, without a result",
        "worker_crashed",
        "Something in the training ended its own process, as os._exit does; the end of the run's "
        "output shows what it was doing.",
        stage=stage,
    )


def tail_of(printed: str) -> str:
    """The end of what a worker printed, for its error.

    Of what Python's fault handler tells of a crash only the thread that crashed: it tells of all,
    ours among them, and of every extension module.
    """
    lines = printed.splitlines()
    fault = next((place for place, line in enumerate(lines) if line.startswith(_FAULT)), None)
    if fault is None:
        return "\n".join(lines[-TAIL_LINES:])
    crashed = [place for place in range(fault, len(lines)) if lines[place].startswith("Current")]
    told = lines[crashed[0] :] if crashed else []
    end = next((place for place, line in enumerate(told) if not line.strip()), len(told))
    return "\n".join([*lines[max(0, fault - 6) : fault + 1], *told[:end][: TAIL_LINES - 7]])


def _users_frames(printed: str) -> str:
    """What Python's fault handler told of the user's own code; nothing else that was printed."""
    found = [
        line
        for line in printed.splitlines()
        if (frame := _FRAME.match(line)) and not any(part in frame[1] for part in _NOT_THE_USERS)
    ]
    return "\n".join(["Traceback (most recent call first):", *found]) if found else ""


def signal_name(number: int) -> str:
    """``SIGKILL`` for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _in(stage: str | None) -> str:
    return f" in {stage}" if stage else ""


def out_of_time(
    limit_s: float, stage: str | None, *, was_asked: bool = False, is_function: bool = False
) -> dict[str, Any]:
    """The error of a run that took longer than it might.

    Parameters
    ----------
    was_asked
        Whether it was asked to finish with what it had, and did not.
    is_function
        Whether it is a function of the user's own.
    """
    hint = "Use a smaller model or fewer rows, or raise the limit."
    if is_function:
        hint = "Loop with jp.track, which ends then, or return once jp.current_run().stopping."
    if was_asked:
        why = "it was asked to finish with what it had, and did not in time"
    elif stage == "train":
        why = "its fit cannot be ended with what it has"
    else:
        why = "nothing was trained by then"
    return error(
        "TimeLimit",
        f"the run was at its time limit of {duration(limit_s)}{_in(stage)}, and {why}",
        "time_limit",
        hint,
        stage=stage,
    )
