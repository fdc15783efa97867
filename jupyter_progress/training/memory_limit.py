"""How much memory a run may use, and whether the kernel has killed for want of it.

psutil sees the machine, not the container; the limits of the control group (v2, else v1) do.
"""

from __future__ import annotations

from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_NO_LIMIT_BYTES = 1 << 60  # v1 says "no limit" with a huge number


def own_cgroup(proc: Path = Path("/proc/self/cgroup"), root: Path = _ROOT) -> Path | None:
    """The folder of this process' memory control group, or None where there is none."""
    try:
        lines = proc.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        if controllers == "":
            folder = root / path.lstrip("/")
        elif "memory" in controllers.split(","):
            folder = root / "memory" / path.lstrip("/")
        else:
            continue
        if folder.is_dir():
            return folder
    # Inside a container the path is the host's, and the group stands at the root.
    for folder in (root, root / "memory"):
        if (folder / "memory.max").exists() or (folder / "memory.limit_in_bytes").exists():
            return folder
    return None


def cgroup_limit(folder: Path | None) -> int | None:
    """The tightest memory limit of a control group and those above it, in bytes."""
    tightest: int | None = None
    while folder is not None and folder.is_dir():
        for name in ("memory.max", "memory.limit_in_bytes"):
            limit = _read_number(folder / name)
            if limit is not None and limit < _NO_LIMIT_BYTES:
                tightest = limit if tightest is None else min(tightest, limit)
        folder = folder.parent if folder != _ROOT and _ROOT in folder.parents else None
    return tightest


def oom_kills(folder: Path | None) -> int | None:
    """How many processes of a control group the kernel has killed for want of memory.

    None where it does not say: without control groups, or on an old kernel.
    """
    if folder is None:
        return None
    for name in ("memory.events", "memory.oom_control"):
        try:
            text = (folder / name).read_text()
        except OSError:
            continue
        for line in text.splitlines():
            key, _, value = line.partition(" ")
            if key == "oom_kill" and value.strip().isdigit():
                return int(value)
    return None


def machine_oom_kills(vmstat: Path = Path("/proc/vmstat")) -> int:
    """How many processes the kernel has ended for want of memory, anywhere on this machine."""
    try:
        lines = vmstat.read_text().splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith("oom_kill ")]
    return int(found[0]) if found and found[0].isdigit() else 0


def _read_number(path: Path) -> int | None:
    try:
        text = path.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
