"""What one commit of the log makes known, encoded once for all subscribers."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from ..core.events import Event
from ..core.wire import DurableMessage, Message, VolatileMessage, durable_message
from .frames import array_frame

VolatileKey = tuple[str | None, str]
POINTS_KEPT = 256  # of one series, in a message that waits for a slow subscriber


@dataclass(frozen=True)
class Batch:
    """Messages that are published together.

    Parameters
    ----------
    durable
        In the order of their offsets, which are contiguous.
    encoded
        The same, as JSON.
    volatile
        At most one for each run and type.
    head
        The log's head after the durable ones.
    """

    durable: tuple[DurableMessage, ...]
    encoded: tuple[bytes, ...]
    volatile: tuple[VolatileMessage, ...]
    head: int

    @functools.cached_property
    def items(self) -> tuple[bytes, ...]:
        """All messages as JSON, in the order in which they are sent."""
        return (*self.encoded, *map(msgspec.json.encode, self.volatile))

    @functools.cached_property
    def frame(self) -> bytes:
        """All of it as one frame."""
        return array_frame(self.items)

    @property
    def size_bytes(self) -> int:
        """What the durable messages take in a queue."""
        return sum(map(len, self.encoded))


def make_batch(
    events: list[Event], volatile: list[VolatileMessage], head: int, *, encode_frame: bool = True
) -> Batch:
    """Encode what a commit brought; meant for the thread that committed, not for the event loop."""
    durable = tuple(map(durable_message, events))
    batch = Batch(
        durable=durable,
        encoded=tuple(map(msgspec.json.encode, durable)),
        volatile=tuple(volatile),
        head=head,
    )
    if encode_frame:
        _ = batch.frame  # computed here and cached, off the loop
    return batch


def joined_frame(batches: Sequence[Batch]) -> bytes:
    """Batches that were committed while others were being sent, in one frame."""
    if len(batches) == 1:
        return batches[0].frame
    return array_frame(item for batch in batches for item in batch.items)


def in_groups(batches: Iterable[Batch], max_bytes: int) -> Iterator[list[Batch]]:
    """Divide batches into groups that are each sent as one frame, of at most that size.

    A batch that alone is larger is a group of its own: what one commit brought stays together.
    """
    group: list[Batch] = []
    size = 0
    for batch in batches:
        taken = sum(map(len, batch.items))
        if group and size + taken > max_bytes:
            yield group
            group, size = [], 0
        group.append(batch)
        size += taken
    if group:
        yield group


def to_message(message: DurableMessage | VolatileMessage) -> Message:
    """A message in the form in which :class:`~jupyter_progress.core.view.View` takes it."""
    if isinstance(message, DurableMessage):
        return Message(
            type=message.type,
            offset=message.offset,
            time=message.time,
            run_id=message.run_id,
            data=message.data,
        )
    return Message(
        type=message.type,
        after=message.after,
        revision=message.revision,
        time=message.time,
        run_id=message.run_id,
        data=message.data,
    )


def key_of(message: VolatileMessage) -> VolatileKey:
    """Messages of one key replace each other."""
    return message.run_id, message.type


def merge_waiting(older: VolatileMessage | None, newer: VolatileMessage) -> VolatileMessage:
    """What to keep of two volatile messages of one key, of which the older was not sent yet.

    The newer replaces the older, but for points of metrics, which are joined; where too many
    wait, the oldest go, and ``from`` tells the view that it has missed some.
    """
    if older is None or newer.type != "metrics_appended":
        return newer
    before, after = older.data, newer.data
    series = {name: list(points) for name, points in before["series"].items()}
    origin = dict(before.get("from") or {})
    for name, points in after["series"].items():
        if name in series:
            series[name].extend(points)
        else:
            series[name] = list(points)
            origin[name] = (after.get("from") or {}).get(name)
        if len(series[name]) > POINTS_KEPT:
            dropped = series[name][: len(series[name]) - POINTS_KEPT]
            origin[name] = dropped[-1][0]
            series[name] = series[name][-POINTS_KEPT:]
    return msgspec.structs.replace(newer, data={"series": series, "from": origin})
