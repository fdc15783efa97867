"""The file of what earlier runs took: ``timings.jsonl`` of the data directory, a line a run.

Readable text, bounded in size, written by the workers of several runs at once. A line that is none
is taken out, kept in a file of its own beside it, and told.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

READ_BYTES = 1 << 20
KEEP_BYTES = 4 << 20


def read_runs(path: Path) -> list[dict[str, Any]]:
    """The newest runs, the oldest of them first; what is damaged is set aside with a word."""
    lines, is_whole = _newest_lines(path)
    runs = [_parsed(line) for line in lines]
    if None in runs[0 if is_whole else 1 :]:
        try:
            _set_aside(path)
        except OSError as reason:
            print(f"{path} is damaged, and cannot be written anew: {reason}", file=sys.stderr)
    return [run for run in runs if run is not None]


def append_run(path: Path, run: dict[str, Any]) -> None:
    """Add a run; where the file has grown too large, the older ones go.

    Raises
    ------
    OSError
        It could not be written.
    """
    # The leading end of a line closes one that a full disk, or a kill, has cut short.
    line = b"\n" + json.dumps(run, separators=(",", ":")).encode() + b"\n"
    with _alone(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
        if size > KEEP_BYTES:
            kept = path.read_bytes()[-READ_BYTES:]
            _replace(path, kept[kept.find(b"\n") + 1 :])


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Write while nobody else does; a file system without locks is written to all the same."""
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, content: bytes) -> None:
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    waiting.write_bytes(content)
    waiting.chmod(0o600)
    waiting.replace(path)


def _newest_lines(path: Path) -> tuple[list[bytes], bool]:
    """Lines at the end of the file, and whether that is all of it (else the first one is torn)."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - READ_BYTES))
            lines = [line for line in file.read().splitlines() if line.strip()]
    except OSError:
        return [], True
    return lines, size <= READ_BYTES


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        run = json.loads(line)
    except (ValueError, RecursionError):
        return None
    is_run = isinstance(run, dict) and isinstance(run.get("stages"), dict)
    return run if is_run else None


def _set_aside(path: Path) -> None:
    with _alone(path):
        lines = [line for line in path.read_bytes().splitlines() if line.strip()]
        damaged = [line for line in lines if _parsed(line) is None]
        if not damaged:
            return  # another worker has just done it
        aside = path.with_name(f"{path.stem}.damaged{path.suffix}")
        _replace(aside, b"\n".join(damaged)[:READ_BYTES] + b"\n")
        _replace(path, b"".join(line + b"\n" for line in lines if _parsed(line) is not None))
    print(
        f"{len(damaged)} lines of {path} could not be read: they are in {aside.name} now, and the "
        "time left of this run is told without them",
        file=sys.stderr,
    )
