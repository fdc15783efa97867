"""From a client's position to what it has missed, or to a snapshot where that cannot be told."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.events import Event
from ..core.wire import EventsAnswer, Snapshot, durable_message
from .services import Services


@dataclass(frozen=True)
class Position:
    """A place in a log. ``log_id`` None stands for the present log."""

    log_id: str | None
    since: int | None


async def resume_from(services: Services, position: Position) -> int | None:
    """The offset after which a client can go on; None where it needs a snapshot.

    That is so without a position, in another log, beyond the head, and before the first event kept.
    ``since=0`` always starts at the first event kept.
    """
    since = position.since
    if since is None:
        return None
    first_kept = await services.read(services.reader.first_kept)
    # From here on without a pause: in one, the log may be made anew.
    if position.log_id not in (None, services.live.log_id) or since > services.live.head:
        return None
    if since == 0:
        return max(0, first_kept - 1)
    return since if since + 1 >= first_kept else None


async def read_published(services: Services, after: int, limit: int) -> list[Event]:
    """Events after an offset, none beyond what has been published.

    Raises
    ------
    Unavailable
        The log was made anew meanwhile.
    """
    log_id = services.live.log_id
    events = await services.read(services.reader.events, after, limit)
    services.check_log(log_id)
    head = services.live.head
    return [event for event in events if event.offset <= head]


async def answer_events(services: Services, position: Position, limit: int) -> EventsAnswer:
    """What ``GET events`` answers."""
    since = await resume_from(services, position)
    if since is None:
        return _answer_snapshot(services)
    events = await read_published(services, since, limit)
    live = services.live
    offset = events[-1].offset if events else since
    more = offset < live.head
    return EventsAnswer(
        log_id=live.log_id,
        offset=offset,
        head=live.head,
        more=more,
        recovered=True,
        events=[durable_message(event) for event in events],
        # What is volatile comes after all that is durable: not while there is more to read.
        volatile=[] if more else live.volatile(),
        snapshot=None,
    )


def _answer_snapshot(services: Services) -> EventsAnswer:
    snapshot: Snapshot = services.live.snapshot()
    return EventsAnswer(
        log_id=snapshot.log_id,
        offset=snapshot.offset,
        head=snapshot.offset,
        more=False,
        recovered=False,
        events=[],
        volatile=[],
        snapshot=snapshot,
    )
