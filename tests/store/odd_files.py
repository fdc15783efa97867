"""Lines written by hand, and what is no regular file in a journal's place."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path

from jupyter_progress.core.times import to_iso

from .bench import START

KINDS = ["folder", "pipe", "link", "socket"]


def note(sequence: int, text: str = "said") -> bytes:
    data = {"id": f"n{sequence}", "level": "info", "kind": "note", "text": text}
    line = {"sequence": sequence, "type": "activity_update", "time": to_iso(START), "data": data}
    return json.dumps(line).encode() + b"\n"


def put(path: Path, *lines: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.writelines(lines)


def make_other(path: Path, kind: str, target: str | Path = "/dev/zero") -> None:
    """Make a folder, a pipe, a socket, or a link to a target."""
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        # Only the last part of the path fits into a socket's name.
        with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    else:
        path.symlink_to(target)
