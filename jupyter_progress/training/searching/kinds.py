"""Which estimators are searches, and whether a search can be watched here."""

from __future__ import annotations

import sys
from typing import Any

from ...errors import InvalidRequest

# Of `sklearn.model_selection._search`, private to scikit-learn: what a watched fit goes through.
_NEEDED = ("_fit_and_score", "delayed", "_warn_or_raise_about_fit_failures")


def is_search(estimator: Any) -> bool:
    """Whether an estimator is one of scikit-learn's searches, or made from them."""
    # What nobody has imported, nothing is an instance of.
    search = sys.modules.get("sklearn.model_selection._search")
    return search is not None and isinstance(estimator, search.BaseSearchCV)


def search_in(estimator: Any) -> Any:
    """The search that an estimator is, or that its last step is; None where there is none."""
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps and isinstance(steps[-1], tuple):
        estimator = steps[-1][-1]
    return estimator if is_search(estimator) else None


def check_makes_model(estimator: Any, register_as: str | None) -> None:
    """Refuse to register what a search without a refit does not make.

    Raises
    ------
    InvalidRequest
    """
    search = search_in(estimator)
    if register_as is not None and search is not None and not search.refit:
        raise InvalidRequest(
            "register_as",
            f"{type(search).__name__}(refit=False) ends with its results and no model to register; "
            "expected a search that refits, or no register_as",
        )


def can_be_watched(estimator: Any) -> bool:
    """Whether an estimator is a search whose ``fit`` is known to go the way that is watched."""
    if not is_search(estimator):
        return False
    from sklearn.model_selection import _search
    from sklearn.model_selection._search import BaseSearchCV

    # A subclass may generate its candidates as it likes; its fit must be scikit-learn's own.
    own = [cls for cls in type(estimator).__mro__ if "fit" in vars(cls)]
    is_known = all(cls.__module__.startswith("sklearn.model_selection.") for cls in own)
    has_all = all(hasattr(_search, name) for name in _NEEDED)
    return is_known and has_all and hasattr(BaseSearchCV, "_run_search")
