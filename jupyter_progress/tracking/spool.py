"""A run's journals, read as the events that a server elsewhere is sent.

The journal is the spool: it is written whether or not the server can be reached. Which events a
journal is read as, and how they are numbered, depends on its lines alone, so that another process
that goes on with it sends the same under the same numbers.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ..core.events import JournalLine
from ..store.journal_reader import read_journal

PART_BYTES = 1 << 18
POINTS = 5000  # of one event; a journal's line may have more
# Of the facts that begin a run, those that the server has from the announcement.
_ANNOUNCED = ("kind", "tags", "spec")


@dataclass(frozen=True)
class Spooled:
    """One event that is to be sent."""

    sequence: int
    type: str
    time: str
    encoded: msgspec.Raw


class Spool:
    """What is to be sent of one journal.

    Parameters
    ----------
    path
        The journal.
    writer
        What the server knows it by: lower-case letters and digits.
    """

    def __init__(self, path: Path, writer: str) -> None:
        self.path = path
        self.writer = writer
        self._waiting: collections.deque[Spooled] = collections.deque()
        self._byte = 0
        self._numbered = 0
        self._kept = 0

    def next_events(self, limit: int, limit_bytes: int) -> list[Spooled]:
        """What comes next, as much as fits; at least one where there is any."""
        if not self._waiting:
            self._read()
        found: list[Spooled] = []
        size_bytes = 0
        for event in self._waiting:
            size_bytes += len(event.encoded)
            if found and (len(found) >= limit or size_bytes > limit_bytes):
                break
            found.append(event)
        return found

    def keep(self, sequence: int) -> None:
        """The server has kept all up to there."""
        self._kept = max(self._kept, sequence)
        while self._waiting and self._waiting[0].sequence <= sequence:
            self._waiting.popleft()

    def rewind(self, sequence: int) -> None:
        """The server has kept no more than this: read anew what comes after it."""
        self._waiting.clear()
        self._byte = self._numbered = 0
        self._kept = sequence

    def replace_first(self, text: str) -> None:
        """Send a warning in the place of an event that the server does not take."""
        first = self._waiting.popleft()
        said = {"level": "warning", "kind": "note", "text": text, "who": ""}
        self._waiting.appendleft(_event(first.sequence, "activity_update", first.time, said))

    def _read(self) -> None:
        # Until something is found that is not kept yet: a spool that is gone on with begins anew.
        while not self._waiting:
            part = read_journal(self.path, self._byte, PART_BYTES)
            if part.next_byte == self._byte:
                return
            self._byte = part.next_byte
            for line in part.lines:
                for kind, data in facts_of(line):
                    self._numbered += 1
                    if self._numbered > self._kept:
                        event = _event(self._numbered, kind, line.time, data)
                        self._waiting.append(event)

    def count_waiting(self) -> int:
        """How many events are not kept by the server; reads the journal to its end."""
        count = len(self._waiting)
        byte = self._byte
        while True:
            part = read_journal(self.path, byte, PART_BYTES)
            if part.next_byte == byte:
                return count
            byte = part.next_byte
            count += sum(1 for line in part.lines for _fact in facts_of(line))


def facts_of(line: JournalLine) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a journal's line is sent as: itself, but for a line of very many points."""
    if line.type == "metrics_appended":
        yield from ((line.type, {"series": series}) for series in _parted(line.data["series"]))
    elif line.type in ("training_started", "training_resumed"):
        told = {name: fact for name, fact in line.data.items() if name not in _ANNOUNCED}
        yield line.type, told
    else:
        yield line.type, line.data


def _parted(series: dict[str, list[Any]]) -> Iterator[dict[str, list[Any]]]:
    part: dict[str, list[Any]] = {}
    room = POINTS
    for name, points in series.items():
        start = 0
        while start < len(points):
            part[name] = points[start : start + room]
            start += len(part[name])
            room -= len(part[name])
            if room == 0:
                yield part
                part, room = {}, POINTS
    if part:
        yield part


def _event(sequence: int, type: str, time: str, data: dict[str, Any]) -> Spooled:
    encoded = msgspec.json.encode({"sequence": sequence, "type": type, "time": time, "data": data})
    return Spooled(sequence, type, time, msgspec.Raw(encoded))
