"""How many members of an ensemble to grow before the next look, so that it is within its share."""

from __future__ import annotations

import math

WANTED = 10  # looks during a fit, where they are within their share
MIN_INTERVAL_S = 0.1  # a view cannot show more than some a second
# What the first members take is theirs and what a busy machine adds: less than this says little.
TELLING_S = 0.1
PORTION_S = 5.0  # members that are likely to take no longer are grown by one call


class GrowthPace:
    """Chooses how many members of an ensemble to grow before the next look.

    A call of ``fit`` that grows k members takes about ``a + b·k`` seconds: ``a`` for checking the
    data again and starting threads and, with several workers, for the last ones of an increment to
    wait for each other (on average (workers - 1) / 2 members). A look costs ``w``. What does not
    train is to stay within ``max_overhead``, so k ≥ (w + a) / (b · max_overhead).

    ``a`` is measured, by a call that grows nothing: told from the increments alone, it is whatever
    noise a busy machine has added to the first of them.

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
        self.total = total
        self._max_overhead = max_overhead
        self._workers = max(1, workers)
        self._grown: list[int] = []
        self._fit_s: list[float] = []
        self._watch_s: list[float] = []
        self._call_s = 0.0
        self._measuring_s = 0.0
        self._keeping_s = 0.0
        self._portions = 0
        self._most_at_once = 0

    def observe_keeping(self, spent_s: float) -> None:
        """Note what a checkpoint took: the looks have to do with the rest of the share."""
        self._keeping_s += spent_s

    def observe_call(self, call_s: float) -> None:
        """Note what a call that grows nothing took, and that it was made."""
        self._call_s = call_s
        self._measuring_s += call_s

    def observe(self, grown: int, fit_s: float, watch_s: float) -> None:
        """Note what an increment and the look after it took."""
        self._grown.append(grown)
        self._fit_s.append(fit_s)
        self._watch_s.append(watch_s)

    def next_increment(self, done: int) -> int:
        """How many members to grow next."""
        left = self.total - done
        few = max(1, math.ceil(self.total / WANTED))
        if not self._grown:
            return min(left, few, self._workers)
        member_s = self._member_s()
        wasted_s = self._recent_watch() + self._fixed_s()
        needed = self._members_that_pay(wasted_s, self._share_left)
        paced = math.ceil(MIN_INTERVAL_S / member_s)
        # One measured increment can be far off: do not bet the rest of the fit on it.
        careful = 4 * max(self._grown)
        # As many looks as are wanted, if they are within their share; else as many as that pays.
        chosen = min(left, careful, max(self._workers, needed, min(paced, few)))
        # Whole rounds of all workers; and no last increment that is hardly worth its call.
        chosen = min(left, -(-chosen // self._workers) * self._workers)
        return left if left - chosen < chosen / 4 else chosen

    def portion(self, done: int) -> int:
        """How many members to grow by a call that is observed from outside.

        So many that what its end costs, where all workers but one wait, is within half of the
        share: the other half is for looks meanwhile. A stop waits for that end, so that what takes
        longer than a moment is not bet on one measured increment.
        """
        left = self.total - done
        member_s = self._member_s()
        needed = self._members_that_pay(self._fixed_s(), self._share_left / 2)
        careful = max(4 * max(self._most_at_once, *self._grown), math.floor(PORTION_S / member_s))
        chosen = min(left, -(-min(needed, careful) // self._workers) * self._workers)
        return left if left - chosen < chosen / 4 else chosen

    def observe_portion(self, grown: int) -> None:
        """Note that a call that was observed has grown so many."""
        self._portions += 1
        self._most_at_once = max(self._most_at_once, grown)

    def seconds_left(self, done: int) -> float | None:
        """What the other members take, by those so far; None before they have taken a while."""
        is_known = sum(self._fit_s) >= TELLING_S
        return (self.total - done) * self._member_s() if self._grown and is_known else None

    @property
    def overhead(self) -> float | None:
        """The share of the time so far that did not train; None before the first look."""
        if not self._grown:
            return None
        return min(1.0, self.wasted_s / self._whole_s) if self._whole_s > 0 else 0.0

    @property
    def wasted_s(self) -> float:
        """Seconds so far that did not train."""
        calls = len(self._grown) + self._portions - 1  # a plain fit makes one call, too
        return sum(self._watch_s) + max(0, calls) * self._fixed_s() + self._beside_s

    @property
    def _beside_s(self) -> float:
        return self._measuring_s + self._keeping_s

    @property
    def _whole_s(self) -> float:
        return sum(self._fit_s) + sum(self._watch_s) + self._beside_s

    @property
    def _share_left(self) -> float:
        """What checkpoints leave for looks, which is half at the least."""
        kept = self._keeping_s / self._whole_s if self._whole_s > 0 else 0.0
        return max(self._max_overhead / 2, self._max_overhead - kept)

    def _members_that_pay(self, wasted_s: float, share: float) -> int:
        """How many have to grow for so many seconds to be within a share; all, where it is none."""
        paid_s = self._member_s() * share
        return math.ceil(min(wasted_s / paid_s, self.total)) if paid_s > 0 else self.total

    def _recent_watch(self) -> float:
        recent = self._watch_s[-5:]
        return sum(recent) / len(recent)

    def _member_s(self) -> float:
        """Seconds of a member, from the newest increments."""
        grown, fit_s = self._grown[-5:], self._fit_s[-5:]
        idle = (self._workers - 1) / 2 * len(grown)
        growing_s = sum(fit_s) - len(grown) * self._least_call_s
        # Noise must not make members free.
        return max(growing_s, sum(fit_s) / 10, 1e-9) / (sum(grown) + idle)

    @property
    def _least_call_s(self) -> float:
        """What a call takes; none that has grown something was shorter, whatever noise says."""
        return min([self._call_s, *self._fit_s])

    def _fixed_s(self) -> float:
        """Seconds of a call, beside its members'."""
        return self._least_call_s + (self._workers - 1) / 2 * self._member_s()
