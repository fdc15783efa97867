"""One look at the machine: CPU, memory, swap, disk, network, load, processes, uptime, GPUs.

Reads files and calls ``psutil``; belongs in a thread of its own, never on the event loop.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import psutil

from ..core.times import to_iso
from .cgroups import ControlGroup
from .gpus import GpuReader

LOOPBACK = re.compile(r"lo[0-9]*", re.ASCII)


class Machine:
    """Samples the machine; rates are since the sample before.

    Parameters
    ----------
    disk
        A folder on the disk that is to be watched.
    """

    def __init__(self, disk: Path, group: ControlGroup | None = None) -> None:
        self._disk = disk
        self._group = group or ControlGroup()
        self._gpus = GpuReader()
        self._cpu_before: tuple[float, float] | None = None
        self._network_before: tuple[float, int, int] | None = None
        psutil.cpu_percent()  # the first call has nothing to compare with and answers 0

    def sample(self) -> dict[str, Any]:
        """The figures of ``GET health`` that are the machine's."""
        return {
            "time": to_iso(time.time()),
            "cpu": self._cpu(),
            "memory": self._memory(),
            "swap": _swap(),
            "disk": self._disk_use(),
            "network": self._network(),
            "load": [round(value, 2) for value in os.getloadavg()],
            "processes": len(psutil.pids()),
            "uptime_s": round(max(0.0, time.time() - psutil.boot_time()), 1),
            "gpus": self._gpus.read(),
        }

    def _cpu(self) -> dict[str, Any]:
        limited = self._group.cpu()
        now = time.monotonic()
        # Always asked, so that its own interval stays that of the samples.
        host_percent = psutil.cpu_percent()
        if limited is None:
            cores = _cores()
            return _gauge(host_percent, round(host_percent * cores / 100.0, 3), cores)
        before, self._cpu_before = self._cpu_before, (now, limited.used_s)
        if before is None or now <= before[0]:
            return _gauge(None, None, limited.cores)
        used = max(0.0, (limited.used_s - before[1]) / (now - before[0]))
        return _gauge(min(100.0, 100.0 * used / limited.cores), round(used, 3), limited.cores)

    def _memory(self) -> dict[str, Any]:
        host = psutil.virtual_memory()
        limited = self._group.memory()
        if limited is not None and limited.limit < host.total:
            return _gauge(100.0 * limited.used / limited.limit, limited.used, limited.limit)
        used = host.total - host.available
        return _gauge(100.0 * used / host.total, used, host.total)

    def _disk_use(self) -> dict[str, Any]:
        try:
            use = psutil.disk_usage(str(self._disk))
        except OSError:
            return _gauge(None, None, None)
        return _gauge(use.percent, use.used, use.total)

    def _network(self) -> dict[str, float | None]:
        counted = _network_bytes()
        if counted is None:
            return {"in": None, "out": None}
        now = time.monotonic()
        before, self._network_before = self._network_before, (now, *counted)
        if before is None or now <= before[0]:
            return {"in": None, "out": None}
        span = now - before[0]
        return {
            "in": round(max(0, counted[0] - before[1]) / span, 1),
            "out": round(max(0, counted[1] - before[2]) / span, 1),
        }

    def close(self) -> None:
        """Let go of the GPUs."""
        self._gpus.close()


def _network_bytes() -> tuple[int, int] | None:
    """Received and sent so far, but for what this machine tells itself: its loopback.

    A notebook, its kernel and this server talk over loopback all the time; what a person wants to
    know is how busy the line is. None where it cannot be told.
    """
    try:
        # By name and not by flags, which cost a system call each and are not there in some
        # sandboxes: `lo` on Linux, `lo0` on macOS.
        counters = psutil.net_io_counters(pernic=True)
    except OSError:
        return None
    outward = [found for nic, found in counters.items() if not LOOPBACK.fullmatch(nic)]
    if not counters:
        return None
    return sum(nic.bytes_recv for nic in outward), sum(nic.bytes_sent for nic in outward)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def _swap() -> dict[str, Any]:
    try:
        swap = psutil.swap_memory()
    except (OSError, RuntimeError):  # no /proc/vmstat in some containers
        return _gauge(None, None, None)
    return _gauge(swap.percent, swap.used, swap.total)


def _gauge(percent: float | None, used: float | None, limit: float | None) -> dict[str, Any]:
    return {
        "percent": None if percent is None else round(percent, 1),
        "used": used,
        "limit": limit,
    }
