"""What the trees of a forest say of the held-out rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .mean_votes import MeanVotes
from .watch import Watch


class ForestVotes(MeanVotes):
    """A forest's mean prediction over the trees so far."""

    def __init__(self, forest: Any, watch: Watch) -> None:
        super().__init__(forest, watch)
        self._rows = forest._validate_X_predict(watch.X)

    def _said_from(self, first: int) -> Iterator[np.ndarray]:
        for tree in self._ensemble.estimators_[first:]:
            # The tree's own array: what `predict` checks and copies besides is, of few rows, half
            # of what it takes, beside threads that want the interpreter.
            said = tree.tree_.predict(self._rows)
            yield said if self._watch.is_classifier else said[:, 0]
