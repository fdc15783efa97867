"""Scratch directories: where rows are put, apart from the data directory; and room on its disk."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from pathlib import Path

from ..core.figures import size
from ..errors import DiskFull, StoreError
from ..store.durable_files import PRIVATE_FOLDER, create_once

SCRATCH_ID = "jupyter-progress-id"
SCRATCH_VARIABLE = "JUPYTER_PROGRESS_SCRATCH_DIR"
_INSTEAD = f"name another one with JupyterProgress.scratch_dir or {SCRATCH_VARIABLE}"


def own_scratch() -> Path | None:
    """The scratch directory that this process' environment names, made if need be.

    Raises
    ------
    StoreError
        It cannot be used.
    """
    named = os.environ.get(SCRATCH_VARIABLE)
    return make_scratch(Path(named)) if named else None


def scratch_folder(path: Path) -> Path:
    """This user's own folder in a scratch directory, which may be everybody's."""
    return path.expanduser().absolute() / f"jupyter-progress-{os.getuid()}"


def make_scratch(path: Path) -> Path:
    """Make this user's folder in a scratch directory, for its owner only; answers where it is.

    Raises
    ------
    StoreError
        That is not possible: a file in the way, no permission, somebody else's folder.
    """
    folder = scratch_folder(path)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        found = folder.lstat()
        # Workers open what lies there: nobody else may have put it there.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise StoreError(f"{folder} is not this user's own folder; remove it, or {_INSTEAD}")
        folder.chmod(PRIVATE_FOLDER)
        create_once(folder / SCRATCH_ID, secrets.token_hex(16).encode())
    except OSError as error:
        raise StoreError(
            f"the scratch directory {path} cannot be used: {error.strerror}; {_INSTEAD}"
        ) from error
    return folder


def scratch_identity(folder: Path) -> str:
    """32 hex digits that name a scratch directory, wherever it is mounted; empty for any other."""
    try:
        return (folder / SCRATCH_ID).read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def check_room(folder: Path, size_bytes: int) -> None:
    """Raise DiskFull where a disk has no room for so many bytes."""
    here = folder
    while not here.exists():
        here = here.parent
    if size_bytes > shutil.disk_usage(here).free:
        raise no_room(here, size_bytes)


def no_room(folder: Path, size_bytes: int) -> DiskFull:
    """The error for what does not fit on a disk, with the figures."""
    usage = shutil.disk_usage(folder)
    return DiskFull(
        f"what is handed over needs {size(size_bytes)} of disk and {size(usage.free)} "
        f"are free of {size(usage.total)} in {folder}; free some, or name another place with "
        f"JupyterProgress.scratch_dir or {SCRATCH_VARIABLE}"
    )
