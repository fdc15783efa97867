from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_progress.store.database import connect
from jupyter_progress.store.series import Point, level_for, thinned
from jupyter_progress.store.series_table import SeriesTable, read_series


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = connect(":memory:")
    yield connection
    connection.close()


def read(
    connection: sqlite3.Connection, max_points: int = 1000, since: float | None = None
) -> list[list[float | None]]:
    return read_series(connection, "run", None, max_points, since).get("loss", [])


def wave(count: int) -> list[Point]:
    return [(float(step), math.sin(step / 7) * (step % 101)) for step in range(count)]


@given(
    count=st.integers(1, 3000),
    pieces=st.lists(st.integers(1, 700), min_size=1, max_size=8),
    max_points=st.integers(4, 400),
    forgets=st.booleans(),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_points_in_any_pieces_read_the_same_with_their_extremes(
    connection: sqlite3.Connection,
    count: int,
    pieces: list[int],
    max_points: int,
    forgets: bool,
) -> None:
    connection.execute("DELETE FROM series")
    connection.execute("DELETE FROM chunks")
    points = wave(count)
    table = SeriesTable(connection)
    start = turn = 0
    while start < count:
        piece = pieces[turn % len(pieces)]
        table.append("run", "loss", points[start : start + piece])
        start, turn = start + piece, turn + 1
        if forgets:
            table.forget_all()  # as after a restart
    assert read(connection, count) == [list(point) for point in points]
    few = [tuple(point) for point in read(connection, max_points)]
    assert len(few) <= max(max_points, 2)
    assert few == sorted(few)
    assert set(few) <= set(points)
    assert few[0] == points[0]
    assert few[-1] == points[-1]
    values = [value for _step, value in points]
    if max_points >= 8:
        assert {min(values), max(values)} <= {value for _step, value in few}
    assert table.last_step("run", "loss") == count - 1


def test_missing_values_come_back_as_null_and_hide_no_extreme(
    connection: sqlite3.Connection,
) -> None:
    table = SeriesTable(connection)
    values = [math.nan if step % 3 else float(step) for step in range(2000)]
    table.append("run", "loss", [(float(step), value) for step, value in enumerate(values)])
    assert read(connection, 2000)[:4] == [[0.0, 0.0], [1.0, None], [2.0, None], [3.0, 3.0]]
    few = read(connection, 50)
    assert [1998.0, 1998.0] in few
    assert few[-1] == [1999.0, None]
    table.append("run", "gap", [(float(step), math.nan) for step in range(500)])
    assert all(
        value is None for _step, value in read_series(connection, "run", ["gap"], 50, None)["gap"]
    )


@pytest.mark.parametrize("since", [-1.0, 0.0, 4999.0, 9000.5, 9998.0, 9999.0])
def test_only_what_comes_after_a_step(connection: sqlite3.Connection, since: float) -> None:
    SeriesTable(connection).append("run", "loss", wave(10_000))
    found = read(connection, 100, since)
    assert all(step is not None and step > since for step, _value in found)
    assert len(found) <= 100
    expected = [list(point) for point in wave(10_000) if point[0] > since]
    assert found[-1:] == expected[-1:]
    if len(expected) <= 100:
        assert found == expected


def test_steps_out_of_order_are_read_in_order(connection: sqlite3.Connection) -> None:
    table = SeriesTable(connection)
    table.append("run", "loss", [(3.0, 1.0), (1.0, 2.0)])
    table.append("run", "loss", [(2.0, 3.0)])
    assert read(connection) == [[1.0, 2.0], [2.0, 3.0], [3.0, 1.0]]


def test_series_are_kept_apart(connection: sqlite3.Connection) -> None:
    table = SeriesTable(connection)
    for run in ("run", "other"):
        for name in ("loss", "acc"):
            table.append(run, name, [(1.0, float(len(run + name)))])
    assert read_series(connection, "run", ["acc", "none"], 10, None) == {"acc": [[1.0, 6.0]]}
    assert read_series(connection, "none", None, 10, None) == {}


def test_long_series_is_stored_in_few_rows_and_read_from_a_coarse_level(
    connection: sqlite3.Connection,
) -> None:
    SeriesTable(connection).append("run", "loss", wave(100_000))
    rows = connection.execute("SELECT level, count(*) FROM chunks GROUP BY level").fetchall()
    assert dict(rows)[0] == 391
    assert sum(count for _level, count in rows) < 500
    assert level_for(100_000, 1000) == 2
    assert len(read(connection, 1000)) <= 1000


def test_thinning_to_next_to_nothing_keeps_the_ends() -> None:
    assert thinned(wave(10), 2) == [wave(10)[0], wave(10)[-1]]
    assert thinned(wave(10), 1) == [wave(10)[0]]
    assert thinned([], 10) == []
