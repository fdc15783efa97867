"""Whether a run has stalled: silent for longer than its own history makes likely.

What a stage has shown so far is the best judge of it: the longest time between two signs of life,
and, before there are some, what earlier runs took for the whole stage. Where neither is known only
a process that uses no CPU can be said to have stalled: one that computes may be right in the middle
of what it was asked for. Steps of one fit differ, the refit of a search takes longer than its
folds; so the bounds are wide, and narrower where nothing computes.

Pure: the time comes as an argument, and the keeper imports this file without any codec.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FLOOR_S: Final = 60.0  # nobody minds a minute of silence
IDLE_PERCENT: Final = 1.5  # of one core; a worker's own threads look around ten times a second
IDLE_FOR_S: Final = 10.0  # without CPU, before it counts as none
ENOUGH_GAPS: Final = 5  # then a stage is judged by itself and no more by earlier runs

_TIMES_LONGEST = {True: 20.0, False: 5.0}  # by whether it computes
_TIMES_ESTIMATE = {True: 10.0, False: 3.0}
_DOUBT_OF_FEW = 20.0  # one gap says little: 20 times more than many, two 10 times


@dataclass(frozen=True)
class Verdict:
    """A run that has stalled.

    Parameters
    ----------
    quiet_s
        Seconds since the last sign of life.
    likely_s
        How long a silence its history makes likely at most.
    uses_cpu
        Whether its processes compute all the same.
    """

    quiet_s: float
    likely_s: float
    uses_cpu: bool


def likely_silence_s(
    gaps: int,
    longest_s: float,
    estimated_s: float | None,
    *,
    uses_cpu: bool,
    floor_s: float = FLOOR_S,
) -> float | None:
    """The longest silence that is likely, or None where nothing is known to judge by.

    Parameters
    ----------
    gaps, longest_s
        How many times between two signs of life were seen in the stage, and the longest of them.
    estimated_s
        What earlier runs took for the whole stage; None where there was none like it.
    uses_cpu
        Whether the run's processes compute.
    floor_s
        A shorter silence is never told.
    """
    known: list[float] = []
    if gaps:
        known.append(longest_s * (_TIMES_LONGEST[uses_cpu] + _DOUBT_OF_FEW / gaps))
    if estimated_s is not None and gaps < ENOUGH_GAPS:
        known.append(estimated_s * _TIMES_ESTIMATE[uses_cpu])
    if not known:
        return None if uses_cpu else floor_s
    return max(floor_s, *known)


class StallWatch:
    """Follows one run's signs of life.

    Parameters
    ----------
    now_s
        A monotonic clock.
    floor_s
        A shorter silence is never told; 0: none is.
    """

    def __init__(self, now_s: float, floor_s: float = FLOOR_S) -> None:
        self._floor_s = floor_s
        self._heard_s = now_s
        self._idle_since_s: float | None = None
        self._gaps = 0
        self._longest_s = 0.0
        self._estimated_s: float | None = None

    def stage_began(self, now_s: float, estimated_s: float | None) -> None:
        """A stage with a history of its own begins."""
        self._heard_s = now_s
        self._gaps, self._longest_s = 0, 0.0
        self._estimated_s = estimated_s

    def heard(self, now_s: float) -> float:
        """The run has shown a sign of life; seconds since the one before."""
        gap_s = now_s - self._heard_s
        self._gaps += 1
        self._longest_s = max(self._longest_s, gap_s)
        self._heard_s = now_s
        return gap_s

    def sampled(self, now_s: float, cpu_percent: float | None) -> None:
        """Note how much of one core its processes have used of late."""
        if cpu_percent is None or cpu_percent >= IDLE_PERCENT:
            self._idle_since_s = None
        elif self._idle_since_s is None:
            self._idle_since_s = now_s

    def judge(self, now_s: float) -> Verdict | None:
        """What is to be said of the run now; None where it is well."""
        if self._floor_s <= 0:
            return None
        idle_s = 0.0 if self._idle_since_s is None else now_s - self._idle_since_s
        uses_cpu = idle_s < min(IDLE_FOR_S, self._floor_s)
        likely_s = likely_silence_s(
            self._gaps,
            self._longest_s,
            self._estimated_s,
            uses_cpu=uses_cpu,
            floor_s=self._floor_s,
        )
        quiet_s = now_s - self._heard_s
        if likely_s is None or quiet_s <= likely_s:
            return None
        return Verdict(quiet_s=quiet_s, likely_s=likely_s, uses_cpu=uses_cpu)
