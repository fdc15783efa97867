"""How much of a run is done and how long the rest takes, from the time that its stages take.

A stage that has shown nothing is expected to take its ``estimated_s``. Once it has shown progress p
after e seconds, linear growth says e·(1-p)/p from that moment on; the two are mixed, so that the
plan counts at first and the facts in the end. A plan that the pace bears out keeps the weight 1-p.
One that it contradicts loses it sooner: a pace seen over a share p is taken to be off by a factor
of exp(±0.1/p), and a plan further away than that is as unlikely as under a normal distribution of
the logarithm. Between two reports the time left counts down: the pace is that of the moment of the
report, not of a share that has grown old. Where a pending stage has no estimate at all there is no
ground for a number, and none is given.
"""

from __future__ import annotations

import math

from .state import RunState, StageState

MIN_SHOWN = 0.01  # below 1 % of a stage, its pace says nothing yet
# How far off a pace is, as a logarithm, once the whole stage is shown; a tenth of it: ten times so
# far. Of the widths tried on even, uneven and noisy traces the one that gives up a wrong plan
# within the first fifth, and still moves by a few percent from one report to the next.
PACE_ERROR = 0.1
UNKNOWN_WEIGHT_S = 60.0  # what a stage without an estimate counts for in the overall bar
ALMOST = 99.9  # a run is at 100 only when it has completed


def stage_remaining(stage: StageState) -> float | None:
    """Seconds that a stage still takes, or None where there is no ground for a number."""
    if stage.status in ("completed", "skipped", "failed"):
        return 0.0
    if stage.status == "pending":
        return stage.estimated_s
    elapsed = stage.elapsed_s or 0.0
    share = min(1.0, max(0.0, stage.progress / 100.0))
    planned = None if stage.estimated_s is None else max(0.0, stage.estimated_s - elapsed)
    shown_s = elapsed if stage.shown_s is None else min(stage.shown_s, elapsed)
    if share < MIN_SHOWN or shown_s <= 0:
        return planned
    paced = max(0.0, shown_s * (1.0 - share) / share - (elapsed - shown_s))
    if planned is None or stage.estimated_s is None:
        return paced
    weight = _weight_of_plan(stage.estimated_s, shown_s / share, share)
    return weight * planned + (1.0 - weight) * paced


def _weight_of_plan(planned_s: float, paced_s: float, share: float) -> float:
    """How much the plan still counts beside a pace, both as what the whole stage would take."""
    if planned_s <= 0:
        return 0.0
    contradiction = math.log(paced_s / planned_s) * share / PACE_ERROR
    return (1.0 - share) * math.exp(-0.5 * contradiction * contradiction)


def remaining(state: RunState) -> tuple[float, list[float]] | None:
    """Estimate the time left of a run.

    Returns
    -------
    (float, [float, float]) or None
        Seconds left, and the range that it is likely to be in; None while nothing is known.
    """
    if state.status not in ("running", "stopping") or not state.stages:
        return None
    total = 0.0
    low = 0.0
    high = 0.0
    for stage in state.stages:
        left = stage_remaining(stage)
        if left is None:
            return None
        spread = _spread(stage)
        total += left
        low += left / spread
        high += left * spread
    return round(total, 2), [round(low, 2), round(high, 2)]


def _spread(stage: StageState) -> float:
    """The factor either way within which a stage's time left is likely to be."""
    if stage.status == "running" and stage.progress >= 100.0 * MIN_SHOWN:
        return 1.1 + 0.9 * (1.0 - stage.progress / 100.0)
    return 2.0


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
                weight = max(elapsed + left, 1e-3)
                done += weight * _share_of_time(stage, elapsed, left)
        whole += weight
    share = 100.0 * done / whole if whole else 0.0
    return round(min(ALMOST, max(state.progress, share)), 2)


def _share_of_time(stage: StageState, elapsed: float, left: float) -> float:
    if stage.status != "running" or elapsed + left <= 0:
        return 0.0
    return elapsed / (elapsed + left)
