"""The estimates, at made-up moments of made-up runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest

from jupyter_progress.core import eta
from jupyter_progress.core.eta import overall_progress, remaining
from jupyter_progress.core.progress import apply_report
from jupyter_progress.core.state import RunState, StageState
from jupyter_progress.core.times import to_iso

replace = msgspec.structs.replace


def stage(status: str, estimated_s: float | None, elapsed_s: float, progress: float) -> StageState:
    return StageState(
        id=status, title=status, status=status, estimated_s=estimated_s, elapsed_s=elapsed_s,
        progress=progress, started_time="2026-01-01T00:00:00Z",
    )  # fmt: skip


def left_of(stage: StageState) -> float:
    """The middle of what is left of a stage that something is known of."""
    found = eta.stage_remaining(stage)
    assert found is not None
    return found.seconds


def run(*stages: StageState, progress: float = 0.0) -> RunState:
    return RunState(run_id="r", status="running", stages=list(stages), progress=progress)


def test_time_left_is_not_known_while_a_stage_has_no_ground_for_a_number() -> None:
    assert remaining(run(stage("completed", 1, 1, 100), stage("pending", None, 0, 0))) is None


def test_pace_counts_more_the_more_it_has_shown() -> None:
    surely = [80.0, 125.0]
    early = left_of(replace(stage("running", 100.0, 1.0, 2.0), estimated_range=surely))
    late = left_of(replace(stage("running", 12.0, 9.0, 90.0), estimated_range=[9.6, 15.0]))
    assert 85 < early < 99  # the plan of 100 s, hardly corrected by a pace that says 49 s
    assert 1.0 < late < 1.5  # the pace says 1 s, the plan 3 s


def test_stage_that_takes_longer_than_planned_is_expected_to_go_on_for_a_time_that_grows() -> None:
    soon = left_of(stage("running", 1.0, 3.0, 0.0))
    late = left_of(stage("running", 1.0, 30.0, 0.0))
    assert 0.0 < soon < late < 30.0


def test_range_holds_the_estimate() -> None:
    found = remaining(run(stage("running", 10, 2, 20), stage("pending", 3, 0, 0)))
    assert found is not None
    left, (low, high) = found
    assert 0 < low < left < high


def test_progress_is_weighted_by_time_and_not_by_count() -> None:
    done = [stage("completed", 0.1, 0.1, 100) for _ in range(5)]
    assert overall_progress(run(*done, stage("pending", 99.5, 0, 0))) < 1.0


def test_progress_never_goes_back() -> None:
    assert overall_progress(run(stage("running", 100, 1, 1), progress=40.0)) == 40.0


def test_progress_is_full_only_when_the_run_has_completed() -> None:
    assert overall_progress(run(stage("completed", 1, 1, 100))) == 99.9


def test_report_brings_elapsed_and_time_left_to_its_moment() -> None:
    start = 1_790_000_000.0
    state = RunState(
        run_id="r", status="running", start_time=to_iso(start), current_stage="train",
        stages=[
            StageState(id="train", title="Train", status="running", started_time=to_iso(start))
        ],
    )  # fmt: skip
    moved = apply_report(state, {"stage": "train", "stage_progress": 25}, to_iso(start + 5))
    assert moved.elapsed_time == 5.0
    assert moved.estimated_remaining == 15.0
    assert moved.progress == 25.0


def test_late_report_of_another_stage_does_not_move_the_current_one() -> None:
    state = RunState(run_id="r", status="running", current_stage="evaluate", stage_progress=10.0)
    moved = apply_report(state, {"stage": "train", "stage_progress": 99, "step": 7}, to_iso(1e9))
    assert (moved.stage_progress, moved.step) == (10.0, None)


def test_report_after_the_end_changes_nothing() -> None:
    state = RunState(run_id="r", status="failed")
    assert apply_report(state, {"throughput": 5.0}, to_iso(1e9)) is state


def test_time_left_counts_down_between_two_reports() -> None:
    start = 1_790_000_000.0
    state = RunState(
        run_id="r", status="running", start_time=to_iso(start), current_stage="train",
        stages=[
            StageState(id="train", title="Train", status="running", started_time=to_iso(start))
        ],
    )  # fmt: skip
    shown = apply_report(state, {"stage": "train", "stage_progress": 20}, to_iso(start + 5))
    later = apply_report(shown, {"resources": {"cpu": 99.0}}, to_iso(start + 15))
    same = apply_report(later, {"stage": "train", "stage_progress": 20}, to_iso(start + 16))
    assert shown.estimated_remaining == 20.0
    assert later.estimated_remaining == pytest.approx(10.0, abs=0.2)
    assert same.estimated_remaining == pytest.approx(9.0, abs=0.2)


def test_stage_without_any_ground_moves_the_bar_slowly_and_never_to_its_end() -> None:
    first = overall_progress(run(stage("running", None, 5.0, 0.0)))
    long_after = overall_progress(run(stage("running", None, 3600.0, 0.0)))
    assert first < 2.0
    assert 50.0 < long_after < 100.0


# Traces of one stage: what it was planned to take, and what it took, report by report.

TOOK_S = 30.0
REPORTS = 100


def even(_share: float) -> float:
    return 1.0


def slower_and_slower(share: float) -> float:
    return 1.0 + 2.0 * share


def in_waves(share: float) -> float:
    return 1.0 + 0.6 * math.sin(12.0 * math.pi * share)


def slow_at_first(share: float) -> float:
    return 3.0 if share < 0.2 else 1.0


def replay(
    planned_s: float, cost: Callable[[float], float], within: float = eta.PLAN_FACTOR
) -> list[tuple[float, float, float]]:
    """At each report: the share shown, the time left that is told, and the one that was true."""
    costs = [cost(index / REPORTS) for index in range(REPORTS)]
    told = []
    for index in range(1, REPORTS):
        elapsed_s = TOOK_S * sum(costs[:index]) / sum(costs)
        shown = stage("running", planned_s, elapsed_s, 100.0 * index / REPORTS)
        left = left_of(replace(shown, estimated_range=[planned_s / within, planned_s * within]))
        told.append((index / REPORTS, left, TOOK_S - elapsed_s))
    return told


def mean_error(told: list[tuple[float, float, float]]) -> float:
    """How far off the time left is, as a share of what the stage took."""
    return sum(abs(left - true) for _, left, true in told) / len(told) / TOOK_S


@pytest.mark.parametrize("times", [1.0, 1 / 2.5, 1 / 4, 3.0])
@pytest.mark.parametrize("cost", [even, slower_and_slower, in_waves, slow_at_first])
def test_time_left_closes_in_on_the_truth(cost: Callable[[float], float], times: float) -> None:
    told = replay(TOOK_S * times, cost)
    quarters = [mean_error(told[at : at + 25]) for at in (0, 25, 50, 75)]
    assert quarters[3] < 0.07
    if times != 1.0:  # a plan that is right has nothing to close in on
        assert all(later <= before for before, later in pairwise(quarters))


@pytest.mark.parametrize("times", [1.0, 1 / 2.5, 1 / 4, 3.0])
@pytest.mark.parametrize("cost", [even, slower_and_slower, in_waves, slow_at_first])
def test_time_left_is_never_negative_and_goes_to_the_pace_in_small_steps(
    cost: Callable[[float], float], times: float
) -> None:
    told = replay(TOOK_S * times, cost)
    assert all(left >= 0 for _, left, _ in told)
    # The widest that plan, pace and truth are apart: what the time left has to cross.
    paces = [(TOOK_S - true) / share for share, _, true in told]
    reach = max(*paces, TOOK_S, TOOK_S * times)
    moves = [abs(after[1] - before[1]) for before, after in pairwise(told)]
    assert max(moves) < 0.12 * reach


def test_plan_that_the_pace_bears_out_is_kept() -> None:
    assert mean_error(replay(TOOK_S, even, within=1.2)) < 0.001
    assert mean_error(replay(TOOK_S, in_waves, within=1.2)) < 0.05


@pytest.mark.parametrize("cost", [even, in_waves])
@pytest.mark.parametrize("times", [1 / 2.5, 3.0])
def test_contradicted_plan_is_given_up_by_a_third_of_the_stage(
    cost: Callable[[float], float], times: float
) -> None:
    later = [moment for moment in replay(TOOK_S * times, cost) if moment[0] >= 1 / 3]
    assert mean_error(later) < 0.07


def test_time_left_does_not_stand_still_where_the_machine_is_busier_than_it_was() -> None:
    # Boosting of 500 steps in 18 s, planned by a history of 5 s: it told "~4 s" from 5 s to 12 s.
    early = left_of(stage("running", 5.0, 5.0, 100 * 77 / 500))
    late = left_of(stage("running", 5.0, 12.0, 100 * 307 / 500))
    assert early > 12
    assert 7 < late < 8
