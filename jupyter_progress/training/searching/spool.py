"""A search's spool: what its processes say of their folds, and what they are asked, in one folder.

Each process appends to a file of its own; nobody waits for anybody, and a process that is killed
loses the line that it was at. What people ask is a file whose being there is all that it says. The
processes of ``n_jobs`` import this, so it needs nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
from pathlib import Path
from typing import Any

_LIMIT_BYTES = 16 << 20  # of one file, read at a time


class Spool:
    """The folder of one search, for those who write to it.

    Parameters
    ----------
    folder
        Where it is; made with the first line.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._stop_mark = self.folder / "stop"
        self._pid = 0
        self._descriptor: int | None = None
        self._is_in_trouble = False
        self._lock = threading.Lock()

    def append(self, line: dict[str, Any]) -> None:
        """Note something; what goes wrong with the disk is told once, and never raised."""
        try:
            text = json.dumps(line)
        except (TypeError, ValueError):
            # A score that JSON cannot hold: whoever waits for the fold hears of it at its end.
            return
        try:
            # The leading end of a line closes one that a full disk has cut short.
            os.write(self._file(), f"\n{text}\n".encode())
        except OSError as reason:
            self._complain(reason)

    def is_given_up(self, candidate: int) -> bool:
        """Whether a candidate's folds are not to be fitted any more."""
        return self._stop_mark.exists() or self.is_skipped(candidate)

    def is_skipped(self, candidate: int) -> bool:
        """Whether somebody gave up this candidate."""
        return (self.folder / f"skip-{candidate}").exists()

    def stop(self) -> None:
        """Have no further fold fitted."""
        self._mark(self._stop_mark)

    def skip(self, candidate: int) -> None:
        """Have no further fold of a candidate fitted."""
        self._mark(self.folder / f"skip-{candidate}")

    def go_on(self) -> None:
        """Take back an earlier stop; what was skipped stays so."""
        self._stop_mark.unlink(missing_ok=True)

    def close(self) -> None:
        """Close this process's file."""
        with self._lock:
            if self._descriptor is not None and self._pid == os.getpid():
                os.close(self._descriptor)
            self._descriptor = None

    def _mark(self, path: Path) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        except OSError as reason:
            self._complain(reason)

    def _file(self) -> int:
        with self._lock:
            if self._descriptor is None or self._pid != os.getpid():
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._pid = os.getpid()
                name = f"{self._pid}-{secrets.token_hex(4)}.jsonl"
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
                self._descriptor = os.open(self.folder / name, flags, 0o600)
            return self._descriptor

    def _complain(self, reason: OSError) -> None:
        if not self._is_in_trouble:
            self._is_in_trouble = True
            print(f"the folds of the search are not noted: {reason}", file=sys.stderr)


_spools: dict[str, Spool] = {}


def spool_at(folder: str) -> Spool:
    """This process's way to a folder; the same one each time."""
    return _spools.setdefault(folder, Spool(folder))


def forget_spool(folder: str) -> None:
    """Close what this process has opened there."""
    spool = _spools.pop(folder, None)
    if spool is not None:
        spool.close()


class SpoolReader:
    """Reads what all processes have appended since the last look.

    Parameters
    ----------
    folder
        The spool's; it need not be there yet.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._positions: dict[str, int] = {}

    def poll(self) -> list[dict[str, Any]]:
        """The new lines of each process in their order; those of one process stand together.

        Raises
        ------
        OSError
            The folder cannot be read.
        """
        found: list[dict[str, Any]] = []
        try:
            names = sorted(path.name for path in self._folder.glob("*.jsonl"))
        except FileNotFoundError:
            return found
        for name in names:
            found += self._read(name)
        return found

    def _read(self, name: str) -> list[dict[str, Any]]:
        path = self._folder / name
        start = self._positions.get(name, 0)
        try:
            if path.stat().st_size <= start:
                return []
            with path.open("rb") as file:
                file.seek(start)
                fresh = file.read(_LIMIT_BYTES)
        except FileNotFoundError:
            return []
        whole, newline, _torn = fresh.rpartition(b"\n")
        self._positions[name] = start + len(whole) + len(newline)
        lines = (_read_line(line) for line in whole.split(b"\n") if line)
        return [line for line in lines if line is not None]


def _read_line(text: bytes) -> dict[str, Any] | None:
    """A line, or None where it was cut short; its fold is then fitted again."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
