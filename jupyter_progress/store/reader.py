"""Reading the log, from any thread, while its one writer writes."""

from __future__ import annotations

import contextlib
import json
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from ..core.activity import holds_words
from ..core.events import Event
from ..core.run_query import EVERYTHING, RunQuery
from ..core.state import RunState
from ..core.wire import Activity, activity_of
from .finding import count_found, find_page, read_facets
from .series_table import read_series
from .statements import statements

RECENT_RUNS = 20
ACTIVITY_IN_SNAPSHOT = 50
LOOKED_THROUGH = 5000  # lines of the feed, at one question for words
_IDLE_CONNECTIONS = 4
_SQL = statements("read.sql")
_read_state = msgspec.json.Decoder(RunState).decode
_read_data = msgspec.json.Decoder(dict[str, Any]).decode


class LogReader:
    """Answers from the log what REST, snapshots and catch-up ask.

    Parameters
    ----------
    connect
        Opens a connection that can only read.
    on_error
        Called with what a read has met: damage, or rows that are not what was written.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        on_error: Callable[[sqlite3.Error | msgspec.MsgspecError], object] = lambda _error: None,
    ) -> None:
        self._connect = connect
        self._on_error = on_error
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue(_IDLE_CONNECTIONS)
        self._shared: tuple[sqlite3.Connection, threading.RLock] | None = None
        self._is_closed = False
        self._age = 0

    @classmethod
    def sharing(cls, connection: sqlite3.Connection, lock: threading.RLock) -> LogReader:
        """A reader of a log in memory, which has only the writer's connection."""
        reader = cls(lambda: connection)
        reader._shared = (connection, lock)
        return reader

    def close(self) -> None:
        """Close the connections; a read that is under way finishes."""
        self._is_closed = True
        self._close_idle()

    def turn_to_new_file(self) -> None:
        """Read another file in place of the old one from now on."""
        self._age += 1
        self._close_idle()

    def _close_idle(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def head(self) -> int:
        """The offset of the last event; 0 where there is none."""
        with self._connection() as connection:
            return int(connection.execute(_SQL["head"]).fetchone()[0])

    def first_kept(self) -> int:
        """The offset of the oldest event that is kept; 1 in an empty log."""
        with self._connection() as connection:
            return int(connection.execute(_SQL["first_kept"]).fetchone()[0])

    def events(self, since: int, limit: int) -> list[Event]:
        """At most ``limit`` events with an offset beyond ``since``, in order."""
        with self._connection() as connection:
            rows = connection.execute(_SQL["events_after"], (since, limit)).fetchall()
            return [_event_of(row) for row in rows]

    def story(self, run_id: str) -> list[Event]:
        """All events about a run, in the order in which they were logged."""
        with self._connection() as connection:
            rows = connection.execute(_SQL["story"], (run_id,)).fetchall()
            return [_event_of(row) for row in rows]

    def search(self, run_id: str) -> list[tuple[str, dict[str, Any]]]:
        """What a search told of its folds and candidates, in order: types and data."""
        with self._connection() as connection:
            rows = connection.execute(_SQL["search"], (run_id,)).fetchall()
            return [(type, _read_data(data)) for type, data in rows]

    def run(self, run_id: str) -> RunState | None:
        """A run's state, or None where the log does not know it."""
        with self._connection() as connection:
            row = connection.execute(_SQL["run"], (run_id,)).fetchone()
            return _read_state(row[0]) if row else None

    def runs(
        self, query: RunQuery = EVERYTHING, limit: int = 50, before: str | None = None
    ) -> tuple[list[RunState], str | None]:
        """A page of runs.

        Parameters
        ----------
        query
            Which, in which order: by default all, newest first.
        before
            The ``next`` of the page before. It tells a place in the order, not a run: what is
            queued or deleted between two pages makes neither skip nor repeat another.

        Returns
        -------
        (list of RunState, str or None)
            The page, and what the next one comes after; None at the end.

        Raises
        ------
        InvalidRequest
            ``before`` is of another order.
        """
        with self._connection() as connection:
            if query == EVERYTHING and (before is None or "." not in before):
                return _newest_runs(connection, limit, before)
            with _reading(connection):
                found, following = find_page(connection, query, limit, before)
                rows = dict(connection.execute(_SQL["states"], (json.dumps(found),)))
            return [_read_state(rows[run_id]) for run_id in found], following

    def count_runs(self, query: RunQuery = EVERYTHING) -> int:
        """How many runs a query finds, on all of its pages."""
        with self._connection() as connection:
            return count_found(connection, query)

    def facets(self) -> dict[str, list[tuple[str, int]]]:
        """What runs can be found by: ``statuses``, ``tags``, ``estimators`` and ``metrics``.

        Returns
        -------
        dict
            Of each at most 500, with the number of runs that have it, the most frequent first.
        """
        with self._connection() as connection:
            return read_facets(connection)

    def recent_runs(self) -> list[RunState]:
        """All active runs and the newest 20, newest first."""
        with self._connection() as connection:
            rows = connection.execute(_SQL["recent_runs"], (RECENT_RUNS,)).fetchall()
            return [_read_state(row[0]) for row in rows]

    def active_runs(self) -> list[RunState]:
        """All runs that are going on or wait to, oldest first."""
        with self._connection() as connection:
            rows = connection.execute(_SQL["active_runs"]).fetchall()
            return [_read_state(row[0]) for row in rows]

    def activity(
        self,
        level: str | None = None,
        kind: str | None = None,
        limit: int = 50,
        before: int | None = None,
        run_id: str | None = None,
        words: str | None = None,
    ) -> tuple[list[Activity], int | None]:
        """A page of the activity feed, newest first; paged like :meth:`runs`, by offset.

        Parameters
        ----------
        run_id
            Only what is about this run; None for everything.
        words
            Only lines that hold all of these words, however they are written. A page may then have
            fewer lines than its limit, or none, and still go on: a question looks through so many.
        """
        wanted = (words or "").lower().split()
        looked = max(limit, LOOKED_THROUGH) if wanted else limit
        asked = {"level": level, "kind": kind, "before": before, "limit": looked + 1}
        name = "activity" if run_id is None else "activity_of_run"
        if run_id is not None:
            asked["run_id"] = run_id
        with (
            self._connection() as connection,
            contextlib.closing(connection.execute(_SQL[name], asked)) as rows,
        ):
            if wanted:
                return _holding(rows, wanted, limit, looked)
            found = [_activity_of(row) for row in rows]
            return found[:limit], found[limit - 1].offset if len(found) > limit else None

    def series(
        self,
        run_id: str,
        names: list[str] | None = None,
        max_points: int = 1000,
        since_step: float | None = None,
    ) -> dict[str, list[list[float | None]]]:
        """A run's metrics: ``{name: [[step, value], …]}``, with the extremes kept.

        Parameters
        ----------
        names
            Which series; None for all.
        max_points
            The most that each may have.
        since_step
            Only what comes after this step.
        """
        with self._connection() as connection:
            return read_series(connection, run_id, names, max_points, since_step)

    def snapshot(self) -> tuple[int, list[RunState], list[Activity]]:
        """Head, recent runs and newest activity, all at the same position."""
        with self._connection() as connection, _reading(connection):
            head = int(connection.execute(_SQL["head"]).fetchone()[0])
            runs = connection.execute(_SQL["recent_runs"], (RECENT_RUNS,)).fetchall()
            asked = {"level": None, "kind": None, "before": None, "limit": ACTIVITY_IN_SNAPSHOT}
            feed = connection.execute(_SQL["activity"], asked).fetchall()
            return head, [_read_state(row[0]) for row in runs], [_activity_of(row) for row in feed]

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._shared is not None:
            connection, lock = self._shared
            with lock:
                yield connection
            return
        age = self._age
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            yield connection
        except BaseException as error:
            connection.close()
            # What is wrong with a file that has been replaced is known.
            if isinstance(error, sqlite3.Error | msgspec.MsgspecError) and age == self._age:
                self._on_error(error)
            raise
        self._keep(connection, age)

    def _keep(self, connection: sqlite3.Connection, age: int) -> None:
        if not self._is_closed and age == self._age:
            with contextlib.suppress(queue.Full):
                self._idle.put_nowait(connection)
                return
        connection.close()


@contextlib.contextmanager
def _reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold one state of the database over several reads."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def _newest_runs(
    connection: sqlite3.Connection, limit: int, before: str | None
) -> tuple[list[RunState], str | None]:
    time, _, run_id = (before or "").partition("-")
    place = {"before_us": int(time) if time else None, "before": run_id, "limit": limit + 1}
    rows = connection.execute(_SQL["newest_runs"], place).fetchall()
    states = [_read_state(row[0]) for row in rows[:limit]]
    return states, "{1}-{2}".format(*rows[limit - 1]) if len(rows) > limit else None


def _event_of(row: tuple[Any, ...]) -> Event:
    type, time, data, run_id, origin, writer, sequence, offset = row
    return Event(
        type=type,
        time=time,
        data=_read_data(data),
        run_id=run_id,
        origin=origin,
        writer=writer,
        sequence=sequence,
        offset=offset,
    )


def _holding(
    rows: sqlite3.Cursor, words: list[str], limit: int, looked: int
) -> tuple[list[Activity], int | None]:
    """The first lines that hold the words, and where to go on; None where all were looked at."""
    found: list[Activity] = []
    for count, row in enumerate(rows):
        line = _activity_of(row)
        if len(found) == limit or count == looked:
            return found, line.offset + 1
        if holds_words(line, words):
            found.append(line)
    return found, None


def _activity_of(row: tuple[Any, ...]) -> Activity:
    time, run_id, data, offset = row
    event = Event(
        type="activity_update", time=time, data=_read_data(data), run_id=run_id, offset=offset
    )
    activity = activity_of(event)
    assert activity is not None
    return activity
