"""A clock that a test sets forward, in its own process and in every Python process that it starts.

A machine that was asleep wakes up with another time. Which clocks have gone on meanwhile depends on
the system: the wall's always, the monotonic one on some.
"""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

# Imported by each Python at its start, before anything takes one of the clocks for its own.
OPENING = """
import mmap, os, struct, time
with open(os.environ["TEST_CLOCK_LEAP"], "rb") as file:
    shared = mmap.mmap(file.fileno(), 16, prot=mmap.PROT_READ)
def moved(clock, place):
    return lambda: clock() + struct.unpack_from("d", shared, place)[0]
time.time, time.monotonic = moved(time.time, 0), moved(time.monotonic, 8)
"""


class Leap:
    """The clocks of some processes, moved together.

    Parameters
    ----------
    folder
        Where the processes find what to add.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(OPENING)
        file = folder / "leap"
        file.write_bytes(bytes(16))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), 16)
        self.environment = {"PYTHONPATH": str(folder), "TEST_CLOCK_LEAP": str(file)}
        monkeypatch.setattr(time, "time", self._moved(time.time, 0))
        monkeypatch.setattr(time, "monotonic", self._moved(time.monotonic, 8))

    def _moved(self, clock: Callable[[], float], place: int) -> Callable[[], float]:
        return lambda: clock() + float(struct.unpack_from("d", self._shared, place)[0])

    def leap(self, seconds: float, *, monotonic: bool) -> None:
        """Set all clocks forward at once."""
        struct.pack_into("d", self._shared, 8, seconds if monotonic else 0.0)
        struct.pack_into("d", self._shared, 0, seconds)
