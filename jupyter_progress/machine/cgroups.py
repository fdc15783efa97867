"""What the container allows: CPU and memory limits of Linux control groups, both versions.

``psutil`` shows the host. In a container with 4 CPUs and 24 GB a person wants those figures, not
the host's 96 and 503. Version 2 has one tree (``cpu.max``, ``memory.max``); version 1 one tree for
each controller. A limit can stand at any ancestor; the smallest one counts.

Source: Linux kernel, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

NO_LIMIT_V1 = 1 << 60  # version 1 writes a huge number where there is no limit
ROOT = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class MemoryUse:
    """Bytes in use, without what the page cache gives back at once, and the limit.

    Parameters
    ----------
    active_cache
        What is in use by pages of files that were read of late: given back, where there is need.
    """

    used: int
    limit: int
    active_cache: int = 0


@dataclass(frozen=True)
class CpuUse:
    """CPU seconds used since the group began, and the cores that it may use."""

    used_s: float
    cores: float


class ControlGroup:
    """The control group of this process.

    Parameters
    ----------
    root
        Where the file system is mounted.
    membership
        The text of ``/proc/self/cgroup``.
    """

    def __init__(self, root: Path = ROOT, membership: str | None = None) -> None:
        if membership is None:
            membership = _read(Path("/proc/self/cgroup")) or ""
        self._root = root
        self._v2 = (root / "cgroup.controllers").exists()
        self._paths = _paths(membership)

    def memory(self) -> MemoryUse | None:
        """Memory under the limit that binds; None without a limit."""
        found = []
        for group in self._groups("memory"):
            limit = _number(group / ("memory.max" if self._v2 else "memory.limit_in_bytes"))
            used = _number(group / ("memory.current" if self._v2 else "memory.usage_in_bytes"))
            if limit is None or used is None or limit >= NO_LIMIT_V1:
                continue
            prefix = "" if self._v2 else "total_"
            cache = _field(group / "memory.stat", f"{prefix}inactive_file") or 0
            active = _field(group / "memory.stat", f"{prefix}active_file") or 0
            found.append(MemoryUse(max(0, used - cache), limit, active))
        return min(found, key=lambda use: use.limit - use.used, default=None)

    def cpu(self) -> CpuUse | None:
        """CPU use under the smallest quota; None without one."""
        found = []
        for group in self._groups("cpu"):
            cores = self._cores(group)
            used_s = self._used_s(group)
            if cores is not None and used_s is not None:
                found.append(CpuUse(used_s=used_s, cores=cores))
        return min(found, key=lambda use: use.cores, default=None)

    def _groups(self, controller: str) -> list[Path]:
        """The group and its ancestors, as far as they are mounted here."""
        base = self._root if self._v2 else self._root / controller
        path = self._paths.get("" if self._v2 else controller, "/")
        group = base / path.strip("/")
        # Inside of a container the path is often the host's, and only the root is visible.
        found = [group] if group.is_dir() else []
        while group != base and base in group.parents:
            group = group.parent
            if group.is_dir():
                found.append(group)
        return found or ([base] if base.is_dir() else [])

    def _cores(self, group: Path) -> float | None:
        if self._v2:
            quota, _, period = (_read(group / "cpu.max") or "max").partition(" ")
            if not quota.strip().isdigit():
                return None
            return int(quota) / int(period or 100_000)
        quota_us = _number(group / "cpu.cfs_quota_us")
        period_us = _number(group / "cpu.cfs_period_us")
        return quota_us / period_us if quota_us and period_us and quota_us > 0 else None

    def _used_s(self, group: Path) -> float | None:
        if self._v2:
            used_us = _field(group / "cpu.stat", "usage_usec")
            return None if used_us is None else used_us / 1e6
        used_ns = _number(group / "cpuacct.usage")
        if used_ns is None:
            used_ns = _number(self._root / "cpuacct" / group.name / "cpuacct.usage")
        return None if used_ns is None else used_ns / 1e9


def _paths(membership: str) -> dict[str, str]:
    """Controller -> path of the group; version 2 has the controller ``""``."""
    found: dict[str, str] = {}
    for line in membership.splitlines():
        parts = line.split(":", 2)
        if len(parts) == 3:
            for controller in parts[1].split(","):
                found[controller] = parts[2]
    return found


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def _number(path: Path) -> int | None:
    text = _read(path)
    try:
        return int(text) if text else None
    except ValueError:
        return None  # "max"


def _field(path: Path, name: str) -> int | None:
    for line in (_read(path) or "").splitlines():
        key, _, value = line.partition(" ")
        if key == name and value.strip().isdigit():
            return int(value)
    return None
