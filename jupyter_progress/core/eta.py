"""How much of a run is done and how long the rest takes, from what its stages are likely to take.

Three things tell of a stage that is under way, each with how far it may be off:

- the plan, ``estimated_s`` within ``estimated_range``, learned from earlier runs. It is a
  log-logistic distribution, because what is left of one is told in one line: who has waited for
  longer than was likely waits on for a time that goes with the wait, never for none (``_still``).
- the pace: of a stage that has shown a share p after e seconds, e·(1-p)/p is left from then on,
  with the newest pace in the place of e/p for the most part: loads change.
- what who trains says itself (``told_left``), where there is more to go by than a share: the folds
  of a search cost what their parameters cost, and a share of their number says little. It takes
  the place of the other two.

Plan and pace are mixed by how sure each is, as the precision-weighted mean of two normal
distributions is (of the logarithm: a time is off by a factor). A plan that the pace contradicts by
more than both admit loses its weight, for then it is about another machine, or another load.
Between two reports the time left counts down: a pace is that of the moment of the report. Where a
stage to come has no estimate at all there is no ground for a number, and none is given.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from .state import RunState, StageState

MIN_SHOWN = 0.01  # below 1 % of a stage, its pace says nothing yet
# How far off the time left by the pace is, as a standard deviation of its logarithm: at least, and
# what a share p adds, by 1/p.
PACE_ERROR = 0.08
PACE_ERROR_AT_FIRST = 0.01
# The same, as it counts beside a plan: a pace that takes its place in one step makes a number jump.
PACE_DOUBT = 0.065
RECENT = 0.9  # how much the newest pace counts, beside that of all that was shown
REMEMBERED = 0.05  # the share of a stage after which a pace counts for a third
PLAN_FACTOR = 3.0  # either way, what a plan without a range may be off by
CONTRADICTED = 1.5  # standard deviations that plan and pace may be apart without either being wrong
NINE_IN_TEN = 1.645  # standard deviations either way
ODDS = 19.0  # 95 to 5: what a log-logistic distribution's range is told by
WIDEST = math.log(1000.0)  # a range that is wider says nothing
LONG = 30.0  # of a wait, as a power of e
UNKNOWN_WEIGHT_S = 60.0  # what a stage without an estimate counts for in the overall bar
ALMOST = 99.9  # a run is at 100 only when it has completed
ALMOST_BY_TIME = 95.0  # a stage whose progress is only guessed from the time does not end by guess


class Left(NamedTuple):
    """Seconds that something still takes, and the range that holds it nine times in ten."""

    seconds: float
    low: float
    high: float


NOTHING = Left(0.0, 0.0, 0.0)


def stage_remaining(stage: StageState) -> Left | None:
    """What is left of a stage, or None where there is no ground for a number."""
    if stage.status in ("completed", "skipped", "failed"):
        return NOTHING
    planned = _planned(stage)
    if stage.status == "pending":
        return planned
    elapsed = stage.elapsed_s or 0.0
    if stage.told_left is not None:
        return _told(stage.told_left, max(0.0, elapsed - (stage.told_s or 0.0)))
    if planned is not None:
        planned = _still(planned, elapsed)
    paced = _paced(stage, elapsed)
    if paced is None or planned is None:
        return planned if paced is None else paced
    return _mixed(planned, paced, PACE_DOUBT / max(MIN_SHOWN, stage.progress / 100.0))


def _planned(stage: StageState) -> Left | None:
    """The whole stage as it was planned."""
    seconds = stage.estimated_s
    if seconds is None:
        return None
    if stage.estimated_range is None or len(stage.estimated_range) != 2:
        return Left(seconds, seconds / PLAN_FACTOR, seconds * PLAN_FACTOR)
    low, high = stage.estimated_range
    return Left(seconds, max(0.0, min(low, seconds)), max(high, seconds))


def _still(whole: Left, since_s: float) -> Left:
    """What is left of something after so long, given that it goes on.

    With the survival 1 / (1 + (t/m)^k) of a log-logistic distribution, the share q of what lasts
    for e lasts beyond m·((1 + (e/m)^k)/q - 1)^(1/k).
    """
    if whole.seconds <= 0 or since_s <= 0:
        return whole
    power = _power(whole)
    waited = power * (math.log(since_s) - math.log(whole.seconds))

    def left_with(share: float) -> float:
        if waited > LONG:  # what was expected does not count any more
            return since_s * (math.exp(-math.log(share) / power) - 1.0)
        least = (1.0 + math.exp(waited)) / share - 1.0
        return max(0.0, whole.seconds * math.exp(math.log(least) / power) - since_s)

    return Left(left_with(0.5), left_with(0.95), left_with(0.05))


def _power(whole: Left) -> float:
    """How steep a log-logistic distribution with this middle and this upper end is."""
    factor = math.log(max(whole.high, whole.seconds)) - math.log(whole.seconds)
    return math.log(ODDS) / min(WIDEST, max(0.05, factor))


def _told(told: list[float], since_s: float) -> Left:
    """What was told to be left, so long after it was told."""
    seconds, low, high = told
    still = _still(Left(seconds, low, high), since_s)
    middle = max(0.0, still.seconds)
    return Left(
        middle, min(middle, max(0.0, low - since_s)), max(middle, high - since_s, still.high)
    )


def _paced(stage: StageState, elapsed: float) -> Left | None:
    """What is left by the pace that a stage has shown."""
    share = min(1.0, max(0.0, stage.progress / 100.0))
    shown_s = elapsed if stage.shown_s is None else min(stage.shown_s, elapsed)
    if stage.progress_estimated or share < MIN_SHOWN or shown_s <= 0:
        return None
    seconds = shown_s / share
    if stage.pace_s is not None:
        seconds += RECENT * (stage.pace_s - seconds)
    seconds *= 1.0 - share
    factor = math.exp(NINE_IN_TEN * (PACE_ERROR + PACE_ERROR_AT_FIRST / share))
    since_s = elapsed - shown_s
    return _told([seconds, seconds / factor, seconds * factor], since_s)


def newest_pace(stage: StageState, percent: float, shown_s: float) -> float | None:
    """Seconds that a whole stage takes at the pace that it comes to this share with.

    An average over the shares shown, in which one counts for less the further back it is.
    """
    before, before_s = (0.0, 0.0) if stage.shown_s is None else (stage.progress, stage.shown_s)
    gained = (percent - before) / 100.0
    if gained <= 0 or shown_s < before_s:
        return None  # begun anew: what was before says nothing
    pace_s = (shown_s - before_s) / gained
    if stage.pace_s is not None:
        pace_s = stage.pace_s + (1.0 - math.exp(-gained / REMEMBERED)) * (pace_s - stage.pace_s)
    return round(pace_s, 4)


def _mixed(planned: Left, paced: Left, doubt: float) -> Left:
    """Both by how sure they are; the plan for less where the pace contradicts it."""
    if min(planned.seconds, paced.seconds) <= 0:
        return paced
    plan_error, pace_error = _error(planned), _error(paced)
    doubted = max(pace_error, PACE_ERROR + doubt)
    apart = math.log(planned.seconds) - math.log(paced.seconds)
    beyond = apart * apart / (plan_error**2 + doubted**2) / CONTRADICTED**2
    plan_weight = 1.0 / (plan_error**2 * (1.0 + beyond))
    pace_weight = 1.0 / doubted**2
    share = plan_weight / (plan_weight + pace_weight)
    middle = paced.seconds * math.exp(share * apart)
    error = 1.0 / math.sqrt(plan_weight + 1.0 / pace_error**2)
    # What the two are apart is part of how little is known.
    spread = NINE_IN_TEN * math.hypot(error, share * (1.0 - share) * apart)
    factor = math.exp(min(WIDEST, spread))
    return Left(middle, middle / factor, middle * factor)


def _error(left: Left) -> float:
    """The standard deviation of a time's logarithm."""
    return max(0.02, math.log(max(left.high, 1e-9) / max(left.seconds, 1e-9)) / NINE_IN_TEN)


def remaining(state: RunState) -> tuple[float, list[float]] | None:
    """Estimate the time left of a run.

    Returns
    -------
    (float, [float, float]) or None
        Seconds left, and the range that holds it nine times in ten; None while nothing is known.
    """
    if state.status not in ("running", "stopping") or not state.stages:
        return None
    total = below = above = 0.0
    for stage in state.stages:
        left = stage_remaining(stage)
        if left is None:
            return None
        total += left.seconds
        # Stages are off each for itself: their errors add up as squares do.
        below = math.hypot(below, left.seconds - left.low)
        above = math.hypot(above, left.high - left.seconds)
    low = max(0.0, total - below)
    return round(total, 2), [round(low, 2), round(total + above, 2)]


def is_told_by_time(stage: StageState) -> bool:
    """Whether a stage under way shows no share of its own that goes with the time."""
    shows = stage.shown_s is not None or (stage.progress > 0 and not stage.progress_estimated)
    return stage.told_left is not None or not shows


def progress_by_time(stage: StageState) -> float | None:
    """How far a stage is likely to be that shows nothing itself, 0-100; None without any ground."""
    left = stage_remaining(stage)
    elapsed = stage.elapsed_s or 0.0
    if left is None or elapsed <= 0:
        return None
    return round(min(ALMOST_BY_TIME, 100.0 * elapsed / (elapsed + left.seconds)), 2)


def overall_progress(state: RunState) -> float:
    """Share of the run that is done, weighted by time.

    Returns
    -------
    float
        0-100, never less than what the state said before.
    """
    if state.status == "completed":
        return 100.0
    done = 0.0
    whole = 0.0
    for stage in state.stages:
        if stage.status in ("completed", "skipped", "failed"):
            weight = max(stage.elapsed_s or 0.0, 1e-3)
            done += weight
        else:
            elapsed = stage.elapsed_s or 0.0
            left = stage_remaining(stage)
            if left is None:
                # Slow at first, and never at its end: there is no ground for more.
                weight = UNKNOWN_WEIGHT_S + elapsed
                done += elapsed * elapsed / weight
            else:
                weight = max(elapsed + left.seconds, 1e-3)
                done += weight * _share_of_time(stage, elapsed, left.seconds)
        whole += weight
    share = 100.0 * done / whole if whole else 0.0
    return round(min(ALMOST, max(state.progress, share)), 2)


def _share_of_time(stage: StageState, elapsed: float, left: float) -> float:
    if stage.status != "running" or elapsed + left <= 0:
        return 0.0
    return elapsed / (elapsed + left)
