"""How long a search still takes, by what each of its fits is likely to cost.

Fits that are done tell what others cost (``costs``); those to come are then gone through as the
search will, by its workers, some hundred times with other luck. The middle of what comes out is the
estimate, and what nine in ten of them lie between is its range. The luck is the same each time that
one asks, so that only news moves the estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .costs import Costs, Fit, expect

_DRAWS = 200
_KINDS, _REFITS = 100, 30  # candidates to come that are told apart
_REMEMBERED = 60  # fits of earlier runs that count
_APART, _TOGETHER = 60, 80  # fits of this run, and candidates of one with more
_LONGER = 1.15  # what a fit that has taken longer than expected is taken to need
_DRIFT = 0.07  # how much the machine's load may change what all fits to come take
_GOLDEN = 0.6180339887  # its multiples are spread evenly, however many there are
_EXACT = 600  # fits to come beyond which they are gone through by their sum
_LOW, _HIGH = 5.0, 95.0


@dataclass(frozen=True)
class Left:
    """Seconds left, and what they lie between nine times in ten."""

    seconds: float
    low: float
    high: float


@dataclass
class Round:
    """Candidates that are fitted on the same number of rows; a search that halves has several.

    Parameters
    ----------
    candidates
        Their parameters; of a round to come, those that might be in it.
    rows
        Rows that each is fitted on.
    count
        How many there will be, where that is not all of ``candidates``.
    chosen
        Which they are, once that is known.
    """

    candidates: Sequence[dict[str, Any]]
    rows: float
    count: int | None = None
    chosen: Sequence[int] | None = None


@dataclass
class SearchPlan:
    """What a search is going to do.

    Parameters
    ----------
    estimator
        The class that it fits.
    params
        What is the same for all candidates.
    rows, columns, source
        Its data.
    folds, workers
        Fits a candidate; how many at the same time.
    rounds
        In their order.
    refit
        Whether the best is fitted again, on all rows.
    """

    estimator: str
    params: dict[str, Any]
    rows: float
    columns: float
    source: str
    folds: int
    workers: int = 1
    rounds: list[Round] = field(default_factory=list)
    refit: bool = True


class SearchTime:
    """Follows a search, and says how long it still takes.

    Parameters
    ----------
    plan
        What it is going to do.
    history
        Fits of the same class in earlier runs.
    """

    def __init__(self, plan: SearchPlan, history: Sequence[Fit] = ()) -> None:
        self.plan = plan
        self._history = list(history)
        self._done: dict[tuple[int, int, int], Fit] = {}
        self._scores: dict[tuple[int, int], list[float]] = {}
        self._fit_s = self._score_s = 0.0
        self._last_s = 0.0
        self._given_up: set[tuple[int, int, int]] = set()
        self._is_stopped = False

    def finished(
        self, at: tuple[int, int, int], now_s: float, fit_s: float, score_s: float = 0.0,
        score: float | None = None,
    ) -> None:  # fmt: skip
        """Note a fit that is done.

        Parameters
        ----------
        at
            Its round, candidate and fold.
        now_s
            Seconds since the search began.
        fit_s, score_s
            What it took, and what scoring it took.
        """
        round_, candidate, _ = at
        self._done[at] = self._fit(round_, candidate, max(1e-5, fit_s + score_s))
        self._fit_s += fit_s
        self._score_s += score_s
        self._last_s = now_s
        if score is not None:
            self._scores.setdefault((round_, candidate), []).append(score)

    def given_up(self, at: tuple[int, int, int]) -> None:
        """Note a fit that is not to be waited for."""
        self._given_up.add(at)

    def stop(self) -> None:
        """Note that no further fit is begun, but for the last one of the best."""
        self._is_stopped = True

    @property
    def seen(self) -> list[Fit]:
        """What was seen in this run, each candidate's fits as one."""
        by_candidate: dict[tuple[int, int], list[Fit]] = {}
        for (round_, candidate, _), fit in self._done.items():
            by_candidate.setdefault((round_, candidate), []).append(fit)
        return [_as_one(each) for each in by_candidate.values()]

    def left(self, now_s: float) -> Left | None:
        """The time left; None while there is no ground for a number."""
        planned = list(enumerate(self._planned()))
        over = self._done.keys() | self._given_up
        pending = [(place, each) for place, each in planned if each not in over]
        if self._is_stopped:
            pending = pending[: self.plan.workers]  # at most those that are under way
        again = self._refits() if self.plan.refit else []
        known = self._known()
        if not known or not (pending or again):
            return None if pending or again else Left(0.0, 0.0, 0.0)
        every_kind = list(dict.fromkeys(each[:2] for _, each in pending))
        step = -(-len(every_kind) // _KINDS) or 1
        kinds = every_kind[::step]  # of very many, each stands for those after it
        stands_for = {kind: at // step for at, kind in enumerate(every_kind)}
        coming = [self._fit(round_, candidate) for round_, candidate in kinds]
        coming += [self._fit(-1, candidate) for candidate, _ in again]
        age_s = max(0.0, now_s - self._last_s)
        costs = self._expected(known, coming, age_s if pending else 0.0)
        first = {kind: place for place, kind in reversed([(p, e[:2]) for p, e in planned])}
        ends = len(planned)
        lots = [first[kind] for kind in kinds] + [ends + candidate for candidate, _ in again]
        drawn = _draw(costs, lots) + _DRIFT * _luck([0], 4)
        rows = [stands_for[each[:2]] for _, each in pending]
        logs = drawn[rows] + costs.noise * _luck([place for place, _ in pending], 1)
        ran = self._gone_through(logs, age_s)
        if again:
            single = drawn[len(kinds) :] + costs.noise * _luck([0], 2)
            ran = ran + self._refit(single, again, 0.0 if pending else age_s)
        low, middle, high = np.percentile(ran, [_LOW, 50.0, _HIGH])
        return Left(float(middle), float(low), float(high))

    def _expected(self, known: list[Fit], coming: list[Fit], age_s: float) -> Costs:
        """What the fits to come cost; one that goes on for longer than that is news, too."""
        costs = expect(known, coming, self.plan.estimator)
        if self.plan.workers == 1 and age_s > np.exp(costs.mean[0]):
            so_far = replace(coming[0], seconds=_LONGER * age_s, weight=0.5)
            costs = expect([*known, so_far], coming, self.plan.estimator)
        return costs

    def _known(self) -> list[Fit]:
        """What there is to go by: this run's fits, of very many each candidate's as one."""
        own = list(self._done.values()) if len(self._done) <= _APART else self.seen[-_TOGETHER:]
        return [*self._history[-_REMEMBERED:], *own]

    def _fit(self, round_: int, candidate: int, seconds: float = 0.0) -> Fit:
        rounds = self.plan.rounds
        params = rounds[round_].candidates[candidate]
        rows = self.plan.rows if round_ < 0 else rounds[round_].rows
        return Fit(
            params={**self.plan.params, **params}, rows=rows, columns=self.plan.columns,
            source=self.plan.source, candidate=candidate, seconds=seconds,
        )  # fmt: skip

    def _planned(self) -> list[tuple[int, int, int]]:
        return [
            (at, candidate, fold)
            for at, round_ in enumerate(self.plan.rounds)
            for candidate in self._chosen(at, round_)
            for fold in range(self.plan.folds)
        ]

    def _chosen(self, at: int, round_: Round) -> Sequence[int]:
        """The candidates of a round; of one to come, those that look best so far."""
        every = range(len(round_.candidates))
        if round_.chosen is not None:
            return round_.chosen
        if round_.count is None or round_.count >= len(every):
            return every
        seen = sorted(self._score(at - 1, each) for each in every if (at - 1, each) in self._scores)
        middle = seen[len(seen) // 2] if seen else 0.0

        def rank(each: int) -> tuple[float, float]:
            score = self._score(at - 1, each) if (at - 1, each) in self._scores else middle
            return -score, each * _GOLDEN % 1.0  # those that nothing is known of: from everywhere

        return sorted(every, key=rank)[: round_.count]

    def _score(self, round_: int, candidate: int) -> float:
        scores = self._scores.get((round_, candidate))
        return sum(scores) / len(scores) if scores else -np.inf

    def _refits(self) -> list[tuple[int, float]]:
        """Who may be fitted again, each with how likely that is.

        The best so far, or one to come: as likely as not where as many are to come as were seen.
        """
        last = len(self.plan.rounds) - 1
        candidates = list(self._chosen(last, self.plan.rounds[last]))
        seen = [each for each in candidates if (last, each) in self._scores]
        ahead = [each for each in candidates if (last, each) not in self._scores]
        ahead = ahead[:: -(-len(ahead) // _REFITS) or 1]
        if not seen:
            return [(each, 1.0 / len(ahead)) for each in ahead]
        best = max(seen, key=lambda each: self._score(last, each))
        share = len(seen) / len(candidates)
        return [(best, share), *((each, (1.0 - share) / len(ahead)) for each in ahead)]

    def _gone_through(self, logs: np.ndarray, age_s: float) -> np.ndarray:
        """Seconds until all fits to come are done, for each draw."""
        if not len(logs):
            return np.zeros(_DRAWS)
        workers = min(self.plan.workers, len(logs))
        costs = np.exp(logs)
        # Those under way have taken some of their time already.
        for at in range(workers):
            costs[at] = _rest(costs[at], age_s)
        if workers == 1:
            return costs.sum(axis=0)
        if len(costs) > _EXACT:
            return costs.sum(axis=0) / workers
        free = np.zeros((workers, costs.shape[1]))
        every = np.arange(costs.shape[1])
        for cost in costs:
            free[free.argmin(axis=0), every] += cost
        return free.max(axis=0)

    def _refit(self, logs: np.ndarray, again: list[tuple[int, float]], age_s: float) -> np.ndarray:
        """Seconds of the fit on all rows, for each draw; the one that is fitted differs."""
        likely = np.cumsum([share for _, share in again])
        order = np.arange(_DRAWS) * _GOLDEN % 1.0
        which = np.minimum(np.searchsorted(likely, order * likely[-1]), len(again) - 1)
        whole_s = self._fit_s + self._score_s
        costs = np.exp(logs[which, np.arange(_DRAWS)])
        return _rest(costs * (self._fit_s / whole_s if whole_s > 0 else 1.0), age_s)


def _rest(costs: np.ndarray, age_s: float) -> np.ndarray:
    """What is left of fits that have gone on for so long: those that would be over do not count."""
    if age_s <= 0:
        return costs
    alive = costs[costs > age_s]
    if len(alive) >= len(costs) / 20:
        return np.sort(alive)[np.linspace(0, len(alive) - 1, len(costs)).astype(int)] - age_s
    # Longer than was likely at all: who has waited long waits on (Lindy's law), by a third again.
    return np.full(len(costs), age_s / 3) * np.exp(0.5 * _luck([0], 3)[0])


def _draw(costs: Costs, lots: Sequence[int]) -> np.ndarray:
    """Costs of all fits to come, some hundred times; each fit keeps its own lots."""
    values, vectors = np.linalg.eigh(costs.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return costs.mean[:, None] + root @ vectors.T @ _luck(lots, 0)


def _luck(lots: Sequence[int], stream: int) -> np.ndarray:
    """The same numbers for the same lot, however many are drawn beside it."""
    size = 1 + max(lots, default=-1)
    return np.random.default_rng(stream).standard_normal((size, _DRAWS))[list(lots)]


def _as_one(fits: Sequence[Fit]) -> Fit:
    middle = float(np.exp(np.mean(np.log([fit.seconds for fit in fits]))))
    return replace(fits[0], seconds=middle, weight=float(len(fits)))
