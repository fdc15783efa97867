"""The time left of recorded trainings, beside tqdm's: a part of ``make bench ARGS=eta``."""

from __future__ import annotations

from statistics import mean

import pytest
from threadpoolctl import threadpool_limits

from benchmarks.eta import BesideTqdm, Compared, beside_tqdm, compare, coverage_of, jump_of, told_of
from benchmarks.replay import load_traces, replayed

SOME_UNEVEN = ("search-C", "search-leaves", "search-sizes", "stages-growing")


@pytest.fixture(scope="module", params=["some", pytest.param("whole", marks=pytest.mark.slow)])
def compared(request: pytest.FixtureRequest) -> list[Compared]:
    """All kinds of recordings, each as its runs; quickly: some uneven ones, and all even ones."""
    traces = load_traces()
    if request.param == "some":
        traces = [each for each in traces if each[0].even or each[0].kind in SOME_UNEVEN]
    # Small matrices on a busy machine: threads wait for each other.
    with threadpool_limits(limits=1):
        return [compare(each) for each in traces]


def of(compared: list[Compared], even: bool) -> list[Compared]:
    found = [each for each in compared if each.even is even]
    assert found
    return found


def test_first_run_of_uneven_steps_is_at_most_half_as_far_off_as_tqdm_in_the_mean_over_kinds(
    compared: list[Compared],
) -> None:
    first, _again = beside_tqdm("uneven", of(compared, even=False))
    assert first.bar == 0.5
    assert not first.is_over, first.line()


def test_repeated_run_of_uneven_steps_is_at_most_a_quarter_as_far_off_in_the_mean_over_kinds(
    compared: list[Compared],
) -> None:
    _first, again = beside_tqdm("uneven", of(compared, even=False))
    assert again.bar == 0.25
    assert not again.is_over, again.line()


def test_even_steps_are_told_no_worse_than_by_tqdm_in_the_mean_over_kinds(
    compared: list[Compared],
) -> None:
    for told in beside_tqdm("even", of(compared, even=True)):
        assert told.bar == 1.0
        assert not told.is_over, told.line()


def test_kind_that_is_over_the_bar_is_flagged_in_the_table() -> None:
    within = BesideTqdm("a kind, first", 0.10, "", "tqdm", 0.20, 0.5)
    over = BesideTqdm("a kind, first", 0.11, "", "tqdm", 0.20, 0.5)
    assert "over" not in within.line()
    assert over.line().endswith("0.55 ×, **over 0.5 ×** |")


@pytest.mark.parametrize("which", ["first", "again"])
def test_range_holds_the_truth_nine_times_in_ten(compared: list[Compared], which: str) -> None:
    held = [coverage_of(getattr(each, which)) for each in compared]
    # 30 runs whose moments go together: the standard error of the share is about 0.03.
    assert mean(held) >= 0.9 - 0.03


@pytest.mark.parametrize("even", [False, True])
def test_time_left_moves_less_than_that_of_tqdm(compared: list[Compared], even: bool) -> None:
    kinds = of(compared, even)
    theirs = mean(jump_of(each.tqdm) for each in kinds)
    assert mean(jump_of(each.first) for each in kinds) < 0.75 * theirs
    assert mean(jump_of(each.again) for each in kinds) < 0.75 * theirs


def test_nothing_is_known_of_a_first_fit_of_one_call_and_something_of_the_next() -> None:
    (traces,) = load_traces(["stages-one-call"])
    middle = [0.5 * traces[0].took_s]
    (first,), (again,) = replayed(traces[0], (), middle), replayed(traces[0], traces[1:], middle)
    assert first.estimated_remaining is None
    assert again.estimated_remaining is not None
    train = next(stage for stage in again.stages if stage.id == "train")
    assert train.progress_estimated
    assert told_of(traces[0], traces[1:]).known == 1.0
