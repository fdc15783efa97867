"""An hour of health as columns: the figures of the samples, and None for each unknown one."""

from __future__ import annotations

from typing import Any

from jupyter_progress.core.health_columns import FIGURES, columns_of, figure_of


def sample_of(second: int, gpus: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"time": f"2026-11-22T10:00:{second:02d}.500Z", "gpus": gpus, **more}


def card_of(percent: float | None) -> dict[str, Any]:
    memory = None if percent is None else {"percent": percent / 2, "used": 1, "limit": 2}
    return {"name": "T4", "percent": percent, "memory": memory}


SAMPLES = [
    sample_of(0, [], memory={"percent": 40, "used": 1, "limit": 2}, event_loop_lag=0.5),
    sample_of(2, [card_of(50)], memory={"percent": None}, event_loop_lag=None),
    sample_of(5, [card_of(None)], memory=None, network={"in": True, "out": 3.5}),
]


def test_columns_say_what_the_samples_say() -> None:
    columns = columns_of(SAMPLES)
    assert set(FIGURES) < set(columns["figures"])
    for path, values in columns["figures"].items():
        assert values == [figure_of(sample, path) for sample in SAMPLES], path
    assert columns["figures"]["memory.percent"] == [40, None, None]
    assert columns["figures"]["network.in"] == [None] * 3  # true is no number
    assert columns["figures"]["network.out"] == [None, None, 3.5]


def test_columns_have_the_cards_that_there_ever_were() -> None:
    columns = columns_of(SAMPLES)
    assert columns["figures"]["gpus.0.percent"] == [None, 50, None]
    assert columns["figures"]["gpus.0.memory.percent"] == [None, 25, None]
    assert columns["gpus"] == ["T4"]


def test_key_that_is_a_digit_and_no_number_names_no_place() -> None:
    sample = {"gpus": [{"percent": 1}, {"percent": 2}, {"percent": 3}]}
    assert figure_of(sample, "gpus.1.percent") == 2
    for key in ("²", "٢", "-1", ""):
        assert figure_of(sample, f"gpus.{key}.percent") is None


def test_times_are_seconds_after_the_first() -> None:
    columns = columns_of(SAMPLES)
    assert columns["since"] == "2026-11-22T10:00:00.500Z"
    assert columns["seconds"] == [0, 2, 5]
    nothing = columns_of([])
    assert (nothing["since"], nothing["seconds"], nothing["gpus"]) == (None, [], [])
    assert nothing["figures"]["cpu.percent"] == []
