"""Whether an estimator object can be what a run trains: it fits, predicts, and takes one target."""

from __future__ import annotations

import warnings
from typing import Any

from ..core.articles import with_article
from ..errors import UnsuitableEstimator


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
        A method is missing, or it is made for several targets at once.
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
    if not takes_one_target(estimator):
        raise UnsuitableEstimator(
            "estimator",
            f"is {kind}, which is for several targets at once; a run has one target: train one run "
            "for each",
        )


def _order_of(rows: Any) -> str:
    """What to say where rows stand in the estimator's place."""
    is_table = isinstance(rows, list) or hasattr(rows, "shape")
    return ". The estimator comes first: jp.train(estimator, X, y)" if is_table else ""


def takes_one_target(estimator: Any) -> bool:
    """What scikit-learn's tags say; an estimator without tags is taken at its word."""
    from sklearn.utils import get_tags

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(get_tags(estimator).target_tags.single_output)
        except (AttributeError, TypeError, ValueError):
            return True
