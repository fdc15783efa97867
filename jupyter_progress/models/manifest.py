"""A model's manifest: what its file is, and what opens it. Reading one needs no scikit-learn."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from ..errors import ArtifactRefused
from ..store.durable_files import write_whole
from ..store.regular_files import open_regular
from .signing import SIGNATURE, is_signed, signature_of

MANIFEST = "manifest.json"
FILE_NAMES = {"skops": "model.skops", "cloudpickle": "model.pkl"}

# Their versions decide whether a model can be opened; a run's own packages are added by name.
_PACKAGES = ("numpy", "scipy", "pandas", "sklearn", "skops", "cloudpickle", "xgboost", "lightgbm")


def read_manifest(directory: Path, key: bytes) -> dict[str, Any]:
    """Read the manifest of a model's directory.

    Parameters
    ----------
    directory
        Holds ``manifest.json`` and the model's file.
    key
        The data directory's key.

    Raises
    ------
    ArtifactRefused
        There is none, it cannot be read, or its signature is not by this key.
    """
    path = Path(directory) / MANIFEST
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            manifest = json.loads(file.read())
    except FileNotFoundError:
        raise ArtifactRefused(f"there is no model in {directory}: {MANIFEST} is missing") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ArtifactRefused(f"{path} cannot be read: {error}") from None
    if not isinstance(manifest, dict) or not is_signed(manifest, key):
        raise ArtifactRefused(
            f"{path} is not signed with this data directory's key: it was changed after it was "
            "saved, or comes from elsewhere; train or register the model here instead"
        )
    if manifest.get("format") not in FILE_NAMES:
        raise ArtifactRefused(
            f"{path} is of the format {manifest.get('format')!r}, which this version of "
            f"jupyter-progress does not know; expected one of {', '.join(FILE_NAMES)}"
        )
    return manifest


def write_manifest(directory: Path, manifest: dict[str, Any], key: bytes) -> dict[str, Any]:
    """Sign a manifest and write it into a model's directory, all of it or nothing.

    Returns
    -------
    dict
        The manifest with its signature.
    """
    # Through JSON once, so that what is signed is what a reader will find (tuples become lists).
    plain = json.loads(json.dumps(manifest, allow_nan=False))
    signed = {**plain, SIGNATURE: signature_of(plain, key)}
    write_json(Path(directory) / MANIFEST, signed)
    return signed


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file so that a reader finds the old one or the new one, never half of one."""
    write_whole(path, json.dumps(content, allow_nan=False, indent=1).encode() + b"\n")


def model_file(directory: Path, manifest: dict[str, Any]) -> Path:
    """Where the model itself is."""
    return Path(directory) / FILE_NAMES[manifest["format"]]


def interpreter_facts() -> dict[str, Any]:
    """This interpreter, so that a later process can be started like it."""
    return {"python": sys.executable, "cwd": str(Path.cwd()), "sys_path": list(sys.path)}


def package_versions(types: list[str]) -> dict[str, str]:
    """Versions of Python, of the usual packages and of those that the types come from.

    Only of packages that are loaded: saving a model imports nothing for this.
    """
    versions = {"python": platform.python_version()}
    for name in (*_PACKAGES, *sorted({kind.partition(".")[0] for kind in types})):
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            versions[name] = version
    return versions
