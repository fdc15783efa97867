"""What a keeper hears of its worker: the lines that it journals, and what it prints.

Read as it grows, and of the lines only those that begin a stage: the keeper imports no codec, and
a training may journal many thousand lines a second.
"""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from ..store.regular_files import NoRegularFile, open_regular, regular_files

_BLOCK_BYTES = 1 << 20
_BEGINS_STAGE = b'"type":"stage_started"'
_OF_THE_TRAINING = ("worker-", "child-")


@dataclass(frozen=True)
class Begun:
    """A stage that has begun, and the seconds that earlier runs let it take."""

    stage: str
    estimated_s: float | None


class SignsOfLife:
    """Follows the journals of a run's own processes.

    Parameters
    ----------
    journals
        The run's folder of journals. What people and servers write there is no sign of life.
    """

    def __init__(self, journals: Path) -> None:
        self._journals = journals
        self._read_bytes: dict[str, int] = {}
        self._begun: Begun | None = None

    def poll(self) -> tuple[bool, Begun | None]:
        """Whether something new was written, and the stage that has begun with it, if one has."""
        self._begun = None
        # A list, not any(): each journal is read on, whatever the others hold.
        is_new = [
            self._read_on(path)
            for path in regular_files(self._journals, ".jsonl")
            if path.stem.startswith(_OF_THE_TRAINING)
        ]
        return any(is_new), self._begun

    def _read_on(self, path: Path) -> bool:
        place = self._read_bytes.get(path.name, 0)
        try:
            if path.stat().st_size <= place:
                return False
            descriptor = open_regular(path)
        except (OSError, NoRegularFile):
            return False
        rest = b""
        with os.fdopen(descriptor, "rb") as file:
            file.seek(place)
            while block := file.read(_BLOCK_BYTES):
                *lines, rest = (rest + block).split(b"\n")
                for line in lines:
                    if _BEGINS_STAGE in line:
                        self._begun = _parsed(line) or self._begun
            # A line that is still being written is read again, as a whole.
            self._read_bytes[path.name] = file.tell() - len(rest)
        return self._read_bytes[path.name] > place


def _parsed(line: bytes) -> Begun | None:
    try:
        facts = json.loads(line)["data"]
        estimated_s = facts.get("estimated_s")
        return Begun(str(facts["stage"]), None if estimated_s is None else float(estimated_s))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None  # damaged; the log reports it


def ask_where_it_waits(pid: int) -> bool:
    """Have a worker print where each of its threads is, if it has made itself ready for that.

    Asked without, the signal would end it: what it catches is looked up first (Linux; else False).
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        caught = int(next(line.split()[1] for line in lines if line.startswith("SigCgt:")), 16)
        if not caught >> (signal.SIGUSR2 - 1) & 1:
            return False
        os.kill(pid, signal.SIGUSR2)
    except (OSError, ValueError, StopIteration):
        return False
    return True
