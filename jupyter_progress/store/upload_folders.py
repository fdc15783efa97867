"""Folders of uploads on disk: one lies where it is named, or is a link into a scratch directory."""

from __future__ import annotations

import shutil
from pathlib import Path

INCOMING = ".incoming-"  # before the name of one that is being written


def folder_of(path: Path) -> Path:
    """Where an upload's files lie."""
    return path.resolve() if path.is_symlink() else path


def remove_upload(path: Path) -> None:
    """Remove an upload, its link too; one that is not there is no error.

    Raises
    ------
    OSError
        It cannot be removed.
    """
    if path.is_symlink():
        target = path.readlink()
        path.unlink(missing_ok=True)
        # What a link leads to is an upload only if it has the same name.
        if target.name != path.name or target.is_symlink():
            return
        path = target
    if path.exists():
        shutil.rmtree(path)
