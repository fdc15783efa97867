"""What people ask of a run: stop, cancel. Each who asks has a file; the run reads them all."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from ..core.times import to_iso
from .durable_files import PRIVATE_FOLDER, write_all
from .layout import RunDirectory
from .regular_files import open_regular, regular_files


@dataclass(frozen=True)
class Control:
    """One thing that was asked of a run.

    Parameters
    ----------
    action
        ``stop`` (keep the best so far), ``cancel`` (drop it) or ``skip`` (a search's candidate).
    who
        Who asked.
    time
        When, as an ISO 8601 UTC string.
    why
        What it was asked for where nobody did: ``time_limit``.
    candidate
        Which one is skipped; None: those under way.
    """

    action: str
    who: str
    time: str
    why: str = ""
    candidate: int | None = None


def append_control(
    run_dir: RunDirectory,
    writer: str,
    action: str,
    who: str,
    why: str = "",
    candidate: int | None = None,
) -> None:
    """Ask something of a run; it is on disk on return."""
    asked: dict[str, str | int] = {"action": action, "who": who, "time": to_iso(time.time())}
    if why:
        asked["why"] = why
    if candidate is not None:
        asked["candidate"] = candidate
    line = json.dumps(asked) + "\n"
    path = run_dir.control(writer)
    path.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    descriptor = open_regular(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        # Two threads of one server write as the same writer.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        is_torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        write_all(descriptor, (b"\n" if is_torn else b"") + line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class ControlReader:
    """Reads what was asked of a run since the last look.

    Parameters
    ----------
    run_dir
        The run.
    """

    def __init__(self, run_dir: RunDirectory) -> None:
        self._folder = run_dir.controls
        self._positions: dict[str, int] = {}

    def poll(self) -> list[Control]:
        """What is new, by time. The first call returns all that was ever asked."""
        found: list[Control] = []
        for path in regular_files(self._folder, ".jsonl"):
            found += self._read(path)
        return sorted(found, key=lambda control: control.time)

    def _read(self, path: Path) -> list[Control]:
        name = path.name
        position = self._positions.get(name, 0)
        if path.stat().st_size <= position:
            return []
        with os.fdopen(open_regular(path), "rb") as file:
            file.seek(position)
            fresh = file.read()
        whole, newline, _torn = fresh.rpartition(b"\n")
        self._positions[name] = position + len(whole) + len(newline)
        return [control for line in whole.split(b"\n") if (control := _control_of(line))]


def _control_of(line: bytes) -> Control | None:
    """A damaged line asks for nothing: whoever wrote it got no answer and asks again."""
    try:
        facts = json.loads(line)
        who, why = str(facts.get("who", "")), str(facts.get("why", ""))
        candidate = facts.get("candidate")
        if not isinstance(candidate, int):
            candidate = None
        return Control(str(facts["action"]), who, str(facts["time"]), why, candidate)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
