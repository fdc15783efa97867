"""The looks at one fit: when one is taken, what it costs, and what is told of the steps between."""

from __future__ import annotations

import time
from collections.abc import Callable

from .pace import LookBudget
from .thinning import FirstLook, RowsWithin, sample_of
from .watch import Watch


class Looks:
    """Scores a fit after some of its steps, and tells of all.

    Parameters
    ----------
    watch
        Where scores and steps are told.
    total
        Steps in the end, at most.
    rows_within
        Where looks can do with fewer rows, chooses how many by what the first of them took.
    seen
        The step that was scored last, by others.
    spent_before_s
        What watching has cost before these looks: told with theirs, and not taken from their share.
    keep
        Keeps a checkpoint after so many steps, where it is time for one; answers what it took.
    """

    def __init__(
        self,
        watch: Watch,
        total: int,
        keep: Callable[[int], float] | None = None,
        *,
        rows_within: RowsWithin | None = None,
        seen: int = 0,
        spent_before_s: float = 0.0,
    ) -> None:
        self.total = total
        self._rows_within = rows_within
        self._keep = keep
        self._watch = watch
        self._budget = LookBudget(total, watch.max_overhead, seen, spent_before_s)
        self._told = 0
        # When the first steps were over; before them, a fit has checked its data.
        self._begun: tuple[int, float] | None = None

    def offer(self, done: int, score: Callable[[], None]) -> None:
        """Take a look after so many steps, if that is within its share; else tell now and then."""
        if self._keep is not None:
            self._budget.spend_beside(self._keep(done))
        elapsed_s = self._watch.elapsed_s
        self._begun = self._begun or (done, elapsed_s)
        # How long the fit is likely to take, its first steps alone do not say.
        is_measured = self._rows_within is None or done > self._begun[0]
        if is_measured and self._budget.allows(done, elapsed_s):
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
        choose, self._rows_within = self._rows_within, None  # the first look is the measure
        # Once the fit is over, all that a score takes is waited for, whatever threads make it.
        whole = Stopwatch(by_clock=is_last)
        sample = 0
        if choose is not None and not is_last and watch.has_rows:
            sample = sample_of(watch.held_out)
            watch.guard(lambda: watch.score_some(sample))
        copied_s = whole.seconds
        scoring = Stopwatch(by_clock=is_last)
        watch.guard(score)
        scored_s = scoring.seconds
        if choose is not None and sample:
            part = done / self.total
            first = FirstLook(sample, copied_s, scored_s, self._likely_s(done), part)
            rows = choose(first, watch.max_overhead)
            watch.guard(lambda: self._ask_from_here_on(rows))
        elapsed_s = watch.elapsed_s
        self._budget.spend(done, elapsed_s, scored_s)
        self._told = done
        watch.tell(done, self.total, self._budget.overhead(elapsed_s))
        # What it takes to choose rows and to tell is of the same share.
        self._budget.spend_beside(whole.seconds - scored_s)

    def _likely_s(self, done: int) -> float:
        elapsed_s = self._watch.elapsed_s
        begun, begun_s = self._begun or (0, 0.0)
        step_s = (elapsed_s - begun_s) / max(1, done - begun)
        return elapsed_s + step_s * (self.total - done)

    def _ask_from_here_on(self, rows: int) -> None:
        watch = self._watch
        watch.score_some(rows)
        if watch.is_thinned:
            watch.inform(
                f"The live scores are measured on {rows:,} of the {watch.held_out:,} held-out "
                "rows, so that watching costs no more than its share; the last one on all"
            )


class Stopwatch:
    """What this thread spends from here on.

    Parameters
    ----------
    by_clock
        Whether all time counts, also what others have had of the processor.
    """

    def __init__(self, *, by_clock: bool) -> None:
        self._by_clock = by_clock
        self._begun_s, self._cpu_s = time.perf_counter(), time.thread_time()

    @property
    def seconds(self) -> float:
        """By the clock, but for what others have taken of the processor meanwhile."""
        passed_s = time.perf_counter() - self._begun_s
        return passed_s if self._by_clock else min(passed_s, time.thread_time() - self._cpu_s)
