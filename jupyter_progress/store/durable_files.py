"""Files that are either there as a whole or not at all, and readable by their owner only."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_SQLITE_FULL = 13


def write_whole(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """Put a file in place in one step; what was there before stays until then.

    Parameters
    ----------
    mode
        Its permissions, for a file that is not this package's own.
    """
    aside = _write_aside(path, content)
    try:
        if mode != PRIVATE_FILE:
            aside.chmod(mode)
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def create_once(path: Path, content: bytes) -> bytes:
    """Create a file unless it is there, and return what it holds.

    Of several processes that do this at once one wins, and all return the winner's content.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    aside = _write_aside(path, content)
    try:
        # A link, unlike a rename, fails where somebody else was faster.
        os.link(aside, path)
    except FileExistsError:
        return path.read_bytes()
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)
    return content


def has_no_room(error: BaseException | None) -> bool:
    """Whether an error says that the disk, or the user's share of it, is full for now."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, says that there is no room for what was written."""
    while error is not None:
        too_large = isinstance(error, OSError) and error.errno == errno.EFBIG
        # As sqlite3 has it; the keeper does without that module.
        code = getattr(error, "sqlite_errorcode", 0)
        if has_no_room(error) or too_large or code & 0xFF == _SQLITE_FULL:
            return True
        error = error.__cause__
    return False


def sync_folder(folder: Path) -> None:
    """Make a new or renamed entry of a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_aside(path: Path, content: bytes) -> Path:
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    return aside


def write_all(descriptor: int, content: bytes) -> None:
    """Write all bytes, in as many calls as it takes."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
