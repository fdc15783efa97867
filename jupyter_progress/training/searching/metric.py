"""Which of a search's scores counts, and what it is called."""

from __future__ import annotations

from typing import Any


def counting_metric(search: Any) -> str | None:
    """The scorer that ``refit`` names where there are several; None where the first counts."""
    return search.refit if isinstance(search.refit, str) else None


def scorer_name(search: Any) -> str:
    """What the score that counts is called."""
    scoring = getattr(search, "scoring", None)
    named = counting_metric(search)
    if isinstance(scoring, str):
        return scoring
    if scoring is None:
        return _own_score(search)
    if named is not None and not callable(scoring):
        return named
    if isinstance(scoring, dict | list | tuple | set) and scoring:
        return str(sorted(scoring)[0] if isinstance(scoring, set) else next(iter(scoring)))
    return str(getattr(scoring, "__name__", None) or "score")


def _own_score(search: Any) -> str:
    """What the ``score`` of scikit-learn's classifiers and regressors is."""
    from sklearn.base import is_classifier, is_regressor

    if is_classifier(search.estimator):
        return "accuracy"
    return "r2" if is_regressor(search.estimator) else "score"
