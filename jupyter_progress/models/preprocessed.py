"""A model that takes raw rows, made of a preprocessing and a model that owes scikit-learn nothing.

A pipeline of scikit-learn asks its last step for tags, which a plain class with ``fit`` and
``predict`` has not got.
"""

from __future__ import annotations

from typing import Any

_PASSED_ON = ("predict_proba", "decision_function")


class Preprocessed:
    """Predicts by a model what a preprocessing has made of the rows; both are fitted.

    Parameters
    ----------
    preprocess
        A transformer.
    model
        With ``predict``.
    """

    def __init__(self, preprocess: Any, model: Any) -> None:
        # Named as a pipeline's steps are.
        self.steps = [("preprocess", preprocess), ("model", model)]

    @property
    def named_steps(self) -> dict[str, Any]:
        """The two, by name."""
        return dict(self.steps)

    def predict(self, X: Any) -> Any:
        """Predict for raw rows."""
        return self.steps[1][1].predict(self.steps[0][1].transform(X))

    def __getattr__(self, name: str) -> Any:
        # Not while a pickle is opened, when there are no steps yet.
        if name.startswith("_") or "steps" not in vars(self):
            raise AttributeError(name)
        found = getattr(self.steps[1][1], name)
        if name in _PASSED_ON:
            return lambda X: found(self.steps[0][1].transform(X))
        return found
