"""The looks at one fit: when one is taken, what it costs, and what is told of the steps between."""

from __future__ import annotations

import time
from collections.abc import Callable

from .pace import LookBudget
from .thinning import rows_within, sample_of
from .watch import Watch


class Looks:
    """Scores a fit after some of its steps, and tells of all.

    Parameters
    ----------
    watch
        Where scores and steps are told.
    total
        Steps in the end, at most.
    adds_up
        Whether a look costs what is new since the one before, and can go on with fewer rows.
    keep
        Keeps a checkpoint after so many steps, where it is time for one; answers what it took.
    """

    def __init__(
        self,
        watch: Watch,
        total: int,
        keep: Callable[[int], float] | None = None,
        *,
        adds_up: bool = False,
    ) -> None:
        self.total = total
        self._adds_up = adds_up
        self._keep = keep
        self._watch = watch
        self._budget = LookBudget(total, watch.max_overhead)
        self._told = 0

    def offer(self, done: int, score: Callable[[], None]) -> None:
        """Take a look after so many steps, if that is within its share; else tell now and then."""
        if self._keep is not None:
            self._budget.spend_beside(self._keep(done))
        elapsed_s = self._watch.elapsed_s
        if self._budget.allows(done, elapsed_s):
            self._look(done, score)
        elif done > self._told and self._budget.is_to_tell(elapsed_s):
            # The same step again is no news, nor a sign that the fit still moves.
            self._told = done
            self._watch.tell(done, self.total, self._budget.overhead(elapsed_s))

    def finish(self, done: int, score: Callable[[], None]) -> None:
        """Score the model that came of it, unless that was done already."""
        was_thinned = self._watch.is_thinned
        self._watch.score_all()
        if was_thinned or not self._budget.has_seen(done):
            self._look(done, score, is_last=True)

    def _look(self, done: int, score: Callable[[], None], *, is_last: bool = False) -> None:
        watch = self._watch
        is_sample, self._adds_up = self._adds_up and not is_last and watch.has_rows, False
        if is_sample:
            watch.guard(lambda: watch.score_some(sample_of(watch.held_out)))
        begun_s, cpu_s = time.perf_counter(), time.thread_time()
        watch.guard(score)
        # What other programs take of the processor meanwhile is not what looking costs.
        spent_s = min(time.perf_counter() - begun_s, time.thread_time() - cpu_s)
        elapsed_s = self._watch.elapsed_s
        if is_sample:
            watch.guard(lambda: self._choose_rows(spent_s, elapsed_s))
        self._budget.spend(done, elapsed_s, spent_s)
        self._told = done
        self._watch.tell(done, self.total, self._budget.overhead(elapsed_s))

    def _choose_rows(self, spent_s: float, elapsed_s: float) -> None:
        """After the first look, ask as many rows as are within their share."""
        watch = self._watch
        sample = len(watch.y) if watch.y is not None else 0
        rows = rows_within(
            sample, looked_s=spent_s, elapsed_s=elapsed_s, max_overhead=watch.max_overhead
        )
        watch.score_some(rows)
        if watch.is_thinned:
            watch.inform(
                f"The live scores are measured on {rows:,} of the {watch.held_out:,} held-out "
                "rows, so that watching costs no more than its share; the last one on all"
            )
