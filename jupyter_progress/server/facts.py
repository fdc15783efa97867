"""Facts that the server itself adds: journalled first, logged like everyone else's, then known.

A fact about a run goes into that run's directory; a note, a change of health or the deletion of a
run into the server's own journal. All of this waits for the disk: it belongs in a worker thread.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from ..core.activity import activity_id
from ..core.times import to_iso
from ..errors import DiskFull, Unavailable, UnknownRun
from ..store.durable_files import is_full
from ..store.indexer import Indexer
from ..store.journal import JournalWriter, refuse_unwritten, tell
from ..store.layout import DataDirectory, RunDirectory

LOGGED_WITHIN_S = 60.0  # milliseconds, but for a disk that others keep busy
LOOK_EVERY_S = 1.0  # for what keeps it from being logged


@dataclass(frozen=True)
class Place:
    """Where a fact stands: its identity in every log."""

    origin: str
    writer: str
    sequence: int


class Facts:
    """Writes the facts of one server.

    Parameters
    ----------
    data_dir
        Where they are kept.
    slot
        The server's number among those on this data directory.
    """

    def __init__(self, data_dir: DataDirectory, slot: int, indexer: Indexer) -> None:
        self.writer = f"server-{slot}"
        self._indexer = indexer
        # Two writers on one file would give a sequence twice: one fact is written at a time.
        self.writing = threading.Lock()
        path = data_dir.server_journal(slot)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._own = JournalWriter(path, after=indexer.known_sequence(self.writer, self.writer))

    def about_run(
        self,
        run: RunDirectory,
        kind: str,
        data: dict[str, Any],
        *,
        name: str,
        who: str = "",
        follows: dict[str, int] | None = None,
    ) -> Place:
        """Journal a fact about a run in its directory, with its line of the feed.

        Parameters
        ----------
        follows
            The last sequence of each other writer that must be logged before it.

        Raises
        ------
        DiskFull, Unavailable
            Nothing was kept.
        UnknownRun
            It is deleted.
        """
        with self.writing:
            known = self._indexer.known_sequence(run.run_id, self.writer)
            journal = JournalWriter(run.journal(self.writer), after=known)
            try:
                first = journal.last_sequence + 1
                sequence = tell(journal, run.run_id, kind, data, name, who=who, follows=follows)
                refuse_unwritten(journal, first)
            except Unavailable:
                if run.path.is_dir():
                    raise
                raise UnknownRun(run.run_id) from None  # deleted in between
            finally:
                journal.close()
        self._indexer.wake()
        return Place(run.run_id, self.writer, sequence)

    def last_about(self, run: RunDirectory) -> Place:
        """The last fact that this server has journalled about a run; sequence 0 without one."""
        return Place(run.run_id, self.writer, JournalWriter(run.journal(self.writer)).last_sequence)

    def about_server(
        self,
        kind: str,
        data: dict[str, Any],
        *,
        name: str = "",
        who: str = "",
        run_id: str | None = None,
    ) -> Place:
        """Journal a fact of the server's own, with its line of the feed."""
        with self.writing:
            sequence = tell(self._own, self.writer, kind, data, name, who=who, run_id=run_id)
        self._indexer.wake()
        return Place(self.writer, self.writer, sequence)

    def note(
        self, level: str, text: str, *, who: str, run_id: str | None
    ) -> tuple[dict[str, Any], Place]:
        """Journal somebody's own note; answers it as the feed has it.

        Raises
        ------
        DiskFull, Unavailable
            Nothing was kept.
        """
        with self.writing:
            now = time.time()
            sequence = self._own.last_sequence + 1
            identity = activity_id(self.writer, self.writer, sequence)
            data = {"id": identity, "level": level, "kind": "note", "text": text, "who": who}
            note = {**data, "run_id": run_id, "time": to_iso(now)}
            self._own.append("activity_update", data, run_id=run_id, flush=True, time_s=now)
            refuse_unwritten(self._own, sequence, goes_on=True)
            place = Place(self.writer, self.writer, sequence)
        self._indexer.wake()
        return note, place

    def wait(self, place: Place) -> None:
        """Wait until a fact is in the log, so that whoever asks next sees it.

        Raises
        ------
        DiskFull, Unavailable
            The log is that far behind; the fact is kept and will be logged.
        """
        until = time.monotonic() + LOGGED_WITHIN_S
        while not self._indexer.logged(place.origin, place.writer, place.sequence, LOOK_EVERY_S):
            if is_full(self._indexer.trouble) or is_full(self._own.trouble):
                raise DiskFull(
                    "what you asked for is kept, but the disk that holds the data directory is "
                    "full; it is logged, and shown, as soon as there is room"
                )
            if time.monotonic() < until:
                continue
            raise Unavailable(
                f"what you asked for is kept, but was not logged within {LOGGED_WITHIN_S:g} s; "
                "the disk may be slow or full"
            )

    def close(self) -> None:
        """Close the server's own journal."""
        self._own.close()
