from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from jupyter_progress.errors import LockTaken
from jupyter_progress.store.locks import FileLock, free_slot, is_locked, lock_owner

from .bench import wait_until

HOLD = """
import os, sys, time
from jupyter_progress.store.locks import FileLock
lock = FileLock(sys.argv[1])
assert lock.acquire()
if sys.argv[2:] == ["fork"]:
    child = os.fork()
    if not child:
        time.sleep(60)
    print(child, flush=True)
print("held", flush=True)
time.sleep(60)
"""


class Holder:
    def __init__(self, path: Path, *arguments: str) -> None:
        command = [sys.executable, "-c", HOLD, str(path), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.child = int(self.process.stdout.readline()) if arguments else None
        assert self.process.stdout.readline() == "held\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Path, Holder]]:
    holder = Holder(tmp_path / "lock")
    yield tmp_path / "lock", holder
    holder.kill()


def test_lock_dies_with_its_process(held: tuple[Path, Holder]) -> None:
    path, holder = held
    lock = FileLock(path)
    assert is_locked(path)
    assert not lock.acquire()
    with pytest.raises(LockTaken, match=str(holder.process.pid)), lock:
        pass
    holder.kill()
    assert not is_locked(path)
    assert lock.acquire()
    lock.release()


def test_lock_names_its_owner(held: tuple[Path, Holder]) -> None:
    path, holder = held
    owner = lock_owner(path)
    assert owner is not None
    assert owner["pid"] == holder.process.pid
    assert owner["start_time"] == psutil.Process(holder.process.pid).create_time()
    assert owner["boot_id"]


def test_forked_child_does_not_hold_its_parents_lock(tmp_path: Path) -> None:
    holder = Holder(tmp_path / "lock", "fork")
    assert holder.child is not None
    try:
        assert is_locked(tmp_path / "lock")
        holder.kill()
        assert psutil.pid_exists(holder.child)
        wait_until(lambda: not is_locked(tmp_path / "lock"))
    finally:
        os.kill(holder.child, signal.SIGKILL)


def test_probing_neither_takes_the_lock_nor_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_locked(path)
    assert not path.exists()
    with FileLock(path) as lock:
        assert is_locked(path)
        assert lock.is_held
        assert lock.acquire()
    assert not is_locked(path)
    assert path.exists()


def test_each_server_gets_the_first_free_slot(tmp_path: Path) -> None:
    first, first_lock = free_slot(tmp_path)
    second, second_lock = free_slot(tmp_path)
    assert (first, second) == (0, 1)
    first_lock.release()
    again, again_lock = free_slot(tmp_path)
    assert again == 0
    second_lock.release()
    again_lock.release()
