"""How many objects a model is made of: what skops' time and space grow with.

skops writes a node and a file for each object. Measured with scikit-learn's ensembles: 0.4-0.8 ms
and some 5-10 kB for each, where a pickle takes 0.02 ms and 0.1 kB; a booster of 25,000 trees, a
second to pickle, was not saved after a quarter of an hour.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

PARTS_LIMIT = 5_000  # some 3.5 s of saving; 700 trees of a forest, 1,000 of a booster


class _TooMany(Exception):
    """The limit is passed; there is no need to count on."""


class _Discarded(io.RawIOBase):
    """A file that keeps nothing: only the objects that pass by are of interest."""

    def write(self, chunk: Any) -> int:
        return len(chunk)


class _Counter(pickle.Pickler):
    def __init__(self, limit: int) -> None:
        super().__init__(_Discarded(), protocol=pickle.HIGHEST_PROTOCOL)  # type: ignore[arg-type]
        self._limit = limit
        self.found = 0

    def reducer_override(self, found: Any) -> Any:
        """Called by pickle for every object that is more than a plain builtin."""
        if not isinstance(found, type):
            self.found += 1
        if self.found > self._limit:
            raise _TooMany
        return NotImplemented


def has_many_parts(model: Any, limit: int = PARTS_LIMIT) -> bool:
    """Whether a model is made of more objects than skops should be asked to hold.

    Parameters
    ----------
    model
        Any object; one that cannot be pickled at all counts as having few parts.
    limit
        So many are few.
    """
    try:
        _Counter(limit).dump(model)
    except _TooMany:
        return True
    except Exception:
        # Not picklable in one way or another; whether skops can hold it is for skops to say.
        return False
    return False
