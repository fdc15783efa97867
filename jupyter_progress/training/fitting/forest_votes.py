"""What the trees of a forest say of the held-out rows, added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from .watch import Watch


class ForestVotes:
    """A forest's mean prediction over the trees so far.

    Parameters
    ----------
    forest
        With its first trees.
    watch
        Whose rows are predicted and scored.
    """

    def __init__(self, forest: Any, watch: Watch) -> None:
        self._forest = forest
        self._watch = watch
        self._rows = forest._validate_X_predict(watch.X)
        self._sum: np.ndarray | None = None

    def add(self, first: int) -> None:
        """Ask the trees from this one on, and score."""
        for tree in self._forest.estimators_[first:]:
            # The tree's own array: what `predict` checks and copies besides is, of few rows, half
            # of what it takes, beside threads that want the interpreter.
            said = tree.tree_.predict(self._rows)
            if not self._watch.is_classifier:
                said = said[:, 0]
            self._sum = said if self._sum is None else self._sum + said
        if self._sum is None:
            return
        if self._watch.is_classifier:
            self._watch.score_classes(
                self._forest.classes_, np.argmax(self._sum, axis=1), self._probabilities
            )
        else:
            self._watch.score_numbers(self._sum / len(self._forest.estimators_))

    def _probabilities(self) -> np.ndarray:
        return self._sum / len(self._forest.estimators_)
