"""Which candidate is the best where some were not fitted to their end.

A callable ``refit`` of the user's, and halving's own rule, know only whole results; each is asked
about the candidates that are whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import NothingToKeep

Select = Callable[[Any, Any, dict[str, Any]], int]


def among_whole(select: Select, is_whole: list[bool]) -> Select:
    """scikit-learn's choice of the best candidate, kept to those that are whole.

    Parameters
    ----------
    select
        The search's own ``_select_best_index``.
    is_whole
        For each row of the results: whether all its folds were fitted.

    Raises
    ------
    NothingToKeep
        From the choice: none is.
    """

    def choose(refit: Any, refit_metric: Any, results: dict[str, Any]) -> int:
        whole = np.flatnonzero(is_whole)
        if not len(whole):
            raise NothingToKeep("no candidate of the search was fitted on all of its folds")
        kept = {name: _rows(values, whole) for name, values in results.items()}
        return int(whole[int(select(refit, refit_metric, kept))])

    return choose


def _rows(values: Any, places: np.ndarray) -> Any:
    if isinstance(values, np.ndarray):
        return values[places]
    return [values[int(place)] for place in places]
