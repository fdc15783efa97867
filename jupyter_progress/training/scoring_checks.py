"""Whether a scorer exists, and fits the estimator and its targets."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np

from ..core.names import shorten
from ..core.nearest import nearest
from ..errors import InvalidRequest

_TRIED_CLASSES = 100

# The modules of sklearn.metrics that a scorer's function comes from.
_TASKS = {
    "_classification": "classification",
    "_ranking": "classification",
    "_regression": "regression",
}
_USUAL = {
    "classification": "'accuracy', 'balanced_accuracy', 'f1_macro', 'neg_log_loss'",
    "regression": "'r2', 'neg_mean_absolute_error', 'neg_root_mean_squared_error'",
}


def check_scorer_name(name: str, field: str = "scoring") -> None:
    """Raise InvalidRequest where scikit-learn has no scorer of this name."""
    from sklearn.metrics import get_scorer_names

    names = get_scorer_names()
    if name not in names:
        near = nearest(name, names)
        meant = f"did you mean {near!r}?" if near else "expected one such as 'accuracy' or 'r2'"
        raise InvalidRequest(field, f"{shorten(repr(name), 80)} is no scorer; {meant}")


def check_scoring(
    name: str, estimator: Any, task: str, y: np.ndarray | None, field: str = "scoring"
) -> None:
    """Check that a scorer can score this kind of estimator on these targets.

    Parameters
    ----------
    name
        Of a scorer of scikit-learn.
    estimator
        Not fitted.
    task
        ``"classification"`` or ``"regression"``.
    y
        Targets, where they are known: such as ``f1`` score two classes only.

    Raises
    ------
    InvalidRequest
    """
    from sklearn.metrics import get_scorer

    scorer = get_scorer(name)
    module = getattr(getattr(scorer, "_score_func", None), "__module__", "").split(".")[-1]
    meant_for = _TASKS.get(module)
    if meant_for != task:
        what = "classifiers" if meant_for == "classification" else "regressors"
        told = f"scores {what}" if meant_for else "compares clusters"
        raise InvalidRequest(field, f"{name!r} {told}; expected one such as {_USUAL[task]}")
    wanted = getattr(scorer, "_response_method", "predict")
    methods = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    if not any(hasattr(estimator, method) for method in methods):
        kind = type(estimator).__name__
        raise InvalidRequest(
            field, f"{name!r} needs {' or '.join(methods)}, which {kind} does not have"
        )
    if y is not None:
        _try_on(scorer, name, task, y, field)


def _try_on(scorer: Any, name: str, task: str, y: np.ndarray, field: str) -> None:
    """Score a dummy on a few of the targets: the scorer itself knows best what it can take."""
    from sklearn.dummy import DummyClassifier, DummyRegressor

    if task == "classification":
        targets = np.repeat(np.unique(y)[:_TRIED_CLASSES], 2)
        dummy: Any = DummyClassifier(strategy="prior")
    else:
        targets = np.array([y.min(), y.max(), y[0]], dtype=float)
        dummy = DummyRegressor()
    X = np.zeros((len(targets), 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            scorer(dummy.fit(X, targets), X, targets)
        except (ValueError, TypeError) as error:
            text = shorten(re.sub(r"\s+", " ", str(error)).strip(), 300)
            raise InvalidRequest(field, f"{name!r} cannot score these targets: {text}") from None
