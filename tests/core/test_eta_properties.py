"""What holds of every time left, whatever is told of a run."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from jupyter_progress.core.events import Event
from jupyter_progress.core.progress import apply_report
from jupyter_progress.core.reduce import reduce
from jupyter_progress.core.state import RunState
from jupyter_progress.core.times import to_iso

START = 1_790_000_000.0
STAGES = ("load", "train", "save")
seconds = some.floats(0.0, 1e6, allow_nan=False)
times = some.lists(seconds, min_size=3, max_size=3)
plans = some.lists(some.tuples(some.none() | seconds, some.none() | times), min_size=3, max_size=3)
reports = some.fixed_dictionaries(
    {},
    optional={
        "stage_progress": some.floats(-10.0, 200.0),
        "stage_left": times | some.just([float("inf"), 0.0, 1.0]) | some.just([-1.0, 0.0, 1.0]),
    },
)
moments = some.lists(some.tuples(some.floats(0.0, 1e5), reports), max_size=8)


def told(plan: list[Any], moments_of: list[list[Any]]) -> list[RunState]:
    """All states of a run whose stages go through such moments, one stage after the other."""
    stages = []
    for name, (whole, between) in zip(STAGES, plan, strict=True):
        known = between and between[:2]
        stage = {"id": name, "title": name, "estimated_s": whole, "estimated_range": known}
        stages.append(stage)
    now_s = START
    found: list[RunState] = []

    def happens(kind: str, data: dict[str, Any]) -> None:
        event = Event(type=kind, time=to_iso(now_s), data=data, run_id="r")
        state = reduce(found[-1] if found else None, event)
        assert state is not None
        found.append(state)

    happens("training_started", {"name": "r", "stages": stages})
    for name, moments_in in zip(STAGES, moments_of, strict=True):
        begun_s = now_s
        happens("stage_started", {"stage": name})
        for later_s, report in moments_in:
            now_s += later_s
            found.append(apply_report(found[-1], {"stage": name, **report}, to_iso(now_s)))
        happens("stage_completed", {"stage": name, "elapsed_s": now_s - begun_s})
    return found


runs = some.lists(moments, min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(plans, runs)
def test_time_left_is_never_negative_and_lies_within_its_range(
    plan: list[Any], moments_of: list[list[Any]]
) -> None:
    for state in told(plan, moments_of):
        if state.estimated_remaining is None:
            assert state.estimated_range is None
            continue
        assert state.estimated_range is not None
        low, high = state.estimated_range
        assert 0.0 <= low <= state.estimated_remaining <= high < float("inf")


@settings(max_examples=60, deadline=None)
@given(plans, runs)
def test_bar_never_goes_back_and_is_full_only_at_the_end(
    plan: list[Any], moments_of: list[list[Any]]
) -> None:
    states = told(plan, moments_of)
    shares = [state.progress for state in states]
    assert shares == sorted(shares)
    assert max(shares) < 100.0


@settings(max_examples=60, deadline=None)
@given(plans, runs)
def test_share_that_is_only_told_by_the_time_says_so_and_never_goes_back(
    plan: list[Any], moments_of: list[list[Any]]
) -> None:
    quiet = [[(later_s, {}) for later_s, _ in moments_in] for moments_in in moments_of]
    before: dict[str, float] = {}
    for state in told(plan, quiet):
        for stage in state.stages:
            assert stage.progress >= before.get(stage.id, 0.0)
            before[stage.id] = stage.progress
            if stage.status == "running" and stage.progress > 0:
                assert stage.progress_estimated
                assert stage.progress <= 95.0
