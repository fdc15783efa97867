"""Scoring the first members of an ensemble while a fit grows it: each is asked once of each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .mean_votes import MeanVotes
from .watch import Watch


class AddedUp:
    """What members have said so far, of the rows that are scored now.

    Parameters
    ----------
    model
        Whose fit is looked at.
    seen
        What stands for it meanwhile, with the members that are whole in ``estimators_``.
    make_votes
        Adds up what its members say.
    """

    def __init__(
        self, model: Any, seen: Any, watch: Watch, make_votes: Callable[[Any, Watch], MeanVotes]
    ) -> None:
        self._model = model
        self._seen = seen
        self._watch = watch
        self._make_votes = make_votes
        self._votes: MeanVotes | None = None
        self._rows_version = 0
        self._asked = 0

    def score(self, *, is_over: bool) -> None:
        """Ask the members that are new, or all of them where other rows are scored by now."""
        if self._votes is None or self._rows_version != self._watch.rows_version:
            if is_over and self._votes is not None:
                # All are asked again, of all rows: by as many threads as a plain score would use.
                self._watch.score_fitted(self._model)
                return
            self._rows_version, self._asked = self._watch.rows_version, 0
            self._votes = self._make_votes(self._seen, self._watch)
        first, self._asked = self._asked, len(self._seen.estimators_)
        self._votes.add(first)
