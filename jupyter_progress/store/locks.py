"""Locks that die with their process: who looks after a run, and which slot a server has.

The keeper imports this file; it needs the standard library and psutil.
"""

from __future__ import annotations

import fcntl
import functools
import json
import os
import subprocess
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from ..errors import LockTaken
from .durable_files import PRIVATE_FILE, write_all

# is_locked() holds a shared lock for some microseconds; who wants the lock must not take that
# for an owner.
_PROBE_PATIENCE_S = 0.05
_held: weakref.WeakSet[FileLock] = weakref.WeakSet()


class FileLock:
    """An exclusive lock on a file, held until it is released or the process ends, however it ends.

    Parameters
    ----------
    path
        The lock file. It stays when the lock is free; only the lock on it counts.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free, without waiting; False where somebody else has it."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        deadline = time.monotonic() + _PROBE_PATIENCE_S
        while not _try_lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(descriptor)
                return False
            time.sleep(0.002)
        owner = json.dumps(this_process()).encode()
        try:
            # Over what is there, and not after it is gone: a full disk has room for that alone.
            os.lseek(descriptor, 0, os.SEEK_SET)
            write_all(descriptor, owner)
            os.ftruncate(descriptor, len(owner))
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        _held.add(self)
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        descriptor, self._descriptor = self._descriptor, None
        _held.discard(self)
        if descriptor is not None:
            os.close(descriptor)

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def __enter__(self) -> FileLock:
        if not self.acquire():
            raise LockTaken(f"{self.path} is held by {lock_owner(self.path) or 'somebody else'}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def is_locked(path: Path | str) -> bool:
    """Whether a living process holds the lock; False where there is no such file."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not _try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def lock_owner(path: Path | str) -> dict[str, Any] | None:
    """Who took the lock last, ``{"pid", "start_time", "boot_id"}``; None where nobody knows."""
    try:
        owner = json.loads(Path(path).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return owner if isinstance(owner, dict) else None


def free_slot(data_dir: Path | str) -> tuple[int, FileLock]:
    """Take the first free server slot below a data directory.

    Returns
    -------
    (int, FileLock)
        The slot's number, and its lock, held.
    """
    slot = 0
    while True:
        lock = FileLock(Path(data_dir) / f"log-{slot}.lock")
        if lock.acquire():
            return slot, lock
        slot += 1


def this_process() -> dict[str, Any]:
    """What tells this process from any other, before or after it, with the same number."""
    pid = os.getpid()
    start_time = psutil.Process(pid).create_time()
    return {"pid": pid, "start_time": start_time, "boot_id": boot_id()}


@functools.cache
def boot_id() -> str:
    """What tells this boot of the machine from the one before."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        pass
    # macOS. The time of boot would not do: the system corrects it by fractions of a second.
    command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _try_lock(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget_in_child() -> None:
    # A forked child shares the lock and would hold it after its parent's death. Closing the child's
    # descriptor leaves the parent's lock alone; unlocking it would not.
    for lock in list(_held):
        lock.release()


os.register_at_fork(after_in_child=_forget_in_child)
