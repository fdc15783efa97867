"""The looks at one fit: when one is taken, what it costs, and what is told of the steps between."""

from __future__ import annotations

import time
from collections.abc import Callable

from .look_budget import LookBudget
from .thinning import Asks, FirstLook, sample_of
from .watch import Watch

MEASURED_STEPS, MEASURED_S = 3, 0.15
MEASURED_SLOWLY_S = 1.0  # one step is enough then


class Looks:
    """Scores a fit after some of its steps, and tells of all.

    Parameters
    ----------
    watch
        Where scores and steps are told.
    total
        Steps in the end, at most.
    asks
        Where looks can do with fewer rows: how many is chosen by what the first of them took.
    seen
        The step that was scored last, by others.
    spent_before_s
        What watching has cost before these looks: told with theirs, and not taken from their share.
    costs
        What a look costs the fit, as a multiple of what it takes.
    keep
        Keeps a checkpoint after so many steps, where it is time for one; answers what it took.
    """

    def __init__(
        self,
        watch: Watch,
        total: int,
        keep: Callable[[int], float] | None = None,
        *,
        asks: Asks | None = None,
        costs: float = 1.0,
        seen: int = 0,
        spent_before_s: float = 0.0,
    ) -> None:
        self.total = total
        self._asks = asks  # until the rows are chosen
        self._keep = keep
        self._costs = costs
        self._watch = watch
        self._budget = LookBudget(
            total,
            watch.max_overhead,
            seen,
            spent_before_s,
            adds_up=asks is Asks.WHAT_IS_NEW,
        )
        self._told = 0
        # When the first steps were over; before them, a fit has checked its data.
        self._begun: tuple[int, float] | None = None

    def offer(self, done: int, score: Callable[[], None]) -> None:
        """Take a look after so many steps, if that is within its share; else tell now and then."""
        if self._keep is not None:
            self._budget.spend_beside(self._keep(done))
        elapsed_s = self._watch.elapsed_s
        self._begun = self._begun or (done, elapsed_s)
        if self._is_measured(done, elapsed_s) and self._budget.allows(done, elapsed_s):
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
        asks, self._asks = self._asks, None  # the first look is the measure
        whole = Stopwatch()
        sample = 0
        if asks is not None and not is_last and watch.has_rows:
            sample = sample_of(watch.held_out)
            watch.guard(lambda: watch.score_some(sample))
        copied_s = whole.seconds
        scoring = Stopwatch()
        watch.guard(score)
        scored_s = scoring.seconds * self._costs
        later = 1.0
        if asks is not None and sample:
            part = done / self.total
            first = FirstLook(sample, copied_s, scored_s, self._likely_s(done), part)
            rows = min(watch.held_out, asks.rows_within(first, watch.max_overhead))
            watch.guard(lambda: self._ask_from_here_on(rows))
            later = rows / sample
        elapsed_s = watch.elapsed_s
        # The score of the model that came of it is a result, and no cost of watching.
        self._budget.spend(done, elapsed_s, 0.0 if is_last else scored_s, later=later)
        self._told = done
        watch.tell(done, self.total, self._budget.overhead(elapsed_s))
        # What it takes to choose rows and to tell is of the same share.
        if not is_last:
            self._budget.spend_beside(max(0.0, whole.seconds * self._costs - scored_s))

    def _is_measured(self, done: int, elapsed_s: float) -> bool:
        """Whether what was seen of the steps says how long the fit will take, if that matters.

        Steps come several at a time, for they are counted twenty times a second.
        """
        if self._asks is None:
            return True
        begun, begun_s = self._begun or (done, elapsed_s)
        seen_s = elapsed_s - begun_s
        is_quick = done - begun >= MEASURED_STEPS and seen_s >= MEASURED_S
        return is_quick or (done > begun and seen_s >= MEASURED_SLOWLY_S)

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
    """What this thread spends from here on."""

    def __init__(self) -> None:
        self._begun_s, self._cpu_s = time.perf_counter(), time.thread_time()

    @property
    def seconds(self) -> float:
        """By the clock, but for what others have taken of the processor meanwhile."""
        return min(time.perf_counter() - self._begun_s, time.thread_time() - self._cpu_s)
