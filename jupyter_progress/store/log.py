"""The log: a server's ordered index of all events, in SQLite. This is its one writer."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
from pathlib import Path
from typing import Final

import msgspec

from ..core.state import RunState, begun_us
from ..core.times import to_iso
from .batch import Batch, Cursor
from .database import connect, connect_reader, journal_mode, set_aside
from .finding import drop_found, put_found
from .reader import LogReader
from .series_table import SeriesTable
from .soundness import Damaged, note_damage, seal, speaks_of_damage
from .statements import statements

logger = logging.getLogger(__name__)

MEMORY: Final = ":memory:"
_SQL = statements("write.sql")
_encode = msgspec.json.Encoder().encode


class Log:
    """A log that is open for writing; one thread at a time writes.

    Attributes
    ----------
    log_id
        Identity of this log; offsets of another one mean nothing here. Empty while the file is
        being replaced.
    openings
        How often it was opened, from 1; what volatile revisions begin with.
    head
        The offset of the last event; 0 where there is none.
    journal_mode
        SQLite's: ``wal``; ``delete`` on network file systems; ``memory``.
    damage
        What a read or a write has found wrong with the file; None where nothing has.
    """

    def __init__(self, path: Path | str, connection: sqlite3.Connection) -> None:
        self.path = path
        self.is_open = True
        # A log in memory has one connection for all, and readers must not see half a transaction.
        self.lock = threading.RLock()
        self._take_up(connection)

    def _take_up(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.damage: str | None = None
        self.journal_mode = journal_mode(connection)
        self.log_id, self.openings = connection.execute(_SQL["find_identity"]).fetchone()
        self.head: int = connection.execute(_SQL["extent"]).fetchone()[1]
        self._series = SeriesTable(connection)

    @classmethod
    def open(cls, path: Path | str, *, now: float) -> Log:
        """Open a log, or make it. A damaged file is set aside and a new log begun.

        Parameters
        ----------
        path
            The database file, or ``":memory:"``.
        now
            The time, in seconds since 1970-01-01 UTC.

        Raises
        ------
        LogTooNew
            A later version of jupyter-progress wrote it.
        """
        try:
            return cls._open(path, now)
        except Damaged as damage:
            set_aside(Path(path), str(damage))
        return cls._open(path, now)

    @classmethod
    def _open(cls, path: Path | str, now: float) -> Log:
        connection = connect(path)
        try:
            _begin_opening(connection, now)
            return cls(path, connection)
        except (sqlite3.Error, UnicodeDecodeError, Damaged) as error:
            connection.close()
            if isinstance(error, sqlite3.OperationalError | Damaged):
                raise
            raise Damaged(str(error)) from error

    def renew(self, now: float) -> None:
        """Set the damaged file aside, and begin a new log in its place.

        Parameters
        ----------
        now
            The time, in seconds since 1970-01-01 UTC.

        Raises
        ------
        sqlite3.Error, OSError
            There is no room for it, for instance: it can be tried again.
        """
        path, damage = Path(self.path), self.damage or "it was found damaged"
        with self.lock:
            # Before anything of the new file can be read: offsets of the two do not mix.
            self.log_id = ""
            self._connection.close()
            if path.exists():
                set_aside(path, damage)
            connection = connect(path)
            _begin_opening(connection, now)
            self._take_up(connection)

    def note(self, error: Exception) -> None:
        """Take down what a read or a write has met, if it speaks of damage."""
        if self.path != MEMORY and speaks_of_damage(error):
            self.damage = str(error)
            note_damage(Path(self.path))

    def close(self) -> None:
        """Close the writing connection; readers are closed by themselves."""
        with self.lock:
            was_open, self.is_open = self.is_open, False
            self._connection.close()
            if was_open and self.path != MEMORY:
                self._seal(Path(self.path))

    def _seal(self, path: Path) -> None:
        try:
            seal(path)
        except OSError as error:  # a full disk: it is checked in another way when next opened
            logger.info("%s was closed without a seal: %s", path, error)

    def reader(self) -> LogReader:
        """A reader of this log, for any thread."""
        if self.path == MEMORY:
            return LogReader.sharing(self._connection, self.lock)
        return LogReader(lambda: connect_reader(self.path), on_error=self.note)

    def cursors(self) -> dict[tuple[str, str], Cursor]:
        """How far each journal is logged, by origin and writer."""
        with self.lock:
            rows = self._connection.execute(_SQL["all_cursors"]).fetchall()
        return {(origin, writer): Cursor(*rest) for origin, writer, *rest in rows}

    def statuses(self) -> dict[str, str]:
        """The status of every run that is known."""
        with self.lock:
            return dict(self._connection.execute(_SQL["all_statuses"]).fetchall())

    def forgotten(self) -> set[str]:
        """The ids of deleted runs."""
        with self.lock:
            return {row[0] for row in self._connection.execute(_SQL["forgotten"])}

    def last_step(self, run_id: str, name: str) -> float | None:
        """The step of a series' newest point; None where it has none."""
        with self.lock:
            return self._series.last_step(run_id, name)

    def commit(self, batch: Batch) -> None:
        """Write all of a batch, or nothing of it.

        Raises
        ------
        sqlite3.Error
            Nothing was written.
        """
        with self.lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._write(batch)
                self._connection.execute("COMMIT")
            except BaseException as error:
                self._series.forget_all()
                if isinstance(error, sqlite3.Error):
                    self.note(error)
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self.head = batch.next_offset - 1

    def _write(self, batch: Batch) -> None:
        many = self._connection.executemany
        many(_SQL["add_event"], _event_rows(batch))
        many(_SQL["add_activity"], _activity_rows(batch))
        for run_id, state in batch.states.items():
            self._put_run(run_id, state)
        for run_id, series in batch.points.items():
            for name, points in series.items():
                self._series.append(run_id, name, points)
        for run_id, offset in batch.forgotten.items():
            self._forget(run_id, offset, for_good=run_id not in batch.vanished)
        many(
            _SQL["put_cursor"],
            [
                (origin, writer, at.byte, at.sequence, at.fingerprint, at.fingerprint_bytes)
                for (origin, writer), at in batch.cursors.items()
                if origin not in batch.forgotten
            ],
        )

    def _put_run(self, run_id: str, state: RunState) -> None:
        self._connection.execute(
            _SQL["put_run"], (run_id, state.status, begun_us(state), _encode(state))
        )
        put_found(self._connection, run_id, state)

    def _forget(self, run_id: str, offset: int, *, for_good: bool) -> None:
        """Take a deleted run out; its events stay as blanks, so that offsets stay contiguous."""
        run = self._connection.execute
        # A journal that comes back is read as a new one: its events need their identities again.
        run(_SQL["forget_run" if for_good else "free_identities"], (run_id,))
        run(_SQL["forget_activity"], (run_id, offset))
        run(_SQL["forget_events"], (run_id, offset))
        for name in ("forget_state", "forget_cursors", "forget_chunks"):
            run(_SQL[name], (run_id,))
        drop_found(self._connection, run_id)
        run(_SQL["forget_series"], (run_id,))
        self._series.forget(run_id)


def _begin_opening(connection: sqlite3.Connection, now: float) -> None:
    connection.execute("BEGIN IMMEDIATE")
    first, last, count = connection.execute(_SQL["extent"]).fetchone()
    if count and last - first + 1 != count:
        raise Damaged(f"{count} events between offsets {first} and {last}")
    if connection.execute(_SQL["find_identity"]).fetchone() is None:
        connection.execute(_SQL["add_identity"], (secrets.token_hex(8), to_iso(now)))
    connection.execute(_SQL["count_opening"])
    connection.execute("COMMIT")


def _event_rows(batch: Batch) -> list[tuple[object, ...]]:
    return [
        (
            event.offset, event.type, event.time, event.run_id, event.origin, event.writer,
            event.sequence, _encode(event.data),
        )
        for event in batch.events
    ]  # fmt: skip


def _activity_rows(batch: Batch) -> list[tuple[object, ...]]:
    return [
        (event.offset, str(event.data.get("level", "info")), str(event.data.get("kind", "")))
        for event in batch.events
        if event.type == "activity_update"
    ]
