"""How well a fitted model does on rows that it was not fitted on."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

import numpy as np

from ..core.articles import with_article
from .sources.table import Table
from .sources.targets import count_targets, each_target

_CLASSES_SHOWN = 50  # a larger confusion matrix helps nobody and weighs on every message


def evaluate(model: Any, rows: Table | None, *, is_classifier: bool) -> dict[str, Any]:
    """Measure a model.

    Parameters
    ----------
    model
        Fitted; takes raw rows.
    rows
        Held-out rows; None or none at all leaves every figure null.

    Returns
    -------
    dict
        ``{"scores", "confusion_matrix", "classes"}``, of JSON types.
    """
    classes = plain_list(getattr(model, "classes_", None)) if is_classifier else None
    if rows is None or rows.rows == 0:
        names = ("accuracy", "balanced_accuracy", "f1_macro") if is_classifier else _REGRESSION
        return {"scores": dict.fromkeys(names), "confusion_matrix": None, "classes": classes}
    predicted = predictions_of(model, rows.X)
    if not is_classifier:
        scores = regression_scores(rows.y, predicted)
        return {"scores": scores, "confusion_matrix": None, "classes": None}
    if count_targets(rows.y) > 1:
        scores = scores_of_several(rows.y, predicted)
        return {"scores": scores, "confusion_matrix": None, "classes": None}
    return {
        "scores": classification_scores(rows.y, predicted),
        "confusion_matrix": _confusion_matrix(rows.y, predicted, model),
        "classes": classes,
    }


_REGRESSION = ("r2", "mae", "rmse")


def predictions_of(model: Any, X: Any) -> np.ndarray:
    """What a model predicts, of shape (rows,) or (rows, targets)."""
    said = model.predict(X)
    # Multi-label k-NN, for one, answers as a matrix.
    predicted = said.toarray() if hasattr(said, "toarray") else np.asarray(said)
    return predicted[:, 0] if predicted.ndim == 2 and predicted.shape[1] == 1 else predicted


def share_right(y: np.ndarray, predicted: np.ndarray) -> float:
    """The share of the rows of which every target is predicted right."""
    right = predicted == y
    return float(np.mean(right if right.ndim == 1 else right.all(axis=1)))


def scores_of_several(y: np.ndarray, predicted: np.ndarray) -> dict[str, float | None]:
    """Scores of a classifier of several targets.

    The accuracy counts rows of which every target is right, as ``accuracy_score`` does for labels;
    the others are means over the targets.
    """
    each = [
        classification_scores(target, predicted[:, place])
        for place, (_, target) in enumerate(each_target(y))
    ]
    means = {
        name: finite(np.mean([np.nan if scores[name] is None else scores[name] for scores in each]))
        for name in ("balanced_accuracy", "f1_macro")
    }
    return {"accuracy": share_right(y, predicted), **means}


def classification_scores(y: np.ndarray, predicted: np.ndarray) -> dict[str, float | None]:
    """Accuracy, balanced accuracy and macro F1."""
    from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

    with warnings.catch_warnings():
        # Predicting a class that the few test rows lack is no fault.
        warnings.simplefilter("ignore")
        return {
            "accuracy": finite(accuracy_score(y, predicted)),
            "balanced_accuracy": finite(balanced_accuracy_score(y, predicted)),
            "f1_macro": finite(f1_score(y, predicted, average="macro", zero_division=0)),
        }


def regression_scores(y: np.ndarray, predicted: np.ndarray) -> dict[str, float | None]:
    """R², mean absolute error and root mean squared error; R² needs two rows."""
    from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

    if not np.isfinite(predicted).all():
        # Isotonic regression, for one, has no word for what is out of its range.
        return {"r2": None, "mae": None, "rmse": None}
    return {
        "r2": finite(r2_score(y, predicted)) if len(y) > 1 else None,
        "mae": finite(mean_absolute_error(y, predicted)),
        "rmse": finite(math.sqrt(mean_squared_error(y, predicted))),
    }


def _confusion_matrix(y: np.ndarray, predicted: np.ndarray, model: Any) -> list[list[int]] | None:
    from sklearn.metrics import confusion_matrix

    labels = getattr(model, "classes_", None)
    if labels is None or not 0 < len(labels) <= _CLASSES_SHOWN or not np.isin(labels, y).any():
        return None
    return confusion_matrix(y, predicted, labels=labels).tolist()


def score_by(scorer: Any, model: Any, X: Any, y: Any) -> float | None:
    """What a scorer says of a model; None where that is not finite.

    Raises
    ------
    TypeError
        It says no number.
    Exception
        Whatever a scorer of somebody's own raises.
    """
    return as_score(scorer(model, X, y))


def as_score(answered: Any) -> float | None:
    """What a scorer has answered as a number for JSON; None where it is not finite.

    Raises
    ------
    TypeError
        It is no number.
    """
    if isinstance(answered, np.ndarray) and answered.ndim == 0:
        answered = answered.item()
    is_number = isinstance(answered, numbers.Real | np.number)
    if isinstance(answered, bool | np.bool_ | np.complexfloating) or not is_number:
        kind = "None" if answered is None else with_article(type(answered).__name__)
        raise TypeError(f"it returned {kind}, not one number")
    return finite(answered)


def plain_list(values: Any) -> list[Any] | None:
    """An array's values as JSON has them; what JSON lacks as text."""
    if values is None:
        return None
    try:
        listed = np.asarray(values).tolist()
    except ValueError:
        return None
    return [v if isinstance(v, bool | int | float | str) else str(v) for v in listed]


def finite(value: Any) -> float | None:
    """A number for JSON; None for NaN and infinities."""
    number = float(value)
    return number if math.isfinite(number) else None
