"""What is written of a run whose worker died without a last word: why, and what to do about it."""

from __future__ import annotations

import re
import signal
from typing import Any

from .output_tail import last_lines
from .room import EXIT_DISK_FULL

_GIB = 2**30
# What the system says of ENOSPC, EDQUOT and EFBIG.
_DISK_FULL = ("No space left on device", "Disk quota exceeded", "File too large")
FREE_SPACE = (
    "Free some space on the disk that holds the data directory, or raise the quota; then start the "
    "run again."
)
_FRAME = re.compile(r'  File "([^"]+)", line [0-9]+ in ')
_NOT_THE_USERS = ("/site-packages/", "/dist-packages/", "/lib/python", "/jupyter_progress/", "<")
_CRASHES = {"SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE", "SIGSYS"}


def error(
    kind: str, message: str, reason: str, hint: str, *, stage: str | None, traceback: str = ""
) -> dict[str, Any]:
    """An error as it stands in ``training_failed``."""
    return {
        "type": kind,
        "message": message,
        "stage": stage,
        "traceback": traceback,
        "reason": reason,
        "hint": hint,
    }


def of_dead_worker(
    returncode: int,
    *,
    stage: str | None,
    output: Any,
    peak_memory: int,
    limit: int | None,
    was_oom_killed: bool,
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
    peak_memory, limit
        Bytes that its process tree used at most, and might use; None without a limit.
    was_oom_killed
        Whether the kernel counted a kill for want of memory meanwhile.
    python
        What it was started with.
    has_begun
        Whether it had come to its first word.
    """
    printed = last_lines(output, 12)
    if returncode >= 0:
        return _of_exit(returncode, stage, printed, python, has_begun)
    name = signal_name(-returncode)
    near = limit is not None and peak_memory >= 0.92 * limit
    if name == "SIGKILL" and (was_oom_killed or near):
        return out_of_memory(peak_memory, limit, stage)
    if name in _CRASHES:
        return error(
            name,
            f"the worker crashed with {name}",
            "worker_crashed",
            "This is a fault in compiled code: a library, or two that do not fit each other. "
            "The end of the run's output shows where it was.",
            stage=stage,
            traceback=_users_frames(printed),
        )
    return error(
        name,
        f"the worker was killed from outside with {name} (peak memory {_gib(peak_memory)})",
        "worker_killed",
        "Somebody, or the system, ended the process; start the run again. If nobody did, look for "
        "a memory limit on this machine.",
        stage=stage,
    )


def out_of_memory(peak_memory: int, limit: int | None, stage: str | None) -> dict[str, Any]:
    """The error of a run that used all memory that it might."""
    of = f" of {_gib(limit)}" if limit else ""
    return error(
        "OutOfMemory",
        f"the worker was killed when the run used {_gib(peak_memory)}{of}",
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
        "Somebody, or the system, ended it; start the run again.",
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
    if "No module named 'jupyter_progress'" in printed:
        return error(
            "ModuleNotFoundError",
            "the run's interpreter does not have jupyter-progress",
            "worker_not_started",
            f"Install it there: {python or '<python>'} -m pip install jupyter-progress",
            stage=stage,
        )
    full = next((words for words in _DISK_FULL if words in printed), None)
    if full is not None or returncode == EXIT_DISK_FULL:
        return disk_full(stage, full or "there was no room left")
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
        f"the worker ended with exit code {returncode} and without a result",
        "worker_crashed",
        "The end of the run's output shows what it was doing.",
        stage=stage,
    )


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


def _gib(size_bytes: int) -> str:
    if size_bytes < 0.1 * _GIB:
        return f"{size_bytes / 2**20:.0f} MB"
    return f"{size_bytes / _GIB:.1f} GB"


def out_of_time(limit_s: float, stage: str | None) -> dict[str, Any]:
    """The error of a run that took longer than it might."""
    return error(
        "TimeLimit",
        f"the run took longer than the {limit_s:g} s that it might",
        "time_limit",
        "Use a smaller model or fewer rows, or raise the limit.",
        stage=stage,
    )
