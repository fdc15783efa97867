"""How often a fit is looked at."""

from __future__ import annotations

import pytest

from jupyter_progress.training.fitting.pace import GrowthPace


def play(
    total: int, member_s: float, call_s: float, watch_s: float, workers: int = 1
) -> tuple[list[int], GrowthPace]:
    """Grow an ensemble whose costs are known, on a clock of numbers."""
    pace = GrowthPace(total, 0.03, workers)
    grown: list[int] = []
    while sum(grown) < total:
        increment = pace.next_increment(sum(grown))
        grown.append(increment)
        pace.observe(increment, call_s + member_s * increment, watch_s)
        if len(grown) == 1:
            pace.observe_call(call_s)
    return grown, pace


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("total", [1, 3, 10, 100, 1000])
@pytest.mark.parametrize("member_s", [1e-4, 0.01, 3.0])
def test_increments_sum_up_and_none_is_empty(total, member_s, workers):
    grown, _ = play(total, member_s, 0.01, 0.001, workers)
    assert sum(grown) == total
    assert min(grown) > 0


@pytest.mark.parametrize("max_overhead", [0.0, 1e-320, 1e-9])
def test_a_share_of_next_to_nothing_has_all_grown_at_once(max_overhead: float) -> None:
    pace = GrowthPace(1000, max_overhead)
    pace.observe(10, 0.1, 0.001)
    pace.observe_call(0.001)
    assert pace.next_increment(10) == 40  # four times the most that was measured
    assert pace.portion(10) == 505  # what takes five seconds


def test_a_portion_pays_for_the_wait_at_its_end_and_is_no_bet_where_members_are_slow() -> None:
    quick = GrowthPace(1000, 0.03, workers=2)
    quick.observe(2, 0.02, 0.001)
    quick.observe_call(0.0)
    # One of two waits for half a member on average: 34 are that within half of 3 %.
    assert quick.portion(2) == 34
    slow = GrowthPace(1000, 0.03, workers=2)
    slow.observe(2, 20.0, 0.001)
    slow.observe_call(0.0)
    assert slow.portion(2) == 8
    slow.observe_portion(8)
    assert slow.portion(10) == 32


@pytest.mark.parametrize("member_s", [0.02, 0.2, 3.0])
def test_ten_looks_or_more_where_they_are_within_their_share(member_s):
    grown, pace = play(100, member_s, 0.001, 0.001)
    assert len(grown) >= 10
    assert pace.overhead < 0.03


def test_how_long_it_takes_is_not_told_by_one_member_that_was_slow() -> None:
    pace = GrowthPace(60, 0.03)
    assert pace.seconds_left(0) is None
    pace.observe(1, 0.05, 0.001)  # on a busy machine, or the first call of all
    pace.observe_call(0.001)
    assert pace.seconds_left(1) is None
    pace.observe(20, 0.1, 0.001)
    assert pace.seconds_left(21) == pytest.approx(39 * 0.007, rel=0.05)


def test_looks_that_are_too_dear_are_fewer():
    grown, _ = play(100, 0.01, 0.05, 0.05)
    assert len(grown) <= 5


def test_cost_of_a_call_is_not_what_noise_added_to_the_first_increments():
    pace = GrowthPace(1000, 0.03)
    pace.observe(1, 0.5, 0.001)  # a busy machine
    pace.observe_call(0.001)
    for _ in range(20):
        pace.observe(10, 0.1, 0.001)
    assert pace.overhead < 0.03
    assert pace.next_increment(201) <= 20


def test_cheap_looks_at_slow_members_come_after_each():
    grown, pace = play(50, 3.0, 0.001, 0.001)
    assert grown == [1] * 50
    assert pace.overhead < 0.03


def test_overhead_stays_within_its_share():
    for member_s, call_s, watch_s in ((0.05, 0.05, 0.01), (0.02, 0.03, 0.002), (0.2, 0.1, 0.2)):
        _, pace = play(1000, member_s, call_s, watch_s)
        assert pace.overhead < 0.035


def test_looks_come_no_oftener_than_a_view_can_show():
    grown, _ = play(100_000, 0.001, 0.0, 0.0)
    assert len(grown) < 100 / 0.1 + 20


def test_increments_are_whole_rounds_of_all_workers():
    grown, _ = play(500, 0.05, 0.01, 0.001, workers=4)
    assert all(increment % 4 == 0 for increment in grown[:-1])
