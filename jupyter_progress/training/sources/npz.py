"""``.npz`` files: told by their headers before any of their content is unpacked."""

from __future__ import annotations

import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import FileNotReadable, UnsuitableData

_NEEDED = ("X", "y")
_KINDS = "biufUSmM"  # NumPy's: no complex numbers, no records
# What a damaged, locked or foreign archive raises, in zipfile, zlib and NumPy.
_UNREADABLE = (
    OSError, ValueError, EOFError, RuntimeError, NotImplementedError, SyntaxError, zlib.error,
    zipfile.BadZipFile,
)  # fmt: skip


def read_npz(path: Path, field: str) -> tuple[Any, Any]:
    """Read ``X`` and ``y`` of an ``.npz`` file; nothing in it is unpickled.

    Parameters
    ----------
    path
        The file.
    field
        How messages name it.

    Raises
    ------
    FileNotReadable
        It is no such file, holds something else, or objects.
    UnsuitableData
        It does not fit into the memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_names(archive, field)
            for name in _NEEDED:
                _check_header(archive, name, field)
        with np.load(path, allow_pickle=False) as arrays:
            return arrays["X"], arrays["y"]
    except zipfile.BadZipFile as error:
        raise FileNotReadable(
            field, f"is no .npz file ({error}); expected what numpy.savez(file, X=…, y=…) writes"
        ) from None
    except MemoryError as error:
        raise UnsuitableData(field, f"does not fit into the memory: {error}") from None
    except _UNREADABLE as error:
        raise FileNotReadable(field, f"cannot be read as an .npz file: {error}") from None


def unpacked_bytes(path: Path) -> int:
    """What the arrays take in memory, by the archive's own list; 0 where that cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except _UNREADABLE:
        return 0


def _check_names(archive: zipfile.ZipFile, field: str) -> None:
    held = [name.removesuffix(".npy") for name in archive.namelist()]
    if not set(_NEEDED) <= set(held):
        shown = ", ".join(held[:10]) or "nothing"
        raise FileNotReadable(field, f"holds {shown:.200}; expected the arrays X and y")


def _check_header(archive: zipfile.ZipFile, name: str, field: str) -> None:
    """Refuse objects, and an array that is larger than its place in the archive."""
    entry = archive.getinfo(f"{name}.npy")
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
        if dtype.hasobject:
            raise FileNotReadable(
                field,
                f"{name} holds Python objects; expected numbers or text (a frame of mixed types "
                "can be handed over as Parquet or CSV)",
            )
        if dtype.kind not in _KINDS:
            raise FileNotReadable(field, f"{name} is of type {dtype}; expected numbers or text")
        if math.prod(shape) * dtype.itemsize > entry.file_size - file.tell():
            raise FileNotReadable(field, f"{name} is cut off: its end is missing")
