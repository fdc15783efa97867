"""What the commands know of the runs: read from the data directory, without a server."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from ..core.candidates import CandidateRow, leaderboard
from ..core.names import is_run_id, shorten
from ..core.run_choice import ids_that_fit, named_hint
from ..core.run_query import EVERYTHING, RunQuery
from ..core.state import RunState
from ..core.transitions import has_ended
from ..core.view import View
from ..errors import InvalidRequest, StoreError, UnknownRun
from ..panel.json_text import escaped
from ..store.layout import DataDirectory, default_data_dir
from ..store.reader import LogReader
from ..tracking.local_follow import LocalFollower
from ..training.recover import recover_run

READ_LIMIT_S = 60.0
ALL_RUNS = 1_000_000


def data_directory() -> DataDirectory:
    """The data directory of this user, made where it is missing."""
    return DataDirectory(default_data_dir()).ensure()


def full_run_id(given: str) -> str:
    """Complete a run id from its beginning or its end, as long as only one run fits.

    Raises
    ------
    UnknownRun
        No run fits; with the ids of those that have this for their name.
    InvalidRequest
        Several do.
    """
    fitting = ids_that_fit(given, data_directory().run_ids())
    if not fitting:
        hint = "" if is_run_id(given) else named_hint(given, list_runs(EVERYTHING, ALL_RUNS))
        raise UnknownRun(shorten(given, 80), hint)
    if len(fitting) > 1:
        raise InvalidRequest("", f"{given!r} fits {len(fitting)} runs: {', '.join(fitting[:5])}")
    return fitting[0]


def read_view(run_ids: Iterable[str] | None = None) -> View:
    """All that the journals say at this moment.

    Parameters
    ----------
    run_ids
        Read only these runs; all by default.

    Raises
    ------
    StoreError
        The journals could not be read in a minute.
    """
    with following(run_ids) as follower:
        return follower.view


def list_runs(query: RunQuery, limit: int) -> list[RunState]:
    """The first runs that a query finds, of all there are: a view keeps only the newest.

    Raises
    ------
    StoreError
        As :func:`read_view`.
    """
    with following(None) as follower:
        found = follower.reader.runs(query, limit)[0]
        # What goes on is further than its last event says, and has its place in the queue.
        with follower.lock:
            return [follower.view.runs.get(run.run_id, run) for run in found]


def read_leaderboard(run_id: str) -> list[CandidateRow]:
    """A search's candidates, best first.

    Raises
    ------
    StoreError
        As :func:`read_view`.
    """
    with following([run_id]) as follower:
        state = follower.view.runs.get(run_id)
        return [] if state is None else leaderboard_of(follower.reader, state)


def leaderboard_of(reader: LogReader, state: RunState) -> list[CandidateRow]:
    """A search's candidates as a follower's log has them, best first."""
    is_over = has_ended(state.status)
    return leaderboard(reader.search(state.run_id), state.running, is_over=is_over)


@contextlib.contextmanager
def following(run_ids: Iterable[str] | None) -> Iterator[LocalFollower]:
    """A follower that has read all that is there, runs that lost their keeper included."""
    _recover(run_ids)
    has_read = threading.Event()
    follower = LocalFollower(
        data_directory(), run_ids, on_messages=lambda _messages, _way: has_read.set()
    )
    follower.start()
    try:
        if not has_read.wait(READ_LIMIT_S):
            raise StoreError(f"the journals could not be read within {READ_LIMIT_S:.0f} s")
        yield follower
    finally:
        follower.stop()


def _recover(run_ids: Iterable[str] | None) -> None:
    """Give runs an end whose keeper is gone: there may be no server that does."""
    directory = data_directory()
    for run_id in directory.run_ids() if run_ids is None else run_ids:
        # A run that is deleted meanwhile, or a disk that takes nothing: shown as it is.
        with contextlib.suppress(UnknownRun, OSError):
            recover_run(directory.run(run_id))


def read_run(given: str) -> RunState:
    """The state of one run.

    Raises
    ------
    UnknownRun, InvalidRequest
        As :func:`full_run_id`; or the run's journals hold nothing.
    """
    run_id = full_run_id(given)
    run = read_view([run_id]).runs.get(run_id)
    if run is None:
        raise UnknownRun(run_id)
    return run


def print_json(found: Any) -> None:
    """Print for a program."""
    print(escaped(json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=2)))
