"""Models on disk: skops where it holds the model well, else cloudpickle; under a signed manifest.

skops builds only types that it was told to trust. Which ones a model needs is found when it is
saved and written into the manifest; a valid signature trusts exactly those, and a file that asks
for any other is refused. What skops cannot hold, or what no other process could import (a class or
function of a notebook), is pickled by value. A pickle runs code when it is opened: ``load_model``
is for a worker, a serving process or the user's own kernel, never for the server.
"""

from __future__ import annotations

import os
import pickle
import warnings
from io import BufferedReader
from pathlib import Path
from typing import Any

from ..errors import ArtifactRefused
from .manifest import (
    FILE_NAMES,
    interpreter_facts,
    model_file,
    package_versions,
    read_manifest,
    write_manifest,
)
from .parts import PARTS_LIMIT, count_parts
from .signing import cannot_be_opened, digest_of, open_as_signed, versions_in

__all__ = ["load_model", "read_manifest", "save_model"]

# Up to here a file is opened again after writing, to know that it can be; a larger one would cost
# its size in memory a second time.
VERIFIED_UP_TO_BYTES = 64 * 2**20


class _NotForSkops(Exception):
    """Why a model goes into a pickle instead."""


def save_model(
    estimator: Any,
    directory: Path,
    *,
    key: bytes,
    facts: dict[str, Any],
    parts: int | None = None,
) -> dict[str, Any]:
    """Save a fitted estimator with its manifest.

    Parameters
    ----------
    estimator
        Fitted; takes raw rows.
    directory
        Where to; made if it is missing.
    key
        The data directory's key, which signs the manifest.
    facts
        Of JSON types, kept in the manifest as they are. ``python``, ``cwd`` and ``sys_path`` say
        what serves the model (by default this process' own); ``columns``, which
        :func:`.columns.describe_columns` gives, lets serving name what is wrong in a row.
    parts
        How many objects the estimator is made of, by :func:`.parts.count_parts`; counted here where
        it is None.

    Returns
    -------
    dict
        The manifest: ``format`` (``"skops"`` or ``"cloudpickle"``), ``file``, ``sha256``,
        ``size_bytes``, ``types``, ``versions``, ``python``, ``cwd``, ``sys_path``, the facts, and
        ``signature``; with ``pickled_because`` for a pickle.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    manifest = {**interpreter_facts(), **facts}
    try:
        _check_size(count_parts(estimator) if parts is None else parts)
        manifest["types"] = _write_skops(estimator, directory)
        manifest["format"] = "skops"
    except _NotForSkops as reason:
        _write_pickle(estimator, directory)
        manifest["types"] = [_type_name(estimator)]
        manifest["format"] = "cloudpickle"
        manifest["pickled_because"] = str(reason)
    path = model_file(directory, manifest)
    with path.open("rb") as file:
        manifest["sha256"] = digest_of(file)
        manifest["size_bytes"] = file.tell()
    manifest["file"] = path.name
    manifest["versions"] = package_versions(manifest["types"])
    return write_manifest(directory, manifest, key)


def load_model(directory: Path, *, key: bytes) -> Any:
    """Open a saved model, if its signature, its digest and its types hold.

    Never in the server's process: a pickle runs code.

    Returns
    -------
    object
        The fitted estimator.

    Raises
    ------
    ArtifactRefused
        The manifest was not signed with this key, the file is not the one that it names, holds
        types that it does not name, or cannot be opened by this interpreter.
    """
    manifest = read_manifest(directory, key)
    path = model_file(directory, manifest)
    with open_as_signed(path, manifest.get("sha256"), "the model's file") as file:
        return _open(file, path, manifest)


def _open(file: BufferedReader, path: Path, manifest: dict[str, Any]) -> Any:
    try:
        if manifest["format"] == "skops":
            return _read_skops(file, manifest["types"])
        return pickle.load(file)  # noqa: S301 - signed, digest checked, never in the server
    except ArtifactRefused:
        raise
    except Exception as error:
        saved_by = f"{manifest.get('python')} with {versions_in(manifest)}"
        raise cannot_be_opened(str(path), error, saved_by) from error


def _check_size(parts: int) -> None:
    if parts > PARTS_LIMIT:
        raise _NotForSkops(f"it is made of more than {PARTS_LIMIT:,} objects")


def _write_skops(estimator: Any, directory: Path) -> list[str]:
    """Write ``model.skops`` and return the types that opening it must trust."""
    import skops.io

    path = directory / FILE_NAMES["skops"]
    waiting = directory / f".{path.name}.{os.getpid()}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            skops.io.dump(estimator, waiting)
            types = sorted(skops.io.get_untrusted_types(file=waiting))
            _check_importable(types)
            if waiting.stat().st_size <= VERIFIED_UP_TO_BYTES:
                with waiting.open("rb") as file:
                    _read_skops(file, types)
        _sync(waiting)
        waiting.replace(path)
        (directory / FILE_NAMES["cloudpickle"]).unlink(missing_ok=True)
    except (OSError, _NotForSkops):
        raise
    except Exception as error:
        # skops meets any object of any library here, and tells what it cannot hold in many ways.
        raise _NotForSkops(f"skops cannot hold it: {type(error).__name__}: {error}") from error
    finally:
        waiting.unlink(missing_ok=True)
    return types


def _read_skops(file: BufferedReader, types: list[str]) -> Any:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        with warnings.catch_warnings():
            # Versions are compared by the manifest; skops warns of its own format's age only.
            warnings.simplefilter("ignore")
            return skops.io.load(file, trusted=types)
    except UntrustedTypesFoundException as error:
        raise ArtifactRefused(
            f"the model's file holds types that its manifest does not name: {error}"
        ) from None


def _check_importable(types: list[str]) -> None:
    for name in types:
        if name.startswith("__main__.") or "<" in name:
            raise _NotForSkops(f"{name} was defined in the notebook or in a function")


def _write_pickle(estimator: Any, directory: Path) -> None:
    import cloudpickle

    path = directory / FILE_NAMES["cloudpickle"]
    waiting = directory / f".{path.name}.{os.getpid()}"
    try:
        with waiting.open("wb") as file:
            cloudpickle.dump(estimator, file, protocol=pickle.HIGHEST_PROTOCOL)
        _sync(waiting)
        waiting.replace(path)
        (directory / FILE_NAMES["skops"]).unlink(missing_ok=True)
    finally:
        waiting.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _type_name(estimator: Any) -> str:
    return f"{type(estimator).__module__}.{type(estimator).__qualname__}"
