"""What grows in an ensemble, and how it is taken apart for a checkpoint and put together again."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .watch import Watch


@dataclass(frozen=True)
class Growth:
    """The attributes of one family of ensembles that a fit fills as it goes.

    Parameters
    ----------
    members
        Sequences that get one entry with each step; they are kept in parts.
    scores
        Arrays that are kept whole, cut to the steps that are done, with so many entries more.
    left_out
        Attributes that only a running fit has.
    """

    members: tuple[str, ...]
    scores: tuple[tuple[str, int], ...] = ()
    left_out: tuple[str, ...] = ()

    def head(self, estimator: Any, done: int) -> Any:
        """The estimator without its members, as it stands after so many steps."""
        head = copy.copy(estimator)
        for name in self.members:
            setattr(head, name, getattr(estimator, name)[:0])
        for name, more in self.scores:
            if hasattr(estimator, name):
                setattr(head, name, np.array(getattr(estimator, name)[: done + more]))
        for name in self.left_out:
            head.__dict__.pop(name, None)
        return head

    def part(self, estimator: Any, first: int, last: int) -> dict[str, Any]:
        """The members from one step to another."""
        return {name: getattr(estimator, name)[first:last] for name in self.members}

    def restore(self, estimator: Any, head: Any, parts: list[dict[str, Any]]) -> None:
        """Make an estimator what it was when the checkpoint was kept; its parameters stay."""
        params = estimator.get_params(deep=False)
        estimator.__dict__.update(head.__dict__)
        estimator.set_params(**params)
        for name in self.members:
            pieces = [part[name] for part in parts]
            is_array = isinstance(pieces[0], np.ndarray)
            joined = np.concatenate(pieces) if is_array else [m for piece in pieces for m in piece]
            setattr(estimator, name, joined)


def go_on(estimator: Any, growth: Growth, watch: Watch) -> int:
    """Take up the run's checkpoint, where there is one; answers how many steps are done."""
    found = watch.keeping.take() if watch.keeping else None
    if found is None:
        return 0
    head, parts, step = found
    growth.restore(estimator, head, parts)
    return step


def keep(
    estimator: Any, growth: Growth, watch: Watch, done: int, *, is_last: bool = False
) -> float:
    """Keep a checkpoint after so many steps, as its share allows; seconds that it took."""
    if watch.keeping is None:
        return 0.0
    return watch.keeping.offer(
        done,
        watch.elapsed_s,
        lambda: growth.head(estimator, done),
        lambda first, last: growth.part(estimator, first, last),
        is_last=is_last,
    )


@contextlib.contextmanager
def warm(estimator: Any, is_wanted: bool) -> Iterator[None]:
    """Have ``fit`` go on from the members that are there."""
    before = estimator.warm_start
    if is_wanted:
        estimator.set_params(warm_start=True)
    try:
        yield
    finally:
        estimator.set_params(warm_start=before)
