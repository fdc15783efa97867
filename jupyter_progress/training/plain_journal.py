"""A journal written and read with the standard library alone, for the keeper and for recovery.

The keeper lives as long as the training and there may be many of them, so it imports no codec. The
file is the same that ``store.journal`` writes: one JSON object a line.
"""

from __future__ import annotations

import json
import os
import time as clock
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ..core.activity import activity_for, activity_id
from ..core.names import SEQUENCE_LIMIT
from ..core.times import to_iso
from ..store.durable_files import write_all
from ..store.regular_files import NoRegularFile, open_regular, regular_files

LAST_EVENTS: Final = frozenset(
    {"training_completed", "training_failed", "training_cancelled", "training_interrupted"}
)
NONE_BEFORE: Final[Mapping[str, int]] = {}
_BLOCK_BYTES: Final = 1 << 16


class PlainJournal:
    """Appends to one writer's journal; each line reaches the file at once.

    Parameters
    ----------
    path
        The journal. An existing one is continued; a torn last line is closed first.
    lost
        How many lines may have been lost from its end after a log had taken them in: their places
        are not given again, for a log would take what stands there for known.
    """

    def __init__(self, path: Path, lost: int = 0) -> None:
        self._path = path
        self._sequence = last_sequence(path) + lost
        self._fd = open_regular(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._is_torn = _ends_torn(path)
        #: How a line is written; whoever may wait for room on a full disk puts its own way here.
        self.with_room: Callable[[Callable[[], None]], None] = lambda write: write()

    @property
    def writer(self) -> str:
        """The writer's name, which is the file's."""
        return self._path.stem

    def append(
        self,
        event_type: str,
        data: dict[str, Any],
        *,
        follows: dict[str, int] | None = None,
        sync: bool = False,
    ) -> int:
        """Write one line.

        Parameters
        ----------
        sync
            Wait until the disk has it.

        Returns
        -------
        int
            The line's sequence.
        """
        line = {
            "sequence": self._sequence + 1,
            "type": event_type,
            "time": to_iso(clock.time()),
            "data": data,
        }
        if follows:
            line["follows"] = follows
        text = json.dumps(line, separators=(",", ":"), allow_nan=False) + "\n"
        self.with_room(lambda: self._write(text.encode()))
        self._sequence += 1
        if sync:
            os.fsync(self._fd)
        return self._sequence

    def _write(self, text: bytes) -> None:
        opening = b"\n" if self._is_torn else b""
        self._is_torn = True  # until all of the line is there: a full disk takes part of it
        write_all(self._fd, opening + text)
        self._is_torn = False

    def tell(
        self,
        origin: str,
        event_type: str,
        data: dict[str, Any],
        *,
        name: str,
        who: str = "",
        follows: dict[str, int] | None = None,
    ) -> int:
        """Write a fact and the line of the activity feed that tells it."""
        sequence = self.append(event_type, data, follows=follows, sync=True)
        told = activity_for(event_type, data, name, who)
        if told is not None:
            identity = activity_id(origin, self.writer, sequence + 1)
            self.append("activity_update", {"id": identity, **told}, sync=True)
        return sequence

    def find(self, origin: str, level: str, text: str) -> None:
        """Write a line of the activity feed that tells no event."""
        identity = activity_id(origin, self.writer, self._sequence + 1)
        facts = {"level": level, "kind": "data_finding", "text": text, "who": ""}
        self.append("activity_update", {"id": identity, **facts}, sync=True)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


def lines_backwards(path: Path) -> Iterator[dict[str, Any]]:
    """The whole, readable lines of a journal, the newest first."""
    try:
        descriptor = open_regular(path)
    except (FileNotFoundError, NoRegularFile):
        return
    with os.fdopen(descriptor, "rb") as file:
        place = file.seek(0, os.SEEK_END)
        rest = b""
        torn = True  # what stands after the last newline is no whole line
        while place > 0:
            size = min(_BLOCK_BYTES, place)
            place -= size
            file.seek(place)
            pieces = (file.read(size) + rest).split(b"\n")
            rest = pieces[0]
            for piece in reversed(pieces[1:]):
                if torn:
                    torn = False
                    continue
                yield from _parsed(piece)
        if not torn:
            yield from _parsed(rest)


def last_sequence(path: Path) -> int:
    """The sequence of a journal's last whole line; 0 for none."""
    for line in lines_backwards(path):
        return int(line["sequence"])
    return 0


def last_sequences(journals: Path, but: str) -> dict[str, int]:
    """Where each other writer of a run stands.

    Parameters
    ----------
    journals
        The run's folder of journals.
    but
        The writer that asks.
    """
    found = {path.stem: last_sequence(path) for path in regular_files(journals, ".jsonl")}
    return {writer: n for writer, n in sorted(found.items()) if n and writer != but}


def find_last_event(
    journals: Path, after: Mapping[str, int] = NONE_BEFORE
) -> dict[str, Any] | None:
    """The event that ended the run, where some writer has written one.

    Parameters
    ----------
    journals
        The run's folder of journals.
    after
        The last sequence of each journal that belongs to earlier attempts; see ``attempts``.
    """
    for path in regular_files(journals, ".jsonl"):
        for line in lines_backwards(path):
            if line["sequence"] <= after.get(path.stem, 0):
                break
            if line["type"] in LAST_EVENTS:
                return line
            if line["type"] in ("stage_started", "training_started", "training_resumed"):
                break  # the worker's own words before its end hold no end
    return None


def has_worker_begun(journals: Path, after: Mapping[str, int] = NONE_BEFORE) -> bool:
    """Whether a worker of this attempt has come to its first word; ``after`` as above."""
    paths = regular_files(journals, ".jsonl")
    return any(
        path.stem.startswith("worker-") and last_sequence(path) > after.get(path.stem, 0)
        for path in paths
    )


def find_current_stage(journals: Path, after: Mapping[str, int] = NONE_BEFORE) -> str | None:
    """The stage that the worker of this attempt was last in; ``after`` as for the last event."""
    begun = find_stage_begun(journals, after)
    return None if begun is None else str(begun.get("stage"))


def find_stage_begun(
    journals: Path, after: Mapping[str, int] = NONE_BEFORE
) -> dict[str, Any] | None:
    """What was told when that stage began: whether its fit can be stopped, for one."""
    newest: tuple[str, dict[str, Any]] | None = None
    for path in regular_files(journals, ".jsonl"):
        for line in lines_backwards(path):
            if line["sequence"] <= after.get(path.stem, 0):
                break
            if line["type"] == "stage_started":
                if newest is None or newest[0] < str(line["time"]):
                    newest = str(line["time"]), line["data"]
                break
    return newest[1] if newest else None


def findings_of(journals: Path) -> frozenset[str]:
    """What the workers so far have found in the data, in words."""
    return frozenset(
        str(line["data"].get("text"))
        for path in regular_files(journals, ".jsonl")
        if path.stem.startswith("worker-")
        for line in lines_backwards(path)
        if line["type"] == "activity_update" and line["data"].get("kind") == "data_finding"
    )


def _parsed(piece: bytes) -> Iterator[dict[str, Any]]:
    try:
        line = json.loads(piece)
    except (ValueError, RecursionError):
        return
    if not isinstance(line, dict) or type(line.get("sequence")) is not int:
        return
    is_whole = isinstance(line.get("type"), str) and isinstance(line.get("time"), str)
    if is_whole and 1 <= line["sequence"] <= SEQUENCE_LIMIT:
        if not isinstance(line.setdefault("data", {}), dict):
            return
        yield line


def _ends_torn(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
