"""Verdicts on samples of a machine."""

from __future__ import annotations

import itertools

from jupyter_progress.core.health import Health, judge


def sample(**figures: float | None) -> dict[str, object]:
    return {name: {"percent": value} for name, value in figures.items()}


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
    health: Health | None = None
    colours = []
    for _ in range(120):
        health = judge(sample(cpu=100.0), health)
        colours.append(health.status)
    assert colours[:20] == ["green"] * 20
    assert colours[-1] == "yellow"
    assert "red" not in colours
    assert colours == sorted(colours)  # "green" before "yellow", once


def test_processor_that_pauses_now_and_then_makes_no_noise() -> None:
    health: Health | None = None
    colours = []
    for second in range(300):
        health = judge(sample(cpu=10.0 if second % 10 == 0 else 100.0), health)
        colours.append(health.status)
    assert sum(a != b for a, b in itertools.pairwise(colours)) <= 1
