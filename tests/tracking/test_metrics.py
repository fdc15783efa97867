"""The quick way in and the careful one keep the same points."""

from __future__ import annotations

import math
import threading
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_progress.tracking.metrics import MetricLog

VALUES = st.floats(allow_nan=True, allow_infinity=True)
CALLS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["loss", "acc", "lr"]), VALUES, min_size=1),
        st.none() | st.integers(-3, 3),
        st.booleans(),  # whether what was noted so far is sent after it
    ),
    max_size=20,
)


def finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


@given(CALLS)
def test_noting_and_taking_give_the_same_points(
    calls: list[tuple[dict[str, Any], int | None, bool]],
) -> None:
    careful, quick = MetricLog(), MetricLog()
    points: dict[str, list[tuple[float, float | None]]] = {}
    for values, step, is_cut in calls:
        careful.take(None, values, step)
        if not quick.note(dict(values), step):
            quick.take(None, values, step)
        if is_cut:
            for name, column in quick.cut().items():
                points.setdefault(name, []).extend(column)
    for name, column in quick.cut().items():
        points.setdefault(name, []).extend(column)
    points = {
        name: [(step, finite(value)) for step, value in column] for name, column in points.items()
    }
    assert points == careful.cut()
    assert quick.latest == careful.latest
    assert quick.of_stage == careful.of_stage


def test_a_call_that_is_not_plain_is_looked_at() -> None:
    log = MetricLog()
    assert not log.note({"loss": 0.5}, None)  # a name that is new
    log.take(None, {"loss": 0.5, "accuracy": 0.5}, None)
    assert log.note({"loss": 0.5}, None)
    for values, step in (
        ({"loss": 1}, None), ({"loss": "0.5"}, None), ({"accuracy": 0.5}, None), ({}, None),
        ({"loss": 0.5}, 1.5), ({"loss": 0.5}, True), ({"loss": 0.5}, 2**53 + 1),
    ):  # fmt: skip
        assert not log.note(values, step), (values, step)


def test_no_point_is_lost_or_kept_twice_while_somebody_takes_them() -> None:
    log = MetricLog()
    log.take(None, {"loss": 0.0}, 0)
    count = 20_000
    taken: list[tuple[float, float | None]] = []
    is_done = threading.Event()

    def take() -> None:
        while not is_done.is_set():
            taken.extend(log.cut().get("loss", []))

    taker = threading.Thread(target=take)
    taker.start()
    for step in range(1, count):
        assert log.note({"loss": float(step)}, step)
    is_done.set()
    taker.join()
    taken.extend(log.cut().get("loss", []))
    assert taken == [(step, float(step)) for step in range(count)]
