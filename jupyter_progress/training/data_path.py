"""Which files a request may name: regular ones below the root directory, nothing hidden."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from ..core.names import shorten
from ..errors import FileNotReadable, PathNotAllowed

_SUFFIXES = (".csv", ".parquet", ".pq", ".arrow", ".feather")
_PARQUET_MAGIC = b"PAR1"


def data_path(path: str, root: Path, field: str = "dataset.path") -> Path:
    """Find the data file that a request names.

    Parameters
    ----------
    path
        Relative to the root directory, or absolute and below it.
    root
        The server's root directory.
    field
        How messages name the path.

    Returns
    -------
    Path
        With all links resolved.

    Raises
    ------
    PathNotAllowed
        It leads out of the root directory, by ``..`` or by a link, or a part of it is hidden.
    FileNotReadable
        There is no such file, it is no regular file, cannot be read, or is of no known kind.
    """
    shown = shorten(repr(path), 120)
    if "\0" in path:
        raise PathNotAllowed(field, f"{shown} holds a NUL byte")
    top = root.resolve()
    asked = PurePosixPath(path)
    try:
        found = (top / asked).resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        raise FileNotReadable(field, f"{shown} cannot be followed to a file") from None
    if not found.is_relative_to(top):
        # The same words whether or not the file is there: nothing is told of what lies outside.
        raise PathNotAllowed(
            field, f"{shown} is outside of the server's root directory; expected a path below it"
        )
    below = asked.relative_to(top) if asked.is_relative_to(top) else asked
    hidden = (*below.parts, *found.relative_to(top).parts)
    if any(part.startswith(".") and part not in (".", "..") for part in hidden):
        raise PathNotAllowed(field, f"{shown} is hidden; expected a path without a leading dot")
    _check_file(found, shown, field)
    return found


def _check_file(found: Path, shown: str, field: str) -> None:
    try:
        exists, is_folder, is_file = found.exists(), found.is_dir(), found.is_file()
    except OSError as error:  # a name that is too long, a folder that cannot be searched
        raise FileNotReadable(field, f"{shown} cannot be read: {error.strerror}") from None
    if not exists:
        raise FileNotReadable(field, f"there is no file {shown} below the server's root directory")
    if is_folder:
        raise FileNotReadable(field, f"{shown} is a folder; expected a CSV, Parquet or Arrow file")
    if not is_file:
        raise FileNotReadable(field, f"{shown} is no regular file; expected CSV, Parquet or Arrow")
    # As `open` asks, by the effective user, where the system can.
    if not os.access(found, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise FileNotReadable(field, f"{shown} cannot be read: permission denied")
    if found.suffix.lower() not in _SUFFIXES and not _is_parquet(found):
        expected = ", ".join(_SUFFIXES)
        raise FileNotReadable(field, f"{shown} is of no known kind; expected {expected}")


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_PARQUET_MAGIC)) == _PARQUET_MAGIC
