"""How often to look at a fit, so that looking costs no more than its share."""

from __future__ import annotations

import math

AT_LEAST = 10  # looks during a fit, even where they cost more than their share
MIN_INTERVAL_S = 0.1  # a view cannot show more than some a second
TELL_EVERY_S = 0.5  # steps are told so often, scored or not: it costs microseconds


class GrowthPace:
    """Chooses how many members of an ensemble to grow before the next look.

    A call of ``fit`` that grows k members takes about ``a + b·k`` seconds: ``a`` for checking the
    data again, starting threads and, with several workers, for the last ones of an increment to
    wait for each other (on average (workers - 1) / 2 members). A look costs ``w``. What does not
    train is to stay within ``max_overhead``, so k ≥ (w + a) / (b · max_overhead).

    Parameters
    ----------
    total
        Members in the end.
    max_overhead
        The share of the training time that looking may cost.
    workers
        How many members grow at the same time.
    """

    def __init__(self, total: int, max_overhead: float, workers: int = 1) -> None:
        self._total = total
        self._max_overhead = max_overhead
        self._workers = max(1, workers)
        self._grown: list[int] = []
        self._fit_s: list[float] = []
        self._watch_s: list[float] = []

    def observe(self, grown: int, fit_s: float, watch_s: float) -> None:
        """Note what an increment and the look after it took."""
        self._grown.append(grown)
        self._fit_s.append(fit_s)
        self._watch_s.append(watch_s)

    def next_increment(self, done: int) -> int:
        """How many members to grow next."""
        left = self._total - done
        most = max(1, math.ceil(self._total / AT_LEAST))
        if not self._grown:
            return min(left, most, self._workers)
        fixed_s, member_s = self._costs()
        wasted_s = self._recent_watch() + fixed_s
        needed = math.ceil(wasted_s / (member_s * self._max_overhead))
        paced = math.ceil(MIN_INTERVAL_S / member_s)
        # At first two sizes must be seen to tell the fixed costs from a member's.
        growth = 4 * max(self._grown)
        chosen = min(left, most, max(self._workers, min(growth, max(needed, paced))))
        # Whole rounds of all workers; and no last increment that is hardly worth its call.
        chosen = min(left, -(-chosen // self._workers) * self._workers)
        return left if left - chosen < chosen / 4 else chosen

    @property
    def overhead(self) -> float | None:
        """The share of the time so far that did not train; None before the first look."""
        if not self._grown:
            return None
        fixed_s, _ = self._costs()
        calls = len(self._grown) - 1  # a plain fit makes one call, too
        wasted_s = sum(self._watch_s) + calls * fixed_s
        whole_s = sum(self._fit_s) + sum(self._watch_s)
        return min(1.0, wasted_s / whole_s) if whole_s > 0 else 0.0

    def _recent_watch(self) -> float:
        recent = self._watch_s[-5:]
        return sum(recent) / len(recent)

    def _costs(self) -> tuple[float, float]:
        """Seconds of a call and of a member, by least squares over the increments."""
        count = len(self._grown)
        mean_grown = sum(self._grown) / count
        mean_s = sum(self._fit_s) / count
        spread = sum((grown - mean_grown) ** 2 for grown in self._grown)
        per_member = mean_s / mean_grown
        if spread > 0:
            both = sum(
                (grown - mean_grown) * (seconds - mean_s)
                for grown, seconds in zip(self._grown, self._fit_s, strict=True)
            )
            # Noise must not make members free, nor a call cost less than nothing.
            per_member = min(per_member, max(both / spread, per_member / 10))
        # Before two sizes were seen, the wait of the last workers is all that is known of a.
        idle_s = (self._workers - 1) / 2 * per_member if spread == 0 else 0.0
        return max(idle_s, mean_s - per_member * mean_grown), max(per_member, 1e-9)


class LookBudget:
    """Decides, step by step, whether a look is within its share of the time.

    Parameters
    ----------
    total
        Steps in the end, where that is known.
    max_overhead
        The share of the training time that looking may cost.
    """

    def __init__(self, total: int | None, max_overhead: float) -> None:
        self._every = max(1, math.ceil(total / AT_LEAST)) if total else None
        self._max_overhead = max_overhead
        self._spent_s = 0.0
        self._looked_at_s = -math.inf
        self._looked_at_step = 0
        self._told_at_s = -math.inf

    def allows(self, step: int, elapsed_s: float) -> bool:
        """Whether to look now.

        Parameters
        ----------
        step
            Steps done.
        elapsed_s
            Since the fit began.
        """
        if self.has_seen(step):
            return False
        if self._every is not None and step - self._looked_at_step >= self._every:
            return True
        if elapsed_s - self._looked_at_s < MIN_INTERVAL_S:
            return False
        return self._spent_s <= self._max_overhead * elapsed_s

    def has_seen(self, step: int) -> bool:
        """Whether this step was looked at already."""
        return step <= self._looked_at_step

    def is_to_tell(self, elapsed_s: float) -> bool:
        """Whether the steps done are to be told again, without a look; notes that they are."""
        if elapsed_s - self._told_at_s < TELL_EVERY_S:
            return False
        self._told_at_s = elapsed_s
        return True

    def spend(self, step: int, elapsed_s: float, spent_s: float) -> None:
        """Note a look and what it cost; its score is told with the steps done."""
        self._told_at_s = elapsed_s
        self._spent_s += spent_s
        self._looked_at_s = elapsed_s
        self._looked_at_step = step

    def overhead(self, elapsed_s: float) -> float:
        """The share of the time so far that looking has cost."""
        return min(1.0, self._spent_s / elapsed_s) if elapsed_s > 0 else 0.0
