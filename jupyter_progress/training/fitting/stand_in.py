"""An estimator that only knows what another one predicts now, for scorers.

A scorer asks an estimator for predictions, and a growing ensemble would make them anew from all its
members each time. The votes and margins are summed up as it grows; this hands them to the scorer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def stand_in_for(
    classes: np.ndarray | None,
    predicted: np.ndarray,
    probabilities: Callable[[], np.ndarray] | None,
) -> Any:
    """Make a fitted classifier or regressor that predicts just this.

    Parameters
    ----------
    classes
        A classifier's classes; None for a regressor.
    predicted
        What ``predict`` answers.
    probabilities
        What ``predict_proba`` answers.
    """
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

    class Regressor(RegressorMixin, BaseEstimator):
        is_fitted_ = True

        def fit(self, X: Any, y: Any) -> Any:
            return self

        def predict(self, X: Any) -> np.ndarray:
            return predicted

    class Classifier(ClassifierMixin, BaseEstimator):
        classes_ = classes

        def fit(self, X: Any, y: Any) -> Any:
            return self

        def predict(self, X: Any) -> np.ndarray:
            return predicted

        def predict_proba(self, X: Any) -> np.ndarray:
            return probabilities() if probabilities else np.empty((0, 0))

    return Regressor() if classes is None else Classifier()
