"""A worker's process tree: what it uses, and how it is brought to its end.

The worker leads a process group of its own. Children that left the group are found by their parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import psutil


class TreeSampler:
    """Measures CPU and memory of a process and all its descendants.

    Parameters
    ----------
    pid
        The process at the root of the tree.
    adopts
        Whether this very process gets what has lost its parent, see :func:`adopt_orphans`: those
        count, too.
    """

    def __init__(self, pid: int, adopts: bool = False) -> None:
        self._pid = pid
        self._adopts = adopts
        self._cpu_s: dict[int, float] = {}
        self._sampled_s: float | None = None
        self.peak_memory = 0
        self.members: list[psutil.Process] = []

    def sample(self, now_s: float) -> dict[str, Any] | None:
        """Measure once.

        Parameters
        ----------
        now_s
            A monotonic clock.

        Returns
        -------
        dict or None
            ``{"cpu": percent of one core since the last sample, "memory": bytes,
            "peak_memory": bytes}``; None when the tree is gone.
        """
        members = self._find()
        if not members:
            return None
        self.members = members
        cpu_s: dict[int, float] = {}
        memory = 0
        for process in members:
            with contextlib.suppress(psutil.Error), process.oneshot():
                times = process.cpu_times()
                cpu_s[process.pid] = times.user + times.system
                memory += held_memory(process)
        spent = sum(seconds - self._cpu_s.get(pid, 0.0) for pid, seconds in cpu_s.items())
        cpu = None
        if self._sampled_s is not None and now_s > self._sampled_s:
            cpu = round(100.0 * max(0.0, spent) / (now_s - self._sampled_s), 1)
        self._cpu_s, self._sampled_s = cpu_s, now_s
        self.peak_memory = max(self.peak_memory, memory)
        return {"cpu": cpu, "memory": memory, "peak_memory": self.peak_memory}

    def left_behind(self) -> list[psutil.Process]:
        """What still runs of the tree beside its root, which has ended."""
        found = tree_of(os.getpid())[1:] if self._adopts else self.members
        return [process for process in found if process.pid != self._pid and _is_running(process)]

    def _find(self) -> list[psutil.Process]:
        if not self._adopts:
            return tree_of(self._pid)
        below = tree_of(os.getpid())[1:]
        below.sort(key=lambda process: process.pid != self._pid)  # the root first
        return below if below and below[0].pid == self._pid else []


def lower_priority(pid: int, niceness: int) -> list[str]:
    """Have a process that leads a session, and all that it starts, leave the others their turn.

    Linux weighs sessions against each other, and a niceness counts only within one, unless the
    session's own is set (``sched_autogroup_enabled``, see sched(7)).

    Returns
    -------
    list of str
        What did not work: it has ended already, or this system does not allow it.
    """
    problems = []
    try:
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    except OSError as reason:
        problems.append(str(reason))
    group = Path(f"/proc/{pid}/autogroup")
    if group.exists():
        try:
            group.write_text(str(niceness))
        except OSError as reason:
            problems.append(str(reason))
    return problems


def adopt_orphans() -> bool:
    """Have what loses its parent below this process become its child (Linux; else False).

    A daemon that a training starts leaves its parent and its session on purpose; without this,
    nobody could tell any more whose it was.
    """
    if sys.platform != "linux":
        return False
    be_subreaper = 36  # PR_SET_CHILD_SUBREAPER of <sys/prctl.h>
    return ctypes.CDLL(None, use_errno=True).prctl(be_subreaper, 1, 0, 0, 0) == 0


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def held_memory(process: psutil.Process) -> int:
    """The bytes that a process holds, and that nobody can take back.

    Without the pages of files that it has mapped (rows that were handed over, libraries), which the
    system drops where it is short of memory. On macOS all that is resident.
    """
    try:
        text = Path(f"/proc/{process.pid}/status").read_text("ascii", "replace")
    except OSError:
        return int(process.memory_info().rss)
    found = _OWN_PAGES.findall(text)
    return sum(int(kib) for kib in found) * 1024 if found else int(process.memory_info().rss)


_OWN_PAGES = re.compile(r"^Rss(?:Anon|Shmem):\s+(\d+) kB$", re.MULTILINE)


def tree_of(pid: int) -> list[psutil.Process]:
    """A process and its descendants; empty when it is gone."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def is_same_process(pid: int, start_time: float) -> bool:
    """Whether a process of this id lives that started at this moment."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - start_time) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def signal_tree(pid: int, number: signal.Signals, members: list[psutil.Process]) -> None:
    """Send a signal to a worker's process group, and to members of its tree that left it.

    Parameters
    ----------
    pid
        The worker, which leads its group.
    members
        The tree as it was last seen; each is signalled only if it is still the same process.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
    for process in members:
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if _is_running(process):
                process.send_signal(number)


def identify(pid: int) -> dict[str, Any]:
    """What tells a process from a later one of the same id: ``{"pid", "start_time"}``."""
    try:
        return {"pid": pid, "start_time": psutil.Process(pid).create_time()}
    except psutil.Error:
        return {"pid": pid, "start_time": 0.0}


def end_group(pid: int, start_time: float, within_s: float) -> None:
    """Kill a worker that has lost its keeper, with all of its group.

    Parameters
    ----------
    pid, start_time
        The worker. Another process of this id is left alone; where the worker itself is gone, what
        is left of its group still is ended.
    within_s
        How long to wait for their end.
    """
    try:
        newcomer = psutil.Process(pid)
        if not is_same_process(pid, start_time) and newcomer.status() != psutil.STATUS_ZOMBIE:
            return
    except psutil.Error:
        newcomer = None
    members = tree_of(pid) if newcomer else []
    signal_tree(pid, signal.SIGKILL, members)
    psutil.wait_procs(members, timeout=within_s)
