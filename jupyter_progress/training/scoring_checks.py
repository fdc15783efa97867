"""Whether a scorer exists, and fits the estimator and its targets."""

from __future__ import annotations

import inspect
import re
import warnings
from typing import Any

import numpy as np

from ..core.names import shorten
from ..core.nearest import nearest
from ..errors import InvalidRequest
from .evaluation import as_score

_TRIED_CLASSES = 100
_TRIED_ROWS = 50  # of several targets

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

    if y.ndim > 1:
        targets = y[:_TRIED_ROWS]
        dummy: Any = DummyClassifier() if task == "classification" else DummyRegressor()
    elif task == "classification":
        targets = np.repeat(np.unique(y)[:_TRIED_CLASSES], 2)
        dummy = DummyClassifier(strategy="prior")
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


def check_own_scorer(scorer: Any, field: str = "scoring") -> None:
    """Check that a function can be called as scorers are; what it answers is seen in the run.

    Raises
    ------
    InvalidRequest
    """
    expected = "expected scorer(model, X, y), which gives a number"
    if isinstance(scorer, type):
        raise InvalidRequest(field, f"is the class {scorer.__name__}; {expected}")
    try:
        signature = inspect.signature(scorer)
        signature.bind("model", "X", "y")
    except TypeError as error:
        wrong = f"{error}" or "it does not take them"
        raise InvalidRequest(
            field,
            f"cannot be called with a model, rows and targets ({wrong}); {expected}. A function of "
            "targets and predictions becomes one by sklearn.metrics.make_scorer",
        ) from None
    except ValueError:
        return  # some of C's tell no signature
    first = next(iter(signature.parameters), "")
    if first in _TARGETS:
        raise InvalidRequest(
            field,
            f"is a function of targets and predictions; {expected}: "
            f"sklearn.metrics.make_scorer({scorer_name(scorer)})",
        )


def try_own_scorer(scorer: Any, X: Any, y: np.ndarray, task: str, field: str = "scoring") -> None:
    """Refuse a scorer that gives no number for a dummy model; one that fails on it may be right.

    Parameters
    ----------
    X, y
        Some rows and their targets.
    task
        ``"classification"`` or ``"regression"``.

    Raises
    ------
    InvalidRequest
    """
    from sklearn.dummy import DummyClassifier, DummyRegressor

    dummy: Any = DummyClassifier() if task == "classification" else DummyRegressor()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            answered = scorer(dummy.fit(X, y), X, y)
        except Exception:
            # It may need what a dummy, or so few rows, have not got: the run shows it.
            return
    try:
        as_score(answered)
    except TypeError as error:
        raise InvalidRequest(
            field, f"is no scorer: {error}; expected scorer(model, X, y), which gives a number"
        ) from None


# How the functions of sklearn.metrics, and those after their model, call their first argument.
_TARGETS = ("y_true", "labels_true", "y")


def scorer_name(scorer: Any) -> str:
    """What a scorer of somebody's own is called."""
    inner = getattr(scorer, "_score_func", None)  # of make_scorer
    name = getattr(inner or scorer, "__name__", None) or type(scorer).__name__
    return shorten(str(name), 60)
