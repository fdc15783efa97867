"""Classifiers for searches: one that counts its fits in a folder, one that takes its time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.tree import DecisionTreeClassifier


class CountedTree(ClassifierMixin, BaseEstimator):
    """A tree that leaves a file for each fit, waits, and fails where it is told to.

    Parameters
    ----------
    folder
        Where a file for each fit is left; None: nowhere.
    wait_s
        What a fit takes at least; in Python, so that it can be ended between two lines.
    fails_at
        The depth with which every fit fails.
    """

    def __init__(
        self,
        max_depth: int = 3,
        folder: str | None = None,
        wait_s: float = 0.0,
        fails_at: int | None = None,
    ) -> None:
        self.max_depth = max_depth
        self.folder = folder
        self.wait_s = wait_s
        self.fails_at = fails_at

    def fit(self, X: Any, y: Any) -> CountedTree:
        """Fit the tree."""
        if self.folder is not None:
            name = f"{self.max_depth}-{len(X)}-{os.getpid()}-{time.monotonic_ns()}"
            Path(self.folder, name).touch()
        end_s = time.monotonic() + self.wait_s
        while time.monotonic() < end_s:
            time.sleep(0.005)
        if self.max_depth == self.fails_at:
            raise ValueError("this depth is not wanted")
        self.tree_ = DecisionTreeClassifier(max_depth=self.max_depth, random_state=0).fit(X, y)
        self.classes_ = self.tree_.classes_
        return self

    def predict(self, X: Any) -> Any:
        """Predict."""
        return self.tree_.predict(X)


def fits_in(folder: Path) -> int:
    """How many fits have left a file."""
    return len(list(folder.iterdir()))
