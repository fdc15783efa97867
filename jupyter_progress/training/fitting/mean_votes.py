"""What the members of an averaging ensemble say of the held-out rows, added up and scored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from .watch import Watch


class MeanVotes(ABC):
    """An ensemble's mean prediction over the members so far.

    Parameters
    ----------
    ensemble
        With its first members, and the classes that it knows.
    watch
        Whose rows are predicted and scored.
    """

    def __init__(self, ensemble: Any, watch: Watch) -> None:
        self._ensemble = ensemble
        self._watch = watch
        self._sum: np.ndarray | None = None

    def add(self, first: int) -> None:
        """Ask the members from this one on, and score."""
        for said in self._said_from(first):
            self._sum = said if self._sum is None else self._sum + said
        if self._sum is None:
            return
        if self._watch.is_classifier:
            places = np.argmax(self._sum, axis=1)
            self._watch.score_classes(self._ensemble.classes_, places, self._mean)
        else:
            self._watch.score_numbers(self._mean())

    @abstractmethod
    def _said_from(self, first: int) -> Iterator[np.ndarray]:
        """What each member from this one on says: numbers, or a column for each class."""

    def _mean(self) -> np.ndarray:
        return self._sum / len(self._ensemble.estimators_)
