"""What a fold's result is found by again: all that decides it, apart from the rows themselves.

The rows are those of the run, which do not change. Where something cannot be told from another by
its content (a function that a cell defined), its words are taken, without the places in memory that
they name.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

_PLACE = re.compile(r" at 0x[0-9a-f]+")
_BYTES = 10


def digest_of_search(search: Any) -> str:
    """What all folds of a search share: the estimator, and how it is scored."""
    parts = [
        _digest_of(search.estimator),
        _digest_of(getattr(search, "scoring", None)),
        repr(getattr(search, "error_score", None)),
        repr(getattr(search, "return_train_score", None)),
    ]
    return _short("|".join(parts).encode())


def digest_of_params(params: Any) -> str:
    """A candidate's parameters."""
    return _digest_of(params)


def digest_of_split(train: Any, test: Any) -> str:
    """A fold's rows, by their places."""
    import numpy as np

    found = hashlib.blake2b(digest_size=_BYTES)
    for places in (train, test):
        array = np.ascontiguousarray(places)
        found.update(f"{array.dtype}{array.shape}".encode())
        found.update(array.data if array.size else b"")
    return found.hexdigest()


def key_of(*parts: Any) -> str:
    """One key of several parts."""
    return _short("|".join(str(part) for part in parts).encode())


def _digest_of(value: Any) -> str:
    import joblib

    try:
        return str(joblib.hash(value))
    except Exception:
        # What joblib cannot pickle: a function of a cell, an open file. The worst that words can
        # do is to take two of one wording for the same, or one of another wording for another.
        return _short(_PLACE.sub("", repr(value)).encode())


def _short(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=_BYTES).hexdigest()
