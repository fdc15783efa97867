"""Verdicts on samples of a machine."""

from __future__ import annotations

from jupyter_progress.core.health import Health, judge


def sample(**figures: float | None) -> dict[str, object]:
    return {name: {"percent": value} for name, value in figures.items()}


def test_quiet_machine_is_green_without_reasons() -> None:
    assert judge(sample(cpu=5.0, memory=20.0, disk=30.0)) == Health()


def test_worst_figure_gives_the_colour_and_every_figure_its_reason() -> None:
    health = judge(sample(cpu=95.0, memory=93.0))
    assert health.status == "red"
    assert health.reasons == [
        "CPU at 95 % (yellow from 90 %)",
        "memory at 93 % (red from 92 %)",
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
