"""Verdicts on samples of a machine."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_progress.core.health import Health, judge
from jupyter_progress.core.times import to_iso


def sample(at: float = 0.0, **figures: float | None) -> dict[str, object]:
    gauges = {name: {"percent": value} for name, value in figures.items()}
    return {"time": to_iso(1_800_000_000.0 + at), **gauges}


def watched(percents: Sequence[float], every_s: float = 1.0) -> list[Health]:
    """The verdicts on a processor that is sampled regularly."""
    judged: list[Health] = []
    for index, percent in enumerate(percents):
        before = judged[-1] if judged else None
        judged.append(judge(sample(at=index * every_s, cpu=percent), before))
    return judged


def test_quiet_machine_is_green_without_reasons() -> None:
    health = judge(sample(cpu=5.0, memory=20.0, disk=30.0))
    assert (health.status, health.reasons, health.over) == ("green", [], {})


def test_worst_figure_gives_the_colour_and_every_figure_its_reason() -> None:
    health = judge(sample(swap=60.0, memory=93.0))
    assert health.status == "red"
    assert health.reasons == [
        "memory at 93 % (red from 92 %)",
        "swap at 60 % (yellow from 50 %)",
    ]


def test_colour_goes_back_only_below_the_margin() -> None:
    yellow = judge(sample(memory=80.5))
    assert yellow.status == "yellow"
    still = judge(sample(memory=78.0), yellow)
    assert still.status == "yellow"
    assert judge(sample(memory=76.9), still).status == "green"
    assert judge(sample(memory=78.0)).status == "green"


def test_red_falls_to_yellow_before_green() -> None:
    red = judge(sample(memory=93.0))
    assert judge(sample(memory=90.0), red).status == "red"
    assert judge(sample(memory=88.0), red).status == "yellow"


def test_missing_figures_are_not_judged() -> None:
    assert judge({"cpu": None, "memory": {"percent": None}, "disk": "?"}).status == "green"


def test_busy_processor_is_told_once_it_lasts_and_never_as_an_alarm() -> None:
    judged = watched([100.0] * 120)
    assert [health.status for health in judged] == ["green"] * 30 + ["yellow"] * 90
    assert judged[-1].reasons == ["CPU averaged 100 % over the last 30 s (yellow from 97 %)"]


def test_processor_that_pauses_now_and_then_makes_no_noise() -> None:
    judged = watched([10.0 if second % 10 == 0 else 100.0 for second in range(300)])
    assert {health.status for health in judged} == {"green"}


def test_average_is_that_of_the_seconds_it_names_whatever_the_rate_of_the_samples() -> None:
    rare, often = watched([100.0] * 20, every_s=2.0)[-1], watched([50.0] * 15)[-1]
    assert rare.status == "yellow"
    health = judge(sample(cpu=100.0, at=1000.0))
    for second in range(1, 31):
        health = judge(sample(cpu=100.0, at=1000.0 + second), health)
    for second in range(15):
        health = judge(sample(cpu=74.0, at=1031.0 + second), health)
    assert health.reasons == [
        "CPU averaged 87 % over the last 30 s (yellow from 97 %, green again below 85 %)"
    ]
    # One sample that stands for ten seconds weighs what ten of one second do.
    assert judge(sample(cpu=74.0, at=1055.0), health).status == "green"
    assert often.reasons == []


def test_green_does_not_deny_a_figure_that_is_over_its_threshold_now() -> None:
    early = watched([99.0] * 5)[-1]
    assert (early.status, early.reasons) == ("green", [])
    assert early.remarks == ["CPU is at 99 % now; it is judged by its average over 30 s"]
    late = watched([50.0] * 60 + [99.0])[-1]
    assert late.remarks == [
        "CPU is at 99 % now, and averaged 51.6 % over the last 30 s (yellow from 97 %)"
    ]
    assert watched([50.0] * 60)[-1].remarks == []


def test_colour_that_the_margin_holds_says_when_it_goes_back() -> None:
    yellow = judge(sample(memory=78.0), judge(sample(memory=80.5)))
    assert yellow.reasons == ["memory at 78 % (yellow from 80 %, green again below 77 %)"]
    red = judge(sample(memory=90.0), judge(sample(memory=93.0)))
    assert red.reasons == ["memory at 90 % (red from 92 %, yellow again below 89 %)"]


def test_average_begins_anew_where_the_clock_was_put_back() -> None:
    health = watched([100.0] * 60)[-1]
    assert judge(sample(cpu=100.0, at=10.0), health).status == "green"
