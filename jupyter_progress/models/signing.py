"""Signatures of model manifests: what was written with this data directory's key, unchanged since.

A manifest names the types that its model file may hold and the interpreter that serves it. Whoever
could change it could run code, so it is believed only with a right HMAC-SHA256 by the data
directory's key, which only its owner can read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from io import BufferedReader
from typing import Any

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
