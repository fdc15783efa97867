"""How rows and estimators get from the kernel into a worker: as files, each kept once.

Where the kernel shares the server's disk it writes them itself, and only their ids are sent. Arrays
of numbers go as ``.npy``, which anybody may open; frames, sparse matrices and the like as a pickle
with its buffers beside it (``training.sources.mapped``); the estimator as a pickle. What is pickled
only the user's own worker opens.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from ..core.names import shorten
from ..core.requests import Executor, RunRequest
from ..errors import FileNotReadable, InvalidRequest, UnsuitableData, UnsuitableEstimator
from ..training.estimators import has_tags
from ..training.handed_over import estimator_to_bytes
from ..training.peaks import workload_of
from ..training.sources.files import FORMATS
from ..training.sources.mapped import Parcel, pack, pack_bytes
from ..training.workload import Workload
from .checks import Rows


class Uploader(Protocol):
    """Takes files, and what is to become one."""

    def upload(self, stream: BinaryIO, format: str) -> str: ...

    def check_fits(
        self, request: RunRequest, rows: int, rows_bytes: int, workload: Workload
    ) -> None: ...

    def hand_over(self, parcel: Parcel) -> str: ...


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
    return backend.hand_over(pack_bytes(content, "pickle"))


def upload_function(backend: Uploader, function: Any, name: str) -> str:
    """Hand over a function, with the cells that its code stands in.

    Parameters
    ----------
    name
        Of the argument that it came in.

    Raises
    ------
    InvalidRequest
        It cannot be pickled.
    """
    try:
        content = estimator_to_bytes(function)
    except Exception as error:
        # Whatever it holds: a lock, a connection, a generator.
        raise InvalidRequest(
            name,
            f"cannot be sent to a worker: {type(error).__name__}: {shorten(str(error), 300)}; "
            "expected a function that can be pickled: open files and connections within it",
        ) from error
    return backend.hand_over(pack_bytes(content, "pickle"))


def name_of(function: Any) -> str:
    """What a function is called."""
    inner = getattr(function, "func", function)  # of functools.partial
    return shorten(str(getattr(inner, "__name__", type(inner).__name__)), 60)


def upload_rows(
    backend: Uploader,
    request: RunRequest,
    estimator: Any,
    rows: Rows,
    held_out: dict[str, Rows],
    facts: dict[str, np.ndarray],
) -> dict[str, Any]:
    """Hand over rows with all that belongs to them; answers the request's ``dataset``.

    Parameters
    ----------
    request
        That is to be sent.
    estimator
        That is to be fitted on them.
    held_out
        Rows of the user's own, as ``validation`` and ``test``.
    facts
        ``sample_weight`` and ``groups``.

    Raises
    ------
    UnsuitableData
        They hold objects that cannot be pickled.
    DoesNotFit
        There are more than a run may have, or than the memory holds.
    """
    parts: dict[str, tuple[str, Any]] = {"id": ("X", rows.X), "y": ("y", rows.y)}
    for part, own in held_out.items():
        parts |= {part: (f"{part}[0]", own.X), f"{part}_y": (f"{part}[1]", own.y)}
    parts |= {name: (name, values) for name, values in facts.items()}
    # All are made ready before the first is written, so that nothing is written in vain.
    parcels = {key: _packed(value, name) for key, (name, value) in parts.items()}
    # Rows of the user's own for validation and test are mapped, and stay as they are.
    divided = sum(parcels[key].size_bytes for key in ("id", "y", *facts))
    workload = workload_of(estimator, len(rows), rows.columns)
    backend.check_fits(request, len(rows), divided, workload)
    ids = {key: backend.hand_over(parcel) for key, parcel in parcels.items()}
    return {"source": "upload", **ids}


def _packed(values: Any, name: str) -> Parcel:
    try:
        return pack(values)
    except Exception as error:
        # Of objects in a frame: they raise what they like.
        raise UnsuitableData(
            name, f"cannot be sent to a worker: {type(error).__name__}: {error}"
        ) from error


def find_file(path: str | os.PathLike[str]) -> Path:
    """The data file that a path names, seen from this kernel.

    Raises
    ------
    FileNotReadable
        It is missing, or neither CSV nor Parquet nor Arrow.
    """
    named = shorten(repr(str(path)), 200)
    if not str(path).strip() or "\0" in str(path):
        raise FileNotReadable(
            "X", f"{named} is no path; expected that of a CSV, Parquet or Arrow file"
        )
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
        raise FileNotReadable("X", f"{named} is a folder; expected a CSV, Parquet or Arrow file")
    if found.suffix.lower() not in FORMATS:
        expected = ", ".join(FORMATS)
        raise FileNotReadable("X", f"{named} is of no known kind; expected {expected}")
    if found.stat().st_size == 0:
        raise UnsuitableData("X", f"{named} is empty")


def upload_file(backend: Uploader, path: Path) -> str:
    """Hand over a data file that the server must not read where it lies."""
    with path.open("rb") as file:
        return backend.upload(file, FORMATS[path.suffix.lower()])
