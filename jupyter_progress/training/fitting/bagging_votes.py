"""What the members of a bagging ensemble say of the held-out rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .arrays import as_array
from .mean_votes import MeanVotes
from .watch import Watch


def asks_all_columns(ensemble: Any) -> bool:
    """Whether each member is given all columns, in their order; the number 1 means one of them."""
    share = ensemble.max_features
    return isinstance(share, float) and share == 1.0 and not ensemble.bootstrap_features


class BaggingVotes(MeanVotes):
    """A bagging ensemble's mean prediction over the members so far."""

    def __init__(self, ensemble: Any, watch: Watch) -> None:
        super().__init__(ensemble, watch)
        self._rows = as_array(watch.X, None)

    def _said_from(self, first: int) -> Iterator[np.ndarray]:
        members = self._ensemble.estimators_[first:]
        columns = self._ensemble.estimators_features_[first:]
        for member, chosen in zip(members, columns, strict=True):
            yield self._ask(member, self._rows[:, chosen])

    def _ask(self, member: Any, rows: np.ndarray) -> np.ndarray:
        if not self._watch.is_classifier:
            return np.asarray(member.predict(rows), dtype=float)
        classes = len(self._ensemble.classes_)
        said = np.zeros((rows.shape[0], classes))
        if hasattr(member, "predict_proba"):
            # A member may have been given rows of some classes only.
            said[:, np.asarray(member.classes_, dtype=int)] = member.predict_proba(rows)
        else:
            said[np.arange(rows.shape[0]), np.asarray(member.predict(rows), dtype=int)] = 1.0
        return said
