"""How long a watched search still takes: its candidates and folds, put before ``search_time``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from ..cost_features import driving_params
from ..costs import Fit
from ..search_time import Round, SearchPlan, SearchTime
from ..workload import class_of, params_of
from .board import Candidate
from .halving import planned_rounds

_EVERY_S = 0.5
_SHARE = 0.005  # of the time so far, that may go into telling the time left


class Forecast:
    """Follows a search's folds, and says what is left.

    Parameters
    ----------
    search
        About to be fitted.
    earlier
        Gives the fits of a class that earlier runs have told of.
    rows, columns, source
        The data that it is fitted on.
    """

    def __init__(
        self,
        search: Any,
        earlier: Callable[[str], Sequence[Fit]],
        rows: int,
        columns: int,
        source: str,
    ) -> None:
        self._search = search
        estimator = class_of(search.estimator)
        self._plan = SearchPlan(
            estimator=estimator,
            params=driving_params(params_of(search.estimator)),
            rows=rows,
            columns=columns,
            source=source,
            folds=1,
            workers=_workers(search),
            refit=bool(search.refit),
        )
        self._time = SearchTime(self._plan, earlier(estimator))
        self._places: dict[str, int] = {}
        self._begun_s = time.perf_counter()
        self._told_s = -_EVERY_S
        self._spent_s = 0.0
        self._news = False

    @property
    def fits(self) -> list[Fit]:
        """What the folds of this run took, each candidate's as one."""
        return self._time.seen

    def begin_round(self, number: int, candidates: list[Candidate], folds: int) -> None:
        """Take in the candidates of a round, of the first one also those to come."""
        if number == 0:
            self._plan.folds = folds
            params = [driving_params(candidate.params) for candidate in candidates]
            self._places = {_named(self._own(each)): at for at, each in enumerate(params)}
            for size, resources in planned_rounds(self._search, len(candidates)):
                self._plan.rounds.append(self._round(params, size, resources))
        chosen = [at for each in candidates if (at := self._place(each)) is not None]
        if number < len(self._plan.rounds):
            self._plan.rounds[number].chosen = chosen
        self._news = True

    def take_fold(self, candidate: Candidate, fold: int, score: float) -> None:
        """Take in a fold that is done."""
        result = candidate.results[fold]
        place = self._place(candidate)
        fit_s, score_s = result.get("fit_time"), result.get("score_time")
        if place is None or not isinstance(fit_s, float) or not isinstance(score_s, float):
            return
        known = score if score == score else None
        at = (candidate.round, place, fold)
        self._time.finished(at, self._elapsed_s, fit_s, score_s, known)
        self._news = True

    def give_up(self, candidate: Candidate, fold: int) -> None:
        """Take in that a fold is not to be waited for."""
        place = self._place(candidate)
        if place is not None:
            self._time.given_up((candidate.round, place, fold))
            self._news = True

    def stop(self) -> None:
        """Take in that no further fold is begun."""
        self._time.stop()
        self._news = True

    def left(self) -> list[float] | None:
        """``[seconds, low, high]`` where that has changed, and is worth its time; else None."""
        now_s = self._elapsed_s
        is_due = now_s - self._told_s >= _EVERY_S and self._spent_s <= _SHARE * now_s
        if not self._news or not self._plan.rounds or not (is_due or self._told_s < 0):
            return None
        left = self._time.left(now_s)
        # By the wall: the threads of a library for linear algebra take their part, too.
        self._spent_s += self._elapsed_s - now_s
        self._news = False
        if left is None:
            return None
        self._told_s = now_s
        return [round(left.seconds, 3), round(left.low, 3), round(left.high, 3)]

    @property
    def _elapsed_s(self) -> float:
        return time.perf_counter() - self._begun_s

    def _round(self, params: list[dict[str, Any]], size: int, resources: int | None) -> Round:
        rows = self._plan.rows * (self._plan.folds - 1) / max(1, self._plan.folds)
        name = getattr(self._search, "resource", None)
        if resources is not None and name == "n_samples":
            rows = rows * resources / max(1, self._plan.rows)
        elif resources is not None and isinstance(name, str):
            params = [{**each, name: resources} for each in params]
        return Round(params, rows, None if size >= len(params) else size)

    def _place(self, candidate: Candidate) -> int | None:
        return self._places.get(_named(self._own(driving_params(candidate.params))))

    def _own(self, params: dict[str, Any]) -> dict[str, Any]:
        """What is the same of a candidate in each round."""
        resource = getattr(self._search, "resource", None)
        return {name: value for name, value in params.items() if name != resource}


def _named(params: dict[str, Any]) -> str:
    return repr(sorted(params.items()))


def _workers(search: Any) -> int:
    from joblib import effective_n_jobs

    return max(1, int(effective_n_jobs(search.n_jobs)))
