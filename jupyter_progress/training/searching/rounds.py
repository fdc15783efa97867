"""One round of a watched search: its candidates' folds as they are handed out, and come back."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

from .board import Board, Candidate
from .fold import Fold, Known, NotFitted
from .interception import Results
from .keys import digest_of_params, digest_of_split, key_of


class EvaluatedRound:
    """The candidates of one call of ``evaluate_candidates``.

    Parameters
    ----------
    number
        From 0.
    candidates
        In the order of the search's results.
    search_digest
        What the folds of the whole search share.
    folder
        The search's spool.
    kept
        Results of folds from before, by key; what is found again is not fitted again.
    """

    def __init__(
        self,
        number: int,
        candidates: list[Candidate],
        search_digest: str,
        folder: str,
        kept: dict[str, dict[str, Any]],
    ) -> None:
        self.number = number
        self.candidates = candidates
        self.results: Results | None = None
        self._digest = search_digest
        self._folder = folder
        self._kept = kept
        self._params: dict[int, str] = {}
        self._splits: dict[int, str] = {}
        self._lock = threading.Lock()
        #: Folds that were known from before, until the watch has taken them in.
        self.known: list[tuple[int, int, dict[str, Any]]] = []

    def fold_call(self, plain: Callable[..., Any], arguments: dict[str, Any]) -> Fold | Known:
        """What fits one fold, or knows what came of it; see ``interception.Round``."""
        index, fold = arguments["candidate_progress"][0], arguments["split_progress"][0]
        number = self.candidates[index].number
        key = self._key(index, fold, arguments)
        result = self._kept.get(key)
        if result is None:
            return Fold(plain, self._folder, key, number, fold)
        with self._lock:
            self.known.append((number, fold, result))
        return Known(result)

    def _key(self, index: int, fold: int, arguments: dict[str, Any]) -> str:
        if index not in self._params:
            self._params[index] = digest_of_params(arguments["parameters"])
        if fold not in self._splits:
            self._splits[fold] = digest_of_split(arguments["train"], arguments["test"])
        candidate = self.candidates[index]
        return key_of(
            self._digest,
            self.number,
            candidate.number,
            self._params[index],
            fold,
            candidate.resources,
            self._splits[fold],
        )

    def take_known(self) -> list[tuple[int, int, dict[str, Any]]]:
        """The folds that were known from before, each once: candidate, fold, result."""
        with self._lock:
            known, self.known = self.known, []
        return known

    def complete(self, results: Results) -> None:
        """Note the round's results, and give what was given up the shape of the others."""
        self.results = list(results)
        scores = next((r["test_scores"] for r in results if not isinstance(r, NotFitted)), None)
        for result in results:
            if isinstance(result, NotFitted):
                for part in ("test_scores", "train_scores"):
                    if part in result and isinstance(scores, dict):
                        result[part] = dict.fromkeys(scores, math.nan)

    def settle(self, board: Board) -> None:
        """Take in what came back, also what the spool could not hold."""
        if self.results is None:
            return
        places = ((c, fold) for c in self.candidates for fold in range(c.folds))
        for (candidate, fold), result in zip(places, self.results, strict=False):
            if isinstance(result, NotFitted):
                candidate.given_up.add(fold)
            else:
                candidate.results.setdefault(fold, result)
            board.running.pop((candidate.number, fold), None)
