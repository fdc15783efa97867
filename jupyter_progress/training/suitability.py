"""Whether an estimator can be what a run trains: it fits, predicts, and takes the targets."""

from __future__ import annotations

import warnings
from typing import Any

from ..core.articles import with_article
from ..errors import UnsuitableEstimator
from .estimators import task_of
from .fit_params import is_search


def check_suitable(estimator: Any, *methods: str) -> None:
    """Refuse an estimator that no run could train.

    Parameters
    ----------
    estimator
        An object.
    methods
        What it must be able to do, besides ``fit`` and ``predict``.

    Raises
    ------
    UnsuitableEstimator
        A method is missing.
    """
    kind = with_article(type(estimator).__name__)
    for method in ("fit", "predict", *methods):
        # Stacking has predict only once it is fitted; its class says that it will have it.
        if not (hasattr(estimator, method) or hasattr(type(estimator), method)):
            raise UnsuitableEstimator(
                "estimator",
                f"is {kind}, which has no {method}(); expected a scikit-learn classifier or "
                f"regressor such as RandomForestClassifier(300){_order_of(estimator)}",
            )


def check_takes_targets(estimator: Any, targets: int) -> None:
    """Refuse an estimator that could not be fitted on so many targets at once.

    Parameters
    ----------
    targets
        How many each row has.

    Raises
    ------
    UnsuitableEstimator
    """
    fitted = _what_is_fitted(estimator)
    tags = _target_tags(fitted)
    if tags is None:
        return
    kind = with_article(type(fitted).__name__)
    if targets == 1 and not tags.single_output:
        raise UnsuitableEstimator(
            "estimator",
            f"is {kind}, which is for several targets at once, and each row has one; expected y "
            "of shape (rows, targets) or a list of targets, or another estimator",
        )
    if targets > 1 and not tags.multi_output and not _holds_others(fitted):
        task = "Classifier" if task_of(fitted) == "classification" else "Regressor"
        raise UnsuitableEstimator(
            "estimator",
            f"is {kind}, which is for one target, and each row has {targets:,}; expected "
            f"sklearn.multioutput.MultiOutput{task}({type(fitted).__name__}(…)), or one target",
        )


def _what_is_fitted(estimator: Any) -> Any:
    """What meets the targets: of a pipeline the last step, of a search its inner estimator."""
    while True:
        steps = getattr(estimator, "steps", None)
        if isinstance(steps, list) and steps:
            estimator = steps[-1][1]
        elif is_search(estimator):
            estimator = estimator.estimator
        else:
            return estimator


def _holds_others(estimator: Any) -> bool:
    """Whether it is made of others, whose word its own tags do not always pass on."""
    return hasattr(estimator, "estimator") or hasattr(estimator, "estimators")


def _order_of(rows: Any) -> str:
    """What to say where rows stand in the estimator's place."""
    is_table = isinstance(rows, list) or hasattr(rows, "shape")
    return ". The estimator comes first: jp.train(estimator, X, y)" if is_table else ""


def _target_tags(estimator: Any) -> Any:
    """What scikit-learn's tags say of targets; None for an estimator without tags."""
    from sklearn.utils import get_tags

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return get_tags(estimator).target_tags
        except (AttributeError, TypeError, ValueError):
            return None
