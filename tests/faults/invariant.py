"""The invariant, checked from outside: journals, log and views say the same, each event once.

1. Every event that a journal holds is in the log exactly once, and the log holds no other.
2. The durable part of every view, at every moment, equals a prefix of the log.
3. Of what is volatile nothing older ever replaces something newer.
4. A log that is made again from the journals reaches the same state.

The journals are parsed here a second time, with nothing of the reader that the server uses.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from jupyter_progress.core.events import DURABLE, VOLATILE, Event, payload_of
from jupyter_progress.core.state import RunState
from jupyter_progress.core.times import from_iso
from jupyter_progress.core.transitions import has_ended
from jupyter_progress.core.view import ACTIVITY_KEPT, Applied, View
from jupyter_progress.core.wire import Message, activity_of, durable_message
from jupyter_progress.store.database import connect_reader
from jupyter_progress.store.indexer import Indexer
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.store.log import Log
from jupyter_progress.store.reader import LogReader

Identity = tuple[str, str, int]
# What events alone decide of a run; the rest is brought up to date by volatile reports too.
DURABLE_FIELDS = (
    "run_id", "name", "tags", "notes", "kind", "who", "status", "resumable", "current_stage",
    "stages_completed", "queued_time", "start_time", "end_time", "error", "result", "spec",
    "attempt", "attempt_time", "earlier_s",
)  # fmt: skip
STAGE_FIELDS = ("id", "title", "status", "started_time", "metrics")

RUN = r"\d{8}-\d{6}-[0-9a-f]{8}"
RUN_EXAMPLE = "20260921-130000-00000000"
PATIENCE_S = 0.05  # for what a line follows: not 0, which would not wait for what is there


@dataclass(frozen=True)
class Logged:
    """All that a log knows, read from its file by a connection of its own."""

    log_id: str
    events: list[Event]
    runs: dict[str, RunState]
    series: dict[str, Any]
    deleted: frozenset[str]

    @property
    def identities(self) -> list[Identity]:
        return [(event.origin, event.writer, event.sequence) for event in self.events]


def read_log(path: Path) -> Logged:
    """What the log's file holds in this moment; a server may be writing to it."""
    connection = connect_reader(path)
    try:
        log_id = connection.execute("SELECT log_id FROM identity").fetchone()[0]
        deleted = {row[0] for row in connection.execute("SELECT run_id FROM forgotten_runs")}
    finally:
        connection.close()
    reader = LogReader(lambda: connect_reader(path))
    try:
        return _logged(reader, log_id, deleted)
    finally:
        reader.close()


def rebuilt(data: DataDirectory, own_server: int = 0) -> Logged:
    """What a log says that is made from the journals alone, as they are now."""
    log = Log.open(":memory:", now=0.0)
    indexer = Indexer(
        data, log, on_commit=lambda _: None, own_server=own_server, follows_patience_s=PATIENCE_S
    )
    try:
        quiet = 0
        while quiet < 4:
            head = log.head
            quiet = 0 if indexer.index_once() or log.head != head else quiet + 1
            time.sleep(PATIENCE_S / 2 if quiet else 0)  # what follows a lost line goes on without
        return _logged(indexer.reader, log.log_id, log.forgotten())
    finally:
        indexer.stop()
        log.close()


def _logged(reader: LogReader, log_id: str, deleted: Iterable[str]) -> Logged:
    runs = {state.run_id: state for state in reader.runs(limit=10_000)[0]}
    series = {run_id: reader.series(run_id) for run_id in runs}
    return Logged(log_id, reader.events(0, 1_000_000), runs, series, frozenset(deleted))


def journalled(data: DataDirectory, own_server: int = 0) -> dict[Identity, dict[str, Any]]:
    """Every event that the journals hold, by its identity."""
    found: dict[Identity, dict[str, Any]] = {}
    folders = [(run_id, data.runs / run_id / "journal") for run_id in data.run_ids()]
    folders += [(name, data.servers / name / "journal") for name in data.server_names()]
    for origin, folder in folders:
        for path in sorted(folder.glob("*.jsonl")):
            if path.is_symlink() or not path.is_file():
                continue
            for line in _whole_lines(path):
                if _is_logged_by(line, origin, f"server-{own_server}"):
                    found[origin, path.stem, line["sequence"]] = line
    return found


def _whole_lines(path: Path) -> list[dict[str, Any]]:
    """The lines that can be read, each behind all before it; the last one may be under way."""
    known, lines = 0, []
    for text in path.read_bytes().split(b"\n")[:-1]:
        try:
            line = json.loads(text, parse_constant=_refuse)
            # Half of a pair of surrogates is a number that no text can be written with.
            json.dumps(line, ensure_ascii=False, allow_nan=False).encode()
            from_iso(line["time"])
            is_next = isinstance(line["sequence"], int) and known < line["sequence"] < 2**53
            if not re.fullmatch(RUN, line.get("run_id", RUN_EXAMPLE), re.ASCII):
                continue
            if max(line.get("follows", {}).values(), default=0) >= 2**53 or _depth(line) > 201:
                continue
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        if is_next:
            known = line["sequence"]
            lines.append(line)
    return lines


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    return (
        1 + max(map(_depth, inner), default=0) if isinstance(inner, list | type({}.values())) else 0
    )


def _is_logged_by(line: dict[str, Any], origin: str, own_server: str) -> bool:
    data = line.get("data", {})
    if line["type"] not in DURABLE:
        return False
    try:
        payload_of(line["type"], data)
    except msgspec.ValidationError:
        return False
    is_health = "health_changed" in (line["type"], data.get("kind"))
    return not is_health or origin == own_server


def check_log(data: DataDirectory, logged: Logged, own_server: int = 0) -> None:
    """Clause 1, for journals of which nothing was lost since they were written."""
    missing, foreign = differences(data, logged, own_server)
    assert not missing, f"in a journal, not in the log: {sorted(missing)}"
    assert not foreign, f"in the log, in no journal: {sorted(foreign)}"


def differences(
    data: DataDirectory, logged: Logged, own_server: int = 0
) -> tuple[set[Identity], set[Identity]]:
    """What the journals hold and the log does not, and the other way round.

    Raises
    ------
    AssertionError
        An offset is missing, an event stands twice, or has not its journal's words.
    """
    offsets = [event.offset for event in logged.events]
    assert offsets == list(range(1, len(offsets) + 1)), "offsets are not contiguous from 1"
    kept = [event for event in logged.events if event.type != "removed"]
    by_identity = {(event.origin, event.writer, event.sequence): event for event in kept}
    assert len(by_identity) == len(kept), "an event is in the log twice"
    expected = {
        identity: line
        for identity, line in journalled(data, own_server).items()
        if identity[0] not in logged.deleted
    }
    for identity in by_identity.keys() & expected.keys():
        event, line = by_identity[identity], expected[identity]
        same = (event.type, event.time, event.data) == (
            line["type"], line["time"], line.get("data", {})
        )  # fmt: skip
        assert same, f"{identity} is logged in other words than its journal's"
    gone = {
        identity
        for identity, line in expected.items()
        if line.get("run_id") in logged.deleted and identity not in by_identity
    }
    return set(expected) - set(by_identity) - gone, set(by_identity) - set(expected)


def check_rebuilt(data: DataDirectory, logged: Logged, own_server: int = 0) -> None:
    """Clause 4: the same runs, in the same durable state, with the same series."""
    again = rebuilt(data, own_server)
    assert set(again.runs) == set(logged.runs)
    for run_id, state in logged.runs.items():
        assert durable_part(again.runs[run_id]) == durable_part(state)
        if has_ended(state.status):
            # Of a run that has ended nothing is still on its way.
            assert again.series[run_id] == logged.series[run_id], run_id
            assert again.runs[run_id].metrics == state.metrics, run_id


def durable_part(state: RunState) -> dict[str, Any]:
    """What only events change of a run."""
    built = msgspec.to_builtins(state)
    part = {name: built[name] for name in DURABLE_FIELDS}
    part["stages"] = [{name: stage[name] for name in STAGE_FIELDS} for stage in built["stages"]]
    return part


class Prefixes:
    """The durable state after each event of a log, worked out by folding it from the beginning."""

    def __init__(self, logged: Logged) -> None:
        self.logged = logged
        self._view = View()
        self._view.apply(Message(type="snapshot", log_id=logged.log_id, offset=0, data={}))
        self._activity: list[str] = []
        self._models: dict[str, Any] = {}

    def compare(self, view: View, where: str) -> None:
        """Hold a view to the prefix that ends at its offset; offsets must not go back."""
        offset = view.offset
        assert offset <= len(self.logged.events), f"{where}: at {offset}, beyond the log's end"
        for event in self.logged.events[self._view.offset : offset]:
            sent = msgspec.convert(msgspec.to_builtins(durable_message(event)), Message)
            assert self._view.apply(sent) is Applied.CHANGED
            activity = activity_of(event)
            if activity is not None:
                self._activity.insert(0, activity.id)
        for run_id, state in view.runs.items():
            known = self._view.runs.get(run_id)
            assert known is not None, f"{where}: {run_id} is in no event up to {offset}"
            assert durable_part(state) == durable_part(known), f"{where}, offset {offset}"
        going_on = {i for i, run in self._view.runs.items() if not has_ended(run.status)}
        assert going_on <= view.runs.keys(), f"{where}: misses a run that goes on at {offset}"
        shown = [line.id for line in view.activity]
        assert shown == self._activity[:ACTIVITY_KEPT], f"{where}: another feed at {offset}"


def check_view(messages: list[Message], *logs: Logged, who: str = "a view") -> View:
    """Clauses 2 and 3, for all that a view was told, in order.

    Parameters
    ----------
    messages
        What changed the view, as it came. No run may have been deleted meanwhile: a log keeps no
        words about deleted runs to compare with.
    logs
        The logs that it was told from, as they were read after the last message.

    Returns
    -------
    View
        A view that was told the same.
    """
    known = {logged.log_id: logged for logged in logs}
    view, prefixes = View(), {log_id: Prefixes(logged) for log_id, logged in known.items()}
    revisions: dict[tuple[str, str | None, str], int] = {}
    for index, message in enumerate(messages):
        where = f"{who}, message {index} ({message.type})"
        before = (view.log_id, view.offset)
        assert view.apply(message) is not Applied.GAP, f"{where}: something before it is missing"
        assert view.log_id in known, f"{where}: of an unknown log"
        if view.log_id == before[0]:
            assert view.offset >= before[1], f"{where}: went back from {before[1]}"
        if message.offset is not None and message.type != "snapshot":
            _check_words(message, known[view.log_id].events[message.offset - 1], where)
        elif message.type in VOLATILE:
            key = (view.log_id, message.run_id, message.type)
            assert (message.revision or 0) > revisions.get(key, -1), f"{where}: older than known"
            revisions[key] = message.revision or 0
        if (view.log_id, view.offset) != before:
            prefixes[view.log_id].compare(view, where)
    return view


def _check_words(message: Message, event: Event, where: str) -> None:
    told = (message.type, message.time, message.run_id, message.data)
    assert told == (event.type, event.time, event.run_id, event.data), f"{where}: other words"
