"""Files that are read because of where they lie, by whoever put them there: regular ones only.

A folder, a pipe, a device or a link may have the name of a journal. Opening a pipe would wait for
its other end, a device has no end, and a link leads who knows where. The keeper imports this file,
so it needs nothing but the standard library.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from .durable_files import PRIVATE_FILE

# Without waiting for the other end of a pipe, and without following a link.
_FLAGS = os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


class NoRegularFile(OSError):
    """Something else has the name of a file that is to be read or written."""

    def __init__(self, path: Path | str, found: str) -> None:
        super().__init__(errno.EINVAL, f"is {found}; expected a regular file", str(path))


def open_regular(path: Path | str, flags: int = os.O_RDONLY) -> int:
    """Open a regular file; the answer is its descriptor.

    Raises
    ------
    NoRegularFile
        It is a folder, a link, a pipe, a socket or a device.
    OSError
        As ``os.open`` does.
    """
    try:
        descriptor = os.open(path, flags | _FLAGS, PRIVATE_FILE)
    except OSError as error:
        found = kind_of(path)
        if found is None:
            raise
        raise NoRegularFile(path, found) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NoRegularFile(path, kind_of(path) or "something else")
    return descriptor


def kind_of(path: Path | str) -> str | None:
    """What is there instead of a regular file, in words; None for one, and where nothing is."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return None
    return None if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "something else")


_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def regular_files(folder: Path, ending: str) -> list[Path]:
    """The regular files of a folder whose names end so; none where there is no folder."""
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.name
                for entry in entries
                if entry.name.endswith(ending) and entry.is_file(follow_symlinks=False)
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [folder / name for name in names]
