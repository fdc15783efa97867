"""The queue where there is no server: so many places to train in, and a line of keepers for them.

A place is a lock file in the data directory, held by a keeper for as long as its worker trains; the
ticket of one that waits is another, by whose name all know who came first. Locks die with their
process, so that nobody has to look after the queue. The keeper imports this file; it needs the
standard library and psutil.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

from ..store.control import ControlReader
from ..store.durable_files import PRIVATE_FILE, PRIVATE_FOLDER, is_full
from ..store.layout import RunDirectory
from ..store.locks import FileLock, is_locked

# What a keeper has to come up and to hold its ticket: one that nobody holds counts as long.
COMES_WITHIN_S: Final = 10.0
POLL_S: Final = 0.2


class Line:
    """One run's stand in the queue of a data directory.

    Parameters
    ----------
    run
        Its place among those that wait is by the time at which it was asked for.
    places
        How many runs train at the same time.
    """

    def __init__(self, run: RunDirectory, places: int) -> None:
        self._folder = run.path.parent.parent / "places"
        self._places = places
        asked = str(run.request().get("time") or "")
        self._path = self._folder / f"{asked}-{run.run_id}.ticket"
        self._ticket = FileLock(self._path)
        self._place: FileLock | None = None

    def join(self) -> None:
        """Stand in line, before there is a keeper to wait: whoever is asked for later comes later.

        Raises
        ------
        OSError
            The disk did not take the ticket.
        """
        self._folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        self._path.touch(mode=PRIVATE_FILE)

    def take(self) -> bool:
        """Take a place if it is this run's turn and one is free, without waiting."""
        if self._place is not None:
            return True
        try:
            self._ticket.acquire()
            self._place = self._free_place() if self._is_first() else None
        except OSError as error:
            if not is_full(error):
                raise
            return False  # there is no room to note who holds a lock, nor for a training
        if self._place is None:
            return False
        self.leave()
        return True

    def leave(self) -> None:
        """Stand in line no longer; a place that was taken is kept until the process ends."""
        self._path.unlink(missing_ok=True)
        self._ticket.release()

    def _is_first(self) -> bool:
        before = sorted(path for path in self._folder.glob("*.ticket") if path < self._path)
        return not any(map(_is_alive, before))

    def _free_place(self) -> FileLock | None:
        for number in range(self._places):
            path = self._folder / f"{number}.lock"
            # Looked at first: a lock that is taken is waited for a little when it is asked for.
            if not is_locked(path) and (lock := FileLock(path)).acquire():
                return lock
        return None


class Turn:
    """A keeper's wait for its run's turn, which whoever asks the run to end ends as well.

    Parameters
    ----------
    run
        Its lock is held by the caller.
    places
        As for :class:`Line`; None where nothing is waited for.
    """

    def __init__(self, run: RunDirectory, places: int | None) -> None:
        self._line = None if places is None else Line(run, places)
        self._controls = ControlReader(run)
        self.is_given_up = False

    def give_up(self, *_: Any) -> None:
        """The machine, or Jupyter, is going down."""
        self.is_given_up = True

    def wait(self) -> None:
        """Return once a place is taken, or the run was asked to end."""
        if self._line is None:
            return
        while not self._line.take():
            if self.is_given_up or self._is_asked_to_end():
                self._line.leave()
                return
            time.sleep(POLL_S)

    def _is_asked_to_end(self) -> bool:
        return any(control.action in ("cancel", "interrupt") for control in self._controls.poll())


def _is_alive(ticket: Path) -> bool:
    """Whether somebody waits with a ticket, or is about to; one that nobody has is taken away."""
    try:
        age_s = time.time() - ticket.stat().st_mtime
    except FileNotFoundError:
        return False
    if is_locked(ticket) or 0.0 <= age_s < COMES_WITHIN_S:
        return True
    ticket.unlink(missing_ok=True)
    return False
