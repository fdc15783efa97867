"""The series store in the log's database: appending, and reading a chart's worth."""

from __future__ import annotations

import itertools
import math
import sqlite3
from array import array

from .series import (
    LEVELS,
    Point,
    SeriesTail,
    bucket_points,
    entries_per_chunk,
    level_for,
    thinned,
    unpack,
)
from .statements import statements

_WRITE = statements("write.sql")
_READ = statements("read.sql")
# Series that are written to at the same time; what is beyond is read again from the database.
_TAILS_KEPT = 2000


class SeriesTable:
    """Appends to series, inside of the caller's transaction.

    Parameters
    ----------
    connection
        The log's writing connection.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tails: dict[tuple[str, str], tuple[int, SeriesTail]] = {}

    def append(self, run_id: str, name: str, points: list[Point]) -> None:
        """Add points at the end of a series."""
        if not points:
            return
        found = self._tail(run_id, name)
        if found is None:
            cursor = self._connection.execute(_WRITE["add_series"], (run_id, name))
            assert cursor.lastrowid is not None
            found = self._tails[run_id, name] = (cursor.lastrowid, SeriesTail())
        series_id, tail = found
        chunks = tail.append(points)
        self._connection.executemany(
            _WRITE["put_chunk"],
            [
                (series_id, chunk.level, chunk.number, chunk.entries, chunk.max_step, chunk.data)
                for chunk in chunks
            ],
        )
        newest = None if math.isnan(tail.last_value) else tail.last_value
        self._connection.execute(
            _WRITE["put_series"], (tail.points, tail.last_step, newest, series_id)
        )
        if len(self._tails) > _TAILS_KEPT:
            self.forget_all()

    def last_step(self, run_id: str, name: str) -> float | None:
        """The step of the newest point, or None."""
        found = self._tail(run_id, name)
        return found[1].last_step if found else None

    def forget(self, run_id: str) -> None:
        """Drop what is remembered of a run's series."""
        for key in [key for key in self._tails if key[0] == run_id]:
            del self._tails[key]

    def forget_all(self) -> None:
        """Drop what is remembered; after a rollback it is not what the database holds."""
        self._tails.clear()

    def _tail(self, run_id: str, name: str) -> tuple[int, SeriesTail] | None:
        known = self._tails.get((run_id, name))
        if known is not None:
            return known
        row = self._connection.execute(_WRITE["find_series"], (run_id, name)).fetchone()
        if row is None:
            return None
        series_id, points, last_step, last_value = row
        tail = SeriesTail(points, last_step, math.nan if last_value is None else last_value)
        for level in range(LEVELS + 1):
            number, rest = divmod(points // bucket_points(level), entries_per_chunk(level))
            if rest:
                place = (series_id, level, number)
                data = self._connection.execute(_WRITE["find_chunk"], place).fetchone()[0]
                tail.tails[level] = array("d", data)
        tail.restore()
        self._tails[run_id, name] = (series_id, tail)
        return series_id, tail


def read_series(
    connection: sqlite3.Connection,
    run_id: str,
    names: list[str] | None,
    max_points: int,
    since_step: float | None,
) -> dict[str, list[list[float | None]]]:
    """Read series of a run, each as at most ``max_points`` points with the extremes kept."""
    found: dict[str, list[list[float | None]]] = {}
    rows = connection.execute(_READ["series_of_run"], (run_id,)).fetchall()
    for name, series_id, points, last_step, last_value in rows:
        if names is not None and name not in names:
            continue
        newest = (last_step, math.nan if last_value is None else last_value)
        kept = _read_one(connection, series_id, points, newest, max_points, since_step)
        found[name] = [[step, None if value != value else value] for step, value in kept]
    return found


def _read_one(
    connection: sqlite3.Connection,
    series_id: int,
    points: int,
    newest: Point,
    max_points: int,
    since_step: float | None,
) -> list[Point]:
    wanted, first_chunk = points, 0
    if since_step is not None:
        wanted = connection.execute(_READ["points_since"], (series_id, since_step)).fetchone()[0]
    level = level_for(wanted, max_points)
    if since_step is not None:
        place = (series_id, level, since_step)
        first_chunk = connection.execute(_READ["first_chunk_since"], place).fetchone()[0]
    read: list[Point] = []
    for (data,) in connection.execute(_READ["chunks"], (series_id, level, first_chunk)):
        read += unpack(level, data)
    if level:
        read = _first_point(connection, series_id) + read
        covered = points // bucket_points(level) * bucket_points(level)
        read += _points_from(connection, series_id, covered)
        if not read or read[-1] != newest:
            read.append(newest)
    if since_step is not None:
        read = [point for point in read if point[0] > since_step]
    if any(later[0] < earlier[0] for earlier, later in itertools.pairwise(read)):
        read.sort(key=lambda point: point[0])
    return thinned(read, max_points)


def _first_point(connection: sqlite3.Connection, series_id: int) -> list[Point]:
    data = connection.execute(_WRITE["find_chunk"], (series_id, 0, 0)).fetchone()[0]
    return unpack(0, data[:16])


def _points_from(connection: sqlite3.Connection, series_id: int, first: int) -> list[Point]:
    """The points from the ``first``-th on: those that no whole entry of the level covers yet."""
    number, skipped = divmod(first, entries_per_chunk(0))
    read: list[Point] = []
    for (data,) in connection.execute(_READ["chunks"], (series_id, 0, number)):
        read += unpack(0, data)
    return read[skipped:]
