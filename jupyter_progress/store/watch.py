"""Which journals there are, and what in them is new.

Runs that are going on are looked at on every round, ended ones seldom: only a person who renames,
registers or deploys writes to those. Whoever knows better says so (:meth:`Watch.look_at`).
"""

from __future__ import annotations

import collections
import os
import time
from collections.abc import Iterable
from pathlib import Path

from ..core.events import DURABLE
from ..core.names import is_run_id, is_writer
from .batch import Cursor
from .journal_file import MTIME_DOUBT_S, JournalFile
from .layout import DataDirectory, RunDirectory

DISCOVERY_S = 0.2  # the longest that a new run directory goes unnoticed
FULL_SCAN_S = 5.0  # where the folder's own time cannot be trusted (NFS)
RECENT_S = 10.0  # how long an ended run is still looked at as if it went on
ROTATION = 20  # other ended runs looked at in one round
ROTATION_S = 0.2
LIKELY = 200  # the newest runs are those that people do something to


class Origin:
    """A run, or a server, whose journals are watched."""

    def __init__(self, name: str, folder: Path, is_active: bool) -> None:
        self.name = name
        self.folder = folder
        self.is_run = is_run_id(name)
        self.is_active = is_active
        self.recent_until = 0.0
        self.journals: dict[str, JournalFile] = {}

    @property
    def has_waiting(self) -> bool:
        """Whether lines were read that are not logged yet."""
        return any(journal.waiting for journal in self.journals.values())

    @property
    def has_durable(self) -> bool:
        """Whether an event that has a place in the log is among them."""
        return any(
            line.type in DURABLE
            for journal in self.journals.values()
            for line, _end in journal.waiting
        )


class Watch:
    """All journals of a data directory, or of some of its runs.

    Parameters
    ----------
    data_directory
        Where they lie.
    cursors
        What the log has of each; kept current by the caller.
    ended, forgotten
        The runs that are known to have ended, and to have been deleted.
    run_ids
        The only runs to watch; None for all.
    """

    def __init__(
        self,
        data_directory: DataDirectory,
        cursors: dict[tuple[str, str], Cursor],
        *,
        ended: Iterable[str] = (),
        forgotten: Iterable[str] = (),
        run_ids: Iterable[str] | None = None,
    ) -> None:
        self._data_directory = data_directory
        self._cursors = cursors
        self._ended = set(ended)
        self._forgotten = set(forgotten)
        self._only = None if run_ids is None else frozenset(run_ids)
        self.origins: dict[str, Origin] = {}
        self._close: set[str] = set()  # looked at in every round
        self._rotation: collections.deque[str] = collections.deque()  # all others
        self._urgent: set[str] = set()
        self._runs_mtime = -1
        self._scan_after = 0.0
        self._full_scan_after = 0.0
        self._rotate_after = 0.0
        self.vanished: set[str] = set()

    def look_at(self, name: str) -> None:
        """Look at a run or a server in the next round; any thread may say so."""
        self._urgent.add(name)
        self._scan_after = 0.0

    def look_at_likely(self) -> None:
        """Look at all that is likely to have changed, new runs included."""
        self._urgent.update(sorted(self.origins, reverse=True)[:LIKELY])
        self._scan_after = self._full_scan_after = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether something may come any moment."""
        return bool(self._urgent) or any(self.origins[name].is_run for name in self._close)

    def due(self, *, everything: bool = False) -> list[Origin]:
        """Which origins to look at in this round."""
        now = time.monotonic()
        self._discover(now, everything)
        names = set(self._close)
        while self._urgent:
            names.add(self._urgent.pop())
        if everything:
            names.update(self.origins)
        elif now >= self._rotate_after:
            self._rotate_after = now + ROTATION_S
            for _ in range(min(ROTATION, len(self._rotation))):
                self._rotation.rotate(-1)
                names.add(self._rotation[-1])
        return [self.origins[name] for name in sorted(names) if name in self.origins]

    def settle(self) -> None:
        """After a round: look less often at what has ended and has nothing left."""
        now = time.monotonic()
        for name in list(self._close):
            origin = self.origins[name]
            if not origin.is_run or origin.is_active or origin.recent_until > now:
                continue
            if not origin.has_waiting:
                self._close.discard(name)
                self._rotation.append(name)

    def find_journals(self, origin: Origin) -> list[Path]:
        """Notice journals that have come since the last look at this origin.

        Returns
        -------
        list of Path
            What has a journal's name and is no regular file.
        """
        others: list[Path] = []
        try:
            with os.scandir(origin.folder) as entries:
                found = [entry for entry in entries if entry.name.endswith(".jsonl")]
        except FileNotFoundError:
            if origin.is_run and not self.has_directory(origin.name):
                self._drop(origin)
                self.vanished.add(origin.name)
            return others
        for entry in found:
            writer = entry.name.removesuffix(".jsonl")
            if writer in origin.journals or not is_writer(writer):
                continue
            path = origin.folder / entry.name
            if not entry.is_file(follow_symlinks=False):
                others.append(path)
                continue
            cursor = self._cursors.get((origin.name, writer), Cursor())
            origin.journals[writer] = JournalFile(origin.name, writer, path, cursor)
        return others

    def note_status(self, run_id: str, has_ended: bool) -> None:
        """Look at a run more often while it goes on."""
        origin = self.origins.get(run_id)
        if origin is None:
            return
        if origin.is_active and has_ended:
            origin.recent_until = time.monotonic() + RECENT_S
        origin.is_active = not has_ended
        if origin.is_active and run_id not in self._close:
            self._rotation.remove(run_id)
            self._close.add(run_id)

    def forget(self, run_id: str) -> None:
        """Stop watching a deleted run, for good."""
        self._forgotten.add(run_id)
        origin = self.origins.get(run_id)
        if origin is not None:
            self._drop(origin)

    def rewind(self, cursors: dict[tuple[str, str], Cursor]) -> None:
        """After a failed transaction: read again what was taken since the last that was written."""
        self._cursors = cursors
        for origin in self.origins.values():
            origin.journals.clear()

    def _discover(self, now: float, everything: bool) -> None:
        if now < self._scan_after and not everything:
            return
        self._scan_after = now + DISCOVERY_S
        for name in self._data_directory.server_names():
            if name not in self.origins:
                folder = self._data_directory.journal_of_server(name).parent
                self._add(Origin(name, folder, is_active=True))
        if not everything and now < self._full_scan_after and not self._runs_changed():
            return
        self._full_scan_after = now + FULL_SCAN_S
        self._runs_changed()
        there = self._data_directory.run_ids()
        self._notice_vanished(frozenset(there))
        for run_id in there:
            if run_id in self.origins or run_id in self._forgotten:
                continue
            if self._only is None or run_id in self._only:
                folder = RunDirectory(self._data_directory.runs / run_id).journals
                self._add(Origin(run_id, folder, is_active=run_id not in self._ended))

    def has_directory(self, run_id: str) -> bool:
        """Whether a run's directory is there; where all have gone with their folder, all count."""
        runs = self._data_directory.runs
        return (runs / run_id).is_dir() or not runs.is_dir()

    def _notice_vanished(self, there: frozenset[str]) -> None:
        for origin in list(self.origins.values()):
            if origin.is_run and origin.name not in there and not self.has_directory(origin.name):
                self._drop(origin)
                self.vanished.add(origin.name)

    def _add(self, origin: Origin) -> None:
        self.origins[origin.name] = origin
        self._close.add(origin.name)

    def _runs_changed(self) -> bool:
        try:
            mtime = self._data_directory.runs.stat().st_mtime_ns
        except FileNotFoundError:
            return False
        in_doubt = abs(time.time() - mtime / 1e9) < MTIME_DOUBT_S
        changed = mtime != self._runs_mtime or in_doubt
        self._runs_mtime = mtime
        return changed

    def _drop(self, origin: Origin) -> None:
        self.origins.pop(origin.name, None)
        if origin.name in self._close:
            self._close.discard(origin.name)
        elif origin.name in self._rotation:
            self._rotation.remove(origin.name)
