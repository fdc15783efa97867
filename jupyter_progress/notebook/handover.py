"""How rows and estimators get from the kernel into a worker: as files that are uploaded.

Numbers go as ``.npz``, which anybody may open; everything else (frames with their types, text,
sparse matrices, the estimator) as a pickle that only the user's own worker opens.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import cloudpickle
import numpy as np

from ..core.names import shorten
from ..core.requests import Executor
from ..errors import FileNotReadable, UnsuitableData, UnsuitableEstimator
from ..training.estimators import has_tags
from ..training.handed_over import estimator_to_bytes
from .checks import Rows

IN_MEMORY_BYTES = 64 << 20
FILE_FORMATS = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}


class Uploader(Protocol):
    """Takes files."""

    def upload(self, stream: BinaryIO, format: str) -> str: ...


def own_executor() -> Executor:
    """This kernel's interpreter, working directory and module path."""
    return Executor(python=sys.executable, cwd=str(Path.cwd()), sys_path=_module_path())


def _module_path() -> list[str]:
    # An empty entry means "where the process runs", which is another place in a worker.
    return [entry or str(Path.cwd()) for entry in sys.path if isinstance(entry, str)]


def upload_estimator(backend: Uploader, estimator: Any) -> str:
    """Hand over an unfitted copy of an estimator, with the cells of its own code.

    Raises
    ------
    UnsuitableEstimator
        It cannot be pickled.
    """
    from sklearn.base import clone

    try:
        content = estimator_to_bytes(clone(estimator, safe=has_tags(estimator)))
    except Exception as error:
        # Whatever the user's own class does in __reduce__ or __init__ ends up here.
        raise UnsuitableEstimator(
            "estimator",
            f"cannot be sent to a worker: {type(error).__name__}: {shorten(str(error), 300)}; "
            "expected an estimator that can be cloned and pickled",
        ) from error
    with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as file:
        file.write(content)
        file.seek(0)
        return backend.upload(file, "pickle")


def upload_rows(backend: Uploader, rows: Rows, name: str) -> str:
    """Hand over rows with their targets.

    Raises
    ------
    UnsuitableData
        They hold objects that cannot be pickled.
    """
    with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as file:
        if _is_plain(rows.X) and _is_plain(rows.y):
            np.savez(file, X=rows.X, y=rows.y)
            format = "npz"
        else:
            try:
                cloudpickle.dump({"X": rows.X, "y": rows.y}, file)
            except Exception as error:
                raise UnsuitableData(
                    name, f"cannot be sent to a worker: {type(error).__name__}: {error}"
                ) from error
            format = "pickle"
        file.seek(0)
        return backend.upload(file, format)


def _is_plain(values: Any) -> bool:
    """Whether an array holds numbers or text of fixed width and nothing else."""
    return type(values) is np.ndarray and values.dtype.kind in "biufU"


def find_file(path: str | os.PathLike[str]) -> Path:
    """The data file that a path names, seen from this kernel.

    Raises
    ------
    FileNotReadable
        It is missing, or neither CSV nor Parquet.
    """
    named = shorten(repr(str(path)), 200)
    if not str(path).strip() or "\0" in str(path):
        raise FileNotReadable("X", f"{named} is no path; expected that of a CSV or Parquet file")
    if str(path).partition("://")[0] in ("http", "https", "s3", "gs", "ftp"):
        raise FileNotReadable(
            "X", f"{named} is an address; expected a file of this machine, or rows: read it first"
        )
    try:
        found = Path(path).expanduser()
        if not found.is_absolute():
            found = Path.cwd() / found
        _check_file(found, named)
    except (OSError, RuntimeError) as error:  # RuntimeError: a ~user that there is not
        why = getattr(error, "strerror", None) or str(error)
        raise FileNotReadable("X", f"{named} cannot be read: {why}") from None
    return found


def _check_file(found: Path, named: str) -> None:
    if not found.exists():
        raise FileNotReadable("X", f"there is no file {named} (looked for {found})")
    if not found.is_file():
        raise FileNotReadable("X", f"{named} is a folder; expected a CSV or Parquet file")
    if found.suffix.lower() not in FILE_FORMATS:
        expected = ", ".join(FILE_FORMATS)
        raise FileNotReadable("X", f"{named} is of no known kind; expected {expected}")
    if found.stat().st_size == 0:
        raise UnsuitableData("X", f"{named} is empty")


def upload_file(backend: Uploader, path: Path) -> str:
    """Hand over a data file that the server must not read where it lies."""
    with path.open("rb") as file:
        return backend.upload(file, FILE_FORMATS[path.suffix.lower()])
