"""A search's own ``fit``, watched: facts of each fold and candidate, stopping, skipping, resuming.

The fit is scikit-learn's, and so is its result. What is added is a look at the candidates of each
round (``_run_search``), a word of each fold from whoever fits it (``fold``), and a thread here that
collects those words from the spool. Nothing in the fit waits for this thread.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from .board import Board, Candidate
from .chosen import among_whole
from .facts import candidate_fact, fold_fact, running_folds, shown_params
from .forecast import Forecast
from .halving import close_rounds, planned_folds
from .interception import Intercepted, install, uninstall
from .keys import digest_of_search
from .metric import counting_metric, scorer_name
from .rounds import EvaluatedRound
from .spool import Spool, SpoolReader, forget_spool

_POLL_S = 0.05


class SaysWhatToGiveUp(Protocol):
    """What people ask of a search while it runs; see ``training.asked``."""

    @property
    def to_stop(self) -> bool:
        """Fit no further fold, and go on with the best so far."""

    @property
    def to_end(self) -> bool:
        """Fit no further fold; nothing is made of it."""

    def check(self) -> None:
        """Raise where the search is not to go on to its refit."""

    def take_skips(self) -> list[tuple[int | None, str]]:
        """The candidates that were given up since the last call, and by whom; None: those now."""


class StopsNothing:
    """Nobody asks anything."""

    to_stop = False
    to_end = False

    def check(self) -> None:
        """Go on."""

    def take_skips(self) -> list[tuple[int | None, str]]:
        """Give up nothing."""
        return []


@dataclass(frozen=True)
class SearchReport:
    """How far a search is.

    Parameters
    ----------
    step, total_steps
        Folds, done and in all.
    stage_progress
        0-100; the refit counts as one more fold.
    best
        The best mean score so far; None before there is one.
    running
        The folds under way.
    overhead
        The share of the time so far that watching has cost.
    left
        ``[seconds, low, high]`` until its end, where that has changed.
    """

    step: int
    total_steps: int
    stage_progress: float
    best: float | None
    running: list[dict[str, Any]]
    overhead: float
    left: list[float] | None = None


@dataclass
class SearchWatch:
    """Watches one search; see :func:`watched`.

    Parameters
    ----------
    search
        About to be fitted.
    folder
        Its spool. Where an earlier fit of the same search has left one, its folds are not fitted
        again.
    tell
        Given each fact: ``fold_completed`` or ``candidate_completed``, and its data.
    report
        Given how far the search is, some times a second.
    warn
        Given a sentence for the person whose search it is.
    forecast
        Says what is left; None: nobody does.
    """

    search: Any
    folder: Path
    tell: Callable[[str, dict[str, Any]], object]
    report: Callable[[SearchReport], object]
    asked: SaysWhatToGiveUp = field(default_factory=StopsNothing)
    warn: Callable[[str], object] = print
    forecast: Forecast | None = None

    def __post_init__(self) -> None:
        self.board = Board(counting_metric(self.search))
        self.scorer = scorer_name(self.search)
        self.is_stopped = False
        self.total = 0
        self._spool = Spool(self.folder)
        self._reader = SpoolReader(self.folder)
        self._kept: dict[str, dict[str, Any]] = {}
        self._round: EvaluatedRound | None = None
        self._rounds = 0
        self._given_up: set[int] = set()
        self._digest = ""
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_forever, name="search", daemon=True)
        self._begun_s = time.perf_counter()
        self._spent_s = 0.0
        self._is_broken = False
        self._reported: SearchReport | None = None

    @property
    def overhead(self) -> float:
        """The share of the time so far that watching has cost."""
        return min(1.0, self._spent_s / max(time.perf_counter() - self._begun_s, 1e-9))

    # The time of the fit

    def begin(self) -> None:
        """Take in what an earlier fit has left, and begin to look."""
        self._guarded(self._spool.go_on)
        self._digest = digest_of_search(self.search)
        for line in self._guarded(self._reader.poll) or []:
            if "result" in line and isinstance(line.get("key"), str):
                self._kept[line["key"]] = line["result"]
        self._begun_s = time.perf_counter()
        self._thread.start()

    def end(self) -> None:
        """Look once more, and no more."""
        self._ended.set()
        self._thread.join()
        self._look()
        forget_spool(str(self.folder))
        self._spool.close()

    def run_search(
        self, plain: Callable[..., Any], evaluate: Callable[..., Any], **more: Any
    ) -> Any:
        """``_run_search``, with each round seen; a stop ends it after the round that it is in."""

        @functools.wraps(evaluate)
        def evaluate_candidates(candidate_params: Any, *args: Any, **kwargs: Any) -> Any:
            candidates = list(candidate_params)
            a_round = self._begin_round(candidates, kwargs.get("more_results"))
            with Intercepted(a_round, candidates):
                results = evaluate(candidates, *args, **kwargs)
            self._end_round(a_round)
            self.asked.check()
            if self.is_stopped:
                raise _Stopped
            return results

        answer = None
        try:
            answer = plain(evaluate_candidates, **more)
        except _Stopped:
            close_rounds(self.search, left=len(self._round.candidates) if self._round else 0)
        self._choose_among_whole()
        return answer

    def _choose_among_whole(self) -> None:
        is_whole = [candidate.is_complete for _, candidate in sorted(self.board.candidates.items())]
        select = getattr(self.search, "_select_best_index", None)
        if not all(is_whole) and select is not None:
            # Taken back with the end of the fit.
            self.search._select_best_index = among_whole(select, is_whole)

    def _begin_round(self, candidates: list[Any], more_results: Any) -> EvaluatedRound:
        first = len(self.board.candidates)
        resources = list((more_results or {}).get("n_resources", [None] * len(candidates)))
        folds = int(self.search.n_splits_)
        with self._lock:
            begun = [
                Candidate(first + index, self._rounds, params, folds, resources[index])
                for index, params in enumerate(candidates)
            ]
            for candidate in begun:
                self.board.begin(candidate)
            if self._rounds == 0:
                self.total = planned_folds(self.search, len(candidates), folds)
            self.total = max(self.total, len(self.board.candidates) * folds)
            self._forecasts(Forecast.begin_round, self._rounds, begun, folds)
            folder = str(self.folder)
            self._round = EvaluatedRound(self._rounds, begun, self._digest, folder, self._kept)
            self._rounds += 1
            return self._round

    def _end_round(self, a_round: EvaluatedRound) -> None:
        with self._lock:
            self._look()
            self._guarded(lambda: self._settle(a_round))

    def _settle(self, a_round: EvaluatedRound) -> None:
        known = {c.number: set(c.results) for c in a_round.candidates}
        a_round.settle(self.board)
        for candidate in a_round.candidates:
            for fold in sorted(set(candidate.results) - known[candidate.number]):
                self._tell_fold(candidate, fold)
            self._tell_if_over(candidate)

    # The looks

    def _look_forever(self) -> None:
        while not self._ended.wait(_POLL_S):
            self._look()

    def _look(self) -> None:
        begun_s = time.thread_time()
        with self._lock:
            self._guarded(self._take_what_is_new)
            self._spent_s += time.thread_time() - begun_s

    def _take_what_is_new(self) -> None:
        for line in self._reader.poll():
            self._take(line)
        if self._round is not None:
            for number, fold, result in self._round.take_known():
                self._take({"candidate": number, "fold": fold, "result": result})
        self._carry_out_what_is_asked()
        self._say_how_far()

    def _guarded(self, look: Callable[[], Any]) -> Any:
        """Nothing that goes wrong here reaches the fit."""
        try:
            return look()
        except Exception as failure:
            if not self._is_broken:
                self._is_broken = True
                traceback.print_exc()
                self.warn(f"the search is not shown whole: {type(failure).__name__}: {failure}")
            return None

    def _take(self, line: dict[str, Any]) -> None:
        candidate = self.board.candidates.get(line.get("candidate", -1))
        fold = line.get("fold")
        if candidate is None or not isinstance(fold, int):
            return
        place = (candidate.number, fold)
        if "began" in line:
            self.board.running[place] = float(line["began"])
            return
        self.board.running.pop(place, None)
        self._spent_s += float(line.get("cost_s", 0.0))
        if "given_up" in line:
            candidate.given_up.add(fold)
            self._forecasts(Forecast.give_up, candidate, fold)
        elif "result" in line and fold not in candidate.results:
            candidate.results[fold] = line["result"]
            self._tell_fold(candidate, fold)
        self._tell_if_over(candidate)

    def _tell_fold(self, candidate: Candidate, fold: int) -> None:
        step = self.board.folds_done
        score = self.board.score_of(candidate.results[fold])
        self._forecasts(Forecast.take_fold, candidate, fold, score)
        far = {
            "step": step,
            "total_steps": self.total,
            "stage_progress": self._progress_at(step),
            "stage_left": self._forecasts(Forecast.left),
        }
        self.tell("fold_completed", fold_fact(self.board, candidate, fold) | far)

    def _tell_if_over(self, candidate: Candidate) -> None:
        if not candidate.is_over or candidate.is_told:
            return
        is_skipped = not candidate.is_complete
        if is_skipped and not self._spool.is_skipped(candidate.number):
            return  # the search was stopped before it
        candidate.is_told = True
        is_best = self.board.judge(candidate)
        fact = candidate_fact(
            self.board, candidate, is_best=is_best, is_skipped=is_skipped, scorer=self.scorer
        )
        self.tell("candidate_completed", fact)

    def _carry_out_what_is_asked(self) -> None:
        is_wanted = self.asked.to_end or (self.asked.to_stop and self.board.best is not None)
        if is_wanted and not self.is_stopped and self.board.folds_done < self.total:
            self.is_stopped = True
            self._spool.stop()
            self._forecasts(Forecast.stop)
        for number, who in self.asked.take_skips():
            running = sorted({place[0] for place in self.board.running})
            for given_up in running if number is None else [number]:
                self._skip(given_up, who)

    def _skip(self, number: int, who: str) -> None:
        candidate = self.board.candidates.get(number)
        by = f", as {who} asked" if who else ""
        if candidate is not None and candidate.is_told:
            self.warn(f"candidate {number} was over before it could be given up{by}")
            return
        if number in self._given_up:
            return
        self._given_up.add(number)
        self._spool.skip(number)
        if candidate is not None:
            shown = ", ".join(f"{k}={v}" for k, v in shown_params(candidate.params).items())
            self.warn(f"candidate {number} ({shown}) is given up{by}")
            # Those under way say themselves that they were given up, or were faster.
            running = {place[1] for place in self.board.running if place[0] == number}
            candidate.given_up |= set(range(candidate.folds)) - set(candidate.results) - running
            self._tell_if_over(candidate)

    def _progress_at(self, step: int) -> float:
        return round(100.0 * step / (self.total + (1 if self.search.refit else 0)), 2)

    def _say_how_far(self) -> None:
        if not self.total:
            return
        step = min(self.board.folds_done, self.total)
        best = self.board.best
        found = SearchReport(
            step=step,
            total_steps=self.total,
            stage_progress=self._progress_at(step),
            best=None if best is None else self.board.best_mean,
            running=running_folds(self.board),
            overhead=self.overhead,
        )
        known = self._reported
        left = self._forecasts(Forecast.left)
        is_news = known is None or (known.step, known.running) != (found.step, found.running)
        if is_news or left is not None:
            self._reported = found
            self.report(replace(found, left=left))

    def _forecasts(self, what: Callable[..., Any], *facts: Any) -> Any:
        """Tell the forecast something, or ask it; what fails ends it, and nothing else."""
        if self.forecast is None:
            return None
        try:
            return what(self.forecast, *facts)
        except Exception as failure:
            self.forecast = None
            traceback.print_exc()
            self.warn(f"the time left of the search is not known: {failure}")
            return None


class _Stopped(Exception):
    """The rounds of a search are over, as asked."""


@contextlib.contextmanager
def watched(watch: SearchWatch) -> Iterator[SearchWatch]:
    """Watch the fit of a search that is called within.

    Parameters
    ----------
    watch
        Of a search that ``can_be_watched``.
    """
    search = watch.search
    plain = search._run_search

    @functools.wraps(plain)
    def run_search(evaluate_candidates: Any, **more: Any) -> Any:
        # What is handed to other processes takes the search along, and must not take this.
        search.__dict__.pop("_run_search", None)
        return watch.run_search(plain, evaluate_candidates, **more)

    install()
    search._run_search = run_search
    watch.begin()
    try:
        yield watch
    finally:
        watch.end()
        uninstall()
        for name in ("_run_search", "_select_best_index"):
            search.__dict__.pop(name, None)
