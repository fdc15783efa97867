"""When to look at a fit that goes on by itself, so that looking costs no more than its share."""

from __future__ import annotations

import math

from .pace import MIN_INTERVAL_S, WANTED

TELL_EVERY_S = 0.5  # steps are told so often, scored or not: it costs microseconds


class LookBudget:
    """Decides, step by step, whether a look is within its share of the time.

    Parameters
    ----------
    total
        Steps in the end, where that is known.
    max_overhead
        The share of the training time that looking may cost.
    seen
        The step that was looked at before.
    spent_before_s
        What was spent before these looks, which is told and leaves them their share.
    adds_up
        Whether a look costs by the steps that are new to it.
    """

    def __init__(
        self,
        total: int | None,
        max_overhead: float,
        seen: int = 0,
        spent_before_s: float = 0.0,
        *,
        adds_up: bool = False,
    ) -> None:
        self._adds_up = adds_up
        self._total = total
        self._every = max(1, math.ceil(total / WANTED)) if total else None
        self._max_overhead = max_overhead
        self._spent_s = 0.0
        self._spent_before_s = spent_before_s
        self._looked_s = 0.0
        self._looks = 0
        self._looked_at_s = 0.0
        self._looked_at_step = seen
        self._asked_to = seen
        self._least_step_s = math.inf  # of the looks so far, for each step that was new to it
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
        is_wanted = self._every is not None and step - self._looked_at_step >= self._every
        if elapsed_s - self._looked_at_s < MIN_INTERVAL_S and not (is_wanted and self._looks):
            return False
        share_s = self._max_overhead * elapsed_s
        if not self._looks:
            return self._spent_s <= share_s
        mean_s = self._looked_s / self._looks
        if not self._adds_up:
            return self._spent_s + mean_s <= share_s
        return self._allows_new(step, elapsed_s, mean_s)

    def _allows_new(self, step: int, elapsed_s: float, mean_s: float) -> bool:
        """Whether to ask the steps that are new since the last look.

        To wait saves nothing, for it makes the next look as much dearer: so what is likely to be
        had later is lent. How much a step takes is told by the best look so far: one that came
        before everything was at hand, or beside other work, says little, and the second one is
        let come soon for that.
        """
        whole_s = elapsed_s * (self._total or step) / max(1, step)
        new_s = self._least_step_s * (step - self._asked_to)
        lent_s = min(whole_s - elapsed_s, whole_s / (2 if self._looks == 1 else WANTED))
        if self._spent_s + new_s <= self._max_overhead * (elapsed_s + lent_s):
            return True
        # The best so far may be a bad one; but no look is to take more than half of the share.
        is_bearable = new_s <= self._max_overhead * whole_s / 2
        return is_bearable and self._spent_s + mean_s <= self._max_overhead * elapsed_s

    def has_seen(self, step: int) -> bool:
        """Whether this step was looked at already."""
        return step <= self._looked_at_step

    def is_to_tell(self, elapsed_s: float) -> bool:
        """Whether the steps done are to be told again, without a look; notes that they are."""
        if elapsed_s - self._told_at_s < TELL_EVERY_S:
            return False
        self._told_at_s = elapsed_s
        return True

    def spend(self, step: int, elapsed_s: float, spent_s: float, *, later: float = 1.0) -> None:
        """Note a look and what it cost; its score is told with the steps done.

        Parameters
        ----------
        later
            How many times as many rows all looks after this one ask.
        """
        self._told_at_s = elapsed_s
        self._spent_s += spent_s
        self._looked_s += spent_s
        self._looks += 1
        if spent_s > 0:
            new = max(1, step - self._asked_to)
            self._least_step_s = min(self._least_step_s, later * spent_s / new)
        # Other rows are asked from the first step on.
        self._asked_to = step if later == 1.0 else 0
        self._looked_at_s = elapsed_s
        self._looked_at_step = step

    def spend_beside(self, spent_s: float) -> None:
        """Note what a checkpoint took of the same share."""
        self._spent_s += spent_s

    def overhead(self, elapsed_s: float) -> float:
        """The share of the time so far that looking has cost."""
        spent_s = self._spent_before_s + self._spent_s
        return min(1.0, spent_s / elapsed_s) if elapsed_s > 0 else 0.0
