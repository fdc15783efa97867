"""When looks at a fit are taken: within their share, and often enough."""

from __future__ import annotations

import itertools

import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier

from jupyter_progress.training.fitting import looks
from jupyter_progress.training.fitting.look_budget import LookBudget
from jupyter_progress.training.fitting.thinning import sample_of

from .test_fitting import watched_fit


def looks_that_add_up(
    step_cost_s: float, first_s: float, *, adds_up: bool = True
) -> tuple[list[float], float]:
    """When a fit of three seconds and 600 steps was looked at, and what share that has cost."""
    budget = LookBudget(600, 0.03, adds_up=adds_up)
    looked, last = [], 0
    for step in range(1, 601):
        elapsed_s = step * 0.005
        if step >= 30 and budget.allows(step, elapsed_s):
            spent_s = step_cost_s * (step - last) if looked else first_s
            looked.append(elapsed_s)
            budget.spend(step, elapsed_s, spent_s)
            last = step
    return looked, budget.overhead(3.0)


def test_dear_first_look_does_not_leave_so_many_steps_that_all_are_dear() -> None:
    looked, overhead = looks_that_add_up(step_cost_s=0.00012, first_s=0.024)
    assert len(looked) >= 10
    assert overhead <= 0.03
    # Each as dear as the first, they were four.
    assert len(looks_that_add_up(0.00012, 0.024, adds_up=False)[0]) <= 6


@pytest.mark.parametrize("step_cost_s", [0.0001, 0.0003, 0.001, 0.01])
def test_steps_that_are_dear_to_look_at_cost_no_more_than_the_share(step_cost_s: float) -> None:
    looked, overhead = looks_that_add_up(step_cost_s, first_s=30 * step_cost_s)
    assert looked
    # The first look is the measure; what it costs cannot be known before.
    assert overhead <= max(0.03, (30 * step_cost_s) / 3.0)


@pytest.mark.parametrize("later", [1.0, 4.0, 20.0])
def test_first_look_at_a_sample_says_what_all_rows_will_cost(later: float) -> None:
    budget = LookBudget(600, 0.03, adds_up=True)
    step_cost_s, last = 0.0002, 0  # of all rows: 0.12 s of three seconds, beyond the share
    for step in range(30, 601):
        elapsed_s = step * 0.005
        if budget.allows(step, elapsed_s):
            is_first = last == 0
            asked = step - (last if later == 1.0 or last > 30 else 0)
            spent_s = 30 * step_cost_s / later if is_first else asked * step_cost_s
            budget.spend(step, elapsed_s, spent_s, later=later if is_first else 1.0)
            last = step
    # One look more may be taken than is paid for: the rate of the best so far can be a bad one.
    assert 0.005 < budget.overhead(3.0) <= 0.04


def test_budget_allows_what_the_share_allows_and_no_more():
    budget = LookBudget(1000, 0.03)
    looked = 0
    for step in range(1, 1001):
        elapsed_s = step * 0.01
        if budget.allows(step, elapsed_s):
            looked += 1
            budget.spend(step, elapsed_s, 0.05)
    # Ten seconds at three percent pay for six looks of 50 ms.
    assert 5 <= looked <= 6
    assert budget.overhead(10.0) == pytest.approx(looked * 0.005)


def test_steps_are_told_between_two_looks_that_are_far_apart() -> None:
    budget = LookBudget(total=1000, max_overhead=0.03)
    budget.spend(step=1, elapsed_s=0.0, spent_s=10.0)  # so dear that the next look is minutes away
    told = []
    for step in range(2, 60):
        elapsed_s = step / 10
        assert not budget.allows(step, elapsed_s)
        if budget.is_to_tell(elapsed_s):
            told.append(elapsed_s)
    assert len(told) == 11
    assert all(0.5 <= after - before < 0.7 for before, after in itertools.pairwise(told))


def test_cheap_first_look_says_at_most_what_all_held_out_rows_cost() -> None:
    noted: list[float] = []

    class Noting(LookBudget):
        def spend(self, *given: float, later: float = 1.0) -> None:
            noted.append(later)
            super().spend(*given, later=later)

    X, y = make_classification(4_000, random_state=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looks, "LookBudget", Noting)
        patch.setattr(looks, "MEASURED_STEPS", 1)
        patch.setattr(looks, "MEASURED_S", 0.0)
        watched_fit(HistGradientBoostingClassifier(max_iter=200), X, y, max_overhead=100.0)
    held_out = len(y) // 4
    assert max(noted) == held_out / sample_of(held_out)
