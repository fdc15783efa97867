"""The messages of the stream and of ``GET events``, written once for Python and TypeScript.

A durable message carries ``offset``; a volatile one ``after`` (the last durable offset before it)
and ``revision``, which only rises for one ``(run_id, type)``.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from .events import Event
from .health import Threshold
from .state import RunState

REVISIONS_PER_OPENING: Final = 1 << 32

CLOSE_SERVER_CLOSING: Final = 4400
CLOSE_TOO_SLOW: Final = 4401
CLOSE_POSITION_LOST: Final = 4402
CLOSE_PERMISSION_WITHDRAWN: Final = 4500
CLOSE_BAD_MESSAGE: Final = 4501
CLOSE_MESSAGE_TOO_LARGE: Final = 4502
# Codes after which a client must not come back by itself.
FINAL_CLOSE_CODES: Final = frozenset({1009, 4500, 4501, 4502})


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of the stream, of any type.

    Parameters
    ----------
    offset
        Durable messages, ``hello``, ``snapshot`` and ``heartbeat``: the place in the log.
    after, revision
        Volatile messages: the last durable offset before it, and its rank among its like.
    """

    type: str
    time: str | None = None
    run_id: str | None = None
    data: Any = None
    offset: int | None = None
    after: int | None = None
    revision: int | None = None
    log_id: str | None = None
    recovered: bool | None = None
    heartbeat_s: float | None = None
    id: Any = None


class DurableMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A logged event on the wire."""

    type: str
    offset: int
    time: str
    run_id: str | None
    data: dict[str, Any]


class VolatileMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose newest replaces the one before it."""

    type: str
    after: int
    revision: int
    time: str
    run_id: str | None
    data: Any


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the feed, as ``GET activity`` and snapshots have it."""

    id: str
    time: str
    level: str
    kind: str
    text: str
    who: str = ""
    run_id: str | None = None
    offset: int = 0


class ModelSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A registered model: which version is in service and which is the newest."""

    name: str
    deployed: int | None = None
    latest: int | None = None


class ServerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers.

    Parameters
    ----------
    version
        Of jupyter-progress in the server.
    python
        The server's interpreter, for messages that say where to install something.
    slot
        ``server-0``, …: which of the servers on one data directory.
    data_dir_id
        Identity of the data directory, so that a kernel knows whether it shares the disk.
    max_concurrent_runs
        How many runs it trains at the same time; what is queued beyond waits.
    scratch_dir, scratch_id
        Where kernels of the same disk put rows, and what names that directory; empty: below the
        data directory.
    max_rows, max_run_memory_bytes
        The most rows that a run may learn from, and the most memory that it may use; None for no
        limit of the server's own.
    thresholds
        Where the figures of the machine's health turn, so that views draw what it is judged by.
    """

    version: str
    python: str = ""
    slot: str = ""
    data_dir_id: str = ""
    journal_mode: str = ""
    max_concurrent_runs: int | None = None
    scratch_dir: str = ""
    scratch_id: str = ""
    max_rows: int | None = None
    max_run_memory_bytes: int | None = None
    thresholds: list[Threshold] = []


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The state at a position: what ``GET status`` answers."""

    log_id: str
    offset: int
    server: ServerFacts | None = None
    health: dict[str, Any] | None = None
    runs: list[RunState] = []
    activity: list[Activity] = []
    models: list[ModelSummary] = []


class EventsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What ``GET events`` answers."""

    log_id: str
    offset: int
    head: int
    more: bool
    recovered: bool
    events: list[Any]
    volatile: list[Any]
    snapshot: Snapshot | None


def durable_message(event: Event) -> DurableMessage:
    """The wire's form of a logged event."""
    return DurableMessage(
        type=event.type,
        offset=event.offset,
        time=event.time,
        run_id=event.run_id,
        data=event.data,
    )


def activity_of(event: Event) -> Activity | None:
    """The feed's line that an event is, or None where it is none."""
    if event.type != "activity_update":
        return None
    data = event.data
    return Activity(
        id=str(data.get("id", "")),
        time=event.time,
        level=str(data.get("level", "info")),
        kind=str(data.get("kind", "")),
        text=str(data.get("text", "")),
        who=str(data.get("who", "")),
        run_id=event.run_id,
        offset=event.offset,
    )


def first_revision(openings: int) -> int:
    """The revision before the first of a log's n-th opening."""
    return openings * REVISIONS_PER_OPENING
