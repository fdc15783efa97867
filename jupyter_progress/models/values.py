"""What a function returned: kept beside its run, signed, opened only where the user's code runs.

It is a pickle, which runs code when it is opened. The note beside it is signed with the data
directory's key and names the run, so that neither another file nor another run's value is believed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ..errors import ArtifactRefused
from .manifest import package_versions, write_json
from .signing import (
    SIGNATURE,
    cannot_be_opened,
    digest_of,
    is_signed,
    open_as_signed,
    signature_of,
    versions_in,
)

NOTE, FILE = "value.json", "value.pkl"
VALUE_LIMIT_BYTES = 1 << 30
_SHOWN_LIMIT = 120


class _TooLarge(Exception):
    """The pickle has passed its limit."""


class _Bounded:
    """A file that takes so many bytes and no more."""

    def __init__(self, file: Any, limit_bytes: int) -> None:
        self._file = file
        self._left = limit_bytes

    def write(self, part: Any) -> int:
        """Write a part of the pickle."""
        size = memoryview(part).nbytes
        self._left -= size
        if self._left < 0:
            raise _TooLarge
        self._file.write(part)
        return size


def save_value(
    value: Any, directory: Path, *, key: bytes, run_id: str, limit_bytes: int = VALUE_LIMIT_BYTES
) -> dict[str, Any]:
    """Keep what a function returned.

    Parameters
    ----------
    directory
        Where to; made if it is missing.
    key
        The data directory's key.
    limit_bytes
        What the pickle may hold at most.

    Returns
    -------
    dict
        For a run's result: ``type``, ``shown`` (the value itself where it is a number, a short text
        or None), ``size_bytes``, and ``problem``: None, or why it could not be kept.

    Raises
    ------
    OSError
        The disk did not take it; this can be called again.
    """
    facts: dict[str, Any] = {"type": type_name(value), "shown": _shown(value)}
    directory.mkdir(mode=0o700, exist_ok=True)
    path = directory / FILE
    aside = directory / f".{FILE}.{os.getpid()}"
    try:
        problem = _write(value, aside, limit_bytes)
        if problem is not None:
            return {**facts, "size_bytes": None, "problem": problem}
        with aside.open("rb") as file:
            digest, size = digest_of(file), file.tell()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    note = {
        "run_id": run_id,
        "sha256": digest,
        "size_bytes": size,
        "versions": package_versions([facts["type"]]),
    }
    write_json(directory / NOTE, {**note, SIGNATURE: signature_of(note, key)})
    return {**facts, "size_bytes": size, "problem": None}


def load_value(directory: Path, *, key: bytes, run_id: str) -> Any:
    """Open what a function returned. Never in the server's process.

    Raises
    ------
    ArtifactRefused
        It is missing, was not signed here for this run, is another file than the one that was
        signed, or cannot be opened by this interpreter.
    """
    import cloudpickle

    path = directory / FILE
    note = _read_note(directory / NOTE)
    if note is None or not is_signed(note, key) or note.get("run_id") != run_id:
        raise ArtifactRefused(
            f"{directory} holds no value that was signed with this data directory's key for run "
            f"{run_id}: it was changed since, or comes from elsewhere; run the function again"
        )
    with open_as_signed(path, note.get("sha256"), "the value's file") as file:
        try:
            return cloudpickle.load(file)
        except Exception as error:
            # Whatever the value's own classes raise, or miss, in this kernel.
            value = f"the value of run {run_id}"
            raise cannot_be_opened(value, error, versions_in(note)) from error


def type_name(value: Any) -> str:
    """A value's type as a person writes it: ``float``, ``torch.nn.modules.linear.Linear``."""
    kind = type(value)
    if kind.__module__ in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def _shown(value: Any) -> str | None:
    # Nothing of the user's own: a repr() may be slow, huge, or raise.
    if value is None or type(value) in (bool, float):
        return repr(value)
    if type(value) is int and value.bit_length() < 200:
        return repr(value)
    if type(value) is str and len(value) <= _SHOWN_LIMIT and value.isprintable():
        return repr(value)
    return None


def _write(value: Any, path: Path, limit_bytes: int) -> str | None:
    """Pickle it; answers why that is not possible, or None."""
    import cloudpickle

    try:
        with path.open("wb") as file:
            cloudpickle.Pickler(_Bounded(file, limit_bytes)).dump(value)
    except OSError:
        raise
    except _TooLarge:
        return f"it takes more than {limit_bytes / 2**20:,.0f} MB"
    except Exception as error:
        # Whatever a class of the user's raises when it is pickled.
        return f"it cannot be pickled ({type(error).__name__}: {str(error)[:300]})"
    return None


def _read_note(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
