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
# The same object, saved by skops and in a pickle: 0.6 ms and 0.02 ms.
SKOPS_TO_PICKLE = 30.0


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


def count_parts(model: Any, limit: int = PARTS_LIMIT) -> int:
    """How many objects a model is made of.

    Parameters
    ----------
    model
        Any object; one that cannot be pickled at all is counted up to where that is noticed.
    limit
        Counting ends beyond it, for then it is known how the model is saved.

    Returns
    -------
    int
        At most ``limit + 1``.
    """
    counter = _Counter(limit)
    try:
        counter.dump(model)
    except _TooMany:
        return limit + 1
    except Exception:
        # Not picklable in one way or another; whether skops can hold it is for skops to say.
        return counter.found
    return counter.found
