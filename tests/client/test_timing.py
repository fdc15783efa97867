"""Delays between attempts: full jitter under a bound that doubles."""

from __future__ import annotations

from jupyter_progress.client.timing import Timing


def test_the_bound_doubles_up_to_one_second_while_rest_answers():
    timing = Timing()
    bounds = [timing.delay_s(failures, 1.0, is_reachable=True) for failures in range(5)]
    assert bounds == [0.25, 0.5, 1.0, 1.0, 1.0]


def test_the_bound_is_thirty_seconds_while_nothing_answers():
    timing = Timing()
    bounds = [timing.delay_s(failures, 1.0, is_reachable=False) for failures in range(20)]
    assert bounds == sorted(bounds)
    assert bounds[-1] == 30.0
    assert timing.delay_s(10_000, 1.0, is_reachable=False) == 30.0


def test_the_delay_is_anything_below_the_bound():
    timing = Timing()
    assert timing.delay_s(9, 0.0, is_reachable=False) == 0.0
    assert timing.delay_s(9, 0.5, is_reachable=False) == 15.0
