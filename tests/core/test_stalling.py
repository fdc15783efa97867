"""When a silence is longer than its own history makes likely: the rule, at made-up times."""

from __future__ import annotations

import pytest

from jupyter_progress.core.activity import activity_for
from jupyter_progress.core.stalling import FLOOR_S, StallWatch, likely_silence_s


def test_fit_without_steps_that_computes_never_stalls_without_a_history():
    watch = StallWatch(0.0)
    watch.stage_began(1.0, None)
    for now_s in range(2, 100_000, 100):
        watch.sampled(now_s, 99.0)
        assert watch.judge(now_s) is None


def test_fit_without_steps_is_judged_by_what_earlier_runs_took():
    watch = StallWatch(0.0)
    watch.stage_began(0.0, 30.0)
    watch.sampled(0.0, 100.0)
    assert watch.judge(299.0) is None
    verdict = watch.judge(301.0)
    assert verdict is not None
    assert (verdict.quiet_s, verdict.likely_s, verdict.uses_cpu) == (301.0, 300.0, True)


def test_silence_without_cpu_is_told_after_a_minute_and_not_by_a_moment_of_rest():
    watch = StallWatch(0.0)
    watch.stage_began(0.0, None)
    for now_s in range(1, 70):
        watch.sampled(float(now_s), 0.3)
        verdict = watch.judge(float(now_s))
        assert (verdict is not None) == (now_s > FLOOR_S)
    assert verdict is not None
    assert not verdict.uses_cpu
    watch.sampled(70.0, 100.0)
    watch.sampled(71.0, 0.0)  # waits for a disk, say
    assert watch.judge(72.0) is None


def test_steps_are_judged_by_the_longest_between_them():
    watch = StallWatch(0.0)
    watch.stage_began(0.0, 5000.0)
    now_s = 0.0
    for gap_s in (4.0, 9.0, 3.0, 5.0, 6.0, 4.0, 2.0, 3.0, 4.0, 10.0):
        now_s += gap_s
        assert watch.heard(now_s) == gap_s
        watch.sampled(now_s, 150.0)
    # Not by the earlier run's 5,000 s any more: ten gaps say more.
    assert watch.judge(now_s + 219.0) is None
    assert watch.judge(now_s + 221.0) is not None
    watch.heard(now_s + 222.0)
    assert watch.judge(now_s + 223.0) is None


def test_next_stage_has_a_history_of_its_own():
    watch = StallWatch(0.0)
    for now_s in range(20):
        watch.heard(float(now_s))
    watch.stage_began(20.0, None)
    watch.sampled(20.0, 100.0)
    assert watch.judge(100_000.0) is None


@pytest.mark.parametrize("uses_cpu", [True, False])
def test_bound_never_grows_tighter_with_doubt(uses_cpu):
    of_gaps = [likely_silence_s(n, 30.0, None, uses_cpu=uses_cpu) for n in range(1, 50)]
    assert of_gaps == sorted(of_gaps, reverse=True)
    assert of_gaps[-1] > 30.0 * 5
    assert likely_silence_s(3, 0.01, 0.01, uses_cpu=uses_cpu) == FLOOR_S
    busy, idle = (likely_silence_s(9, 30.0, 9.0, uses_cpu=busy) for busy in (True, False))
    assert busy > idle


def test_nothing_is_told_where_it_is_switched_off():
    watch = StallWatch(0.0, floor_s=0.0)
    watch.sampled(0.0, 0.0)
    assert watch.judge(1e9) is None


def test_feed_names_a_deadlock_only_where_nothing_computes():
    facts = {"stage": "train", "quiet_s": 125.0, "likely_s": 60.0, "uses_cpu": False}
    idle = activity_for("training_stalled", facts, "digits")
    assert idle["level"] == "warning"
    assert idle["text"] == (
        "digits has stalled in Train: nothing heard for 2 min 05 s, and it uses no CPU: it waits "
        "for something, or for itself (a deadlock)"
    )
    busy = activity_for("training_stalled", {**facts, "uses_cpu": True}, "digits")
    assert "deadlock" not in busy["text"]
    assert "more than 60 s is not likely" not in busy["text"]
    assert "more than 1 min 00 s is not likely, though it still computes" in busy["text"]
