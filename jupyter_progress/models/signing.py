"""Signatures of model manifests: what was written with this data directory's key, unchanged since.

A manifest names the types that its model file may hold and the interpreter that serves it. Whoever
could change it could run code, so it is believed only with a right HMAC-SHA256 by the data
directory's key, which only its owner can read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from io import BufferedReader
from pathlib import Path
from typing import Any

from ..errors import ArtifactRefused
from ..store.regular_files import open_regular

SIGNATURE = "signature"


def signature_of(manifest: dict[str, Any], key: bytes) -> str:
    """The signature that a manifest should carry.

    Parameters
    ----------
    manifest
        Of JSON types only; a signature that it carries already is left out of the account.
    key
        The data directory's key, 32 bytes.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    signed = {name: value for name, value in manifest.items() if name != SIGNATURE}
    # Sorted keys and fixed separators: the bytes must not depend on who wrote the file.
    text = json.dumps(signed, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def is_signed(manifest: dict[str, Any], key: bytes) -> bool:
    """Whether a manifest carries the right signature; compared in constant time."""
    found = manifest.get(SIGNATURE)
    if not isinstance(found, str) or not found.isascii():
        return False
    return hmac.compare_digest(found, signature_of(manifest, key))


def digest_of(file: BufferedReader) -> str:
    """The SHA-256 of an open file from its present place to its end, as 64 hexadecimal digits."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def open_as_signed(path: Path, sha256: object, what: str) -> BufferedReader:
    """Open a file that a signed manifest names, at its beginning.

    What is read is what was measured: no link, which leads to a file that others may write, and no
    pipe, which never ends; and by the same descriptor.

    Parameters
    ----------
    sha256
        The digest in the manifest.
    what
        What the file is to a person: ``the model's file``.

    Raises
    ------
    ArtifactRefused
        It cannot be read, or is another file than the one that was signed.
    """
    try:
        file = os.fdopen(open_regular(path), "rb")
    except OSError as error:
        raise ArtifactRefused(f"{what} cannot be read: {error}") from None
    if digest_of(file) != sha256:
        file.close()
        raise ArtifactRefused(f"{path} is not the file that was saved: its SHA-256 differs")
    file.seek(0)
    return file


def cannot_be_opened(what: str, error: Exception, saved_by: str = "") -> ArtifactRefused:
    """The refusal of what was signed here and does not open all the same.

    Parameters
    ----------
    saved_by
        The versions that it was saved by, where those are known.
    """
    by = f"; it was saved by {saved_by}" if saved_by else ""
    return ArtifactRefused(f"{what} cannot be opened here: {type(error).__name__}: {error}{by}")


def versions_in(manifest: dict[str, Any]) -> str:
    """The packages that a manifest says something was saved with: ``numpy 2.3.1, …``."""
    return ", ".join(f"{name} {v}" for name, v in manifest.get("versions", {}).items())
