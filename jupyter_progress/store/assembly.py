"""What journal lines make of the log: events with offsets, states of runs, points of series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..core.activity import activity_id
from ..core.articles import with_article
from ..core.events import DURABLE, Event, JournalLine, payload_of
from ..core.progress import apply_report, latest_metrics
from ..core.reduce import reduce
from ..core.state import RunState
from ..core.transitions import has_ended
from .batch import Batch
from .doubt import Place

WITNESS = "indexer"  # the writer of what no journal says


@dataclass
class Assembly:
    """One batch in the making.

    Parameters
    ----------
    batch
        What is to be written.
    state_of
        The committed state of a run.
    forgotten
        Deleted runs; what their journals still say is passed over.
    own_server
        The server whose health is logged; that of others is not.

    Attributes
    ----------
    reported
        Runs with a new report of progress.
    endings
        Runs that end in the batch: the place of the last event among the batch's, the run, and its
        state just before it.
    problems
        Lines that were passed over, in words.
    lines, last
        How many journal lines it has, and which is the last.
    """

    batch: Batch
    state_of: Callable[[str], RunState | None]
    forgotten: set[str]
    own_server: str | None
    reported: set[str] = field(default_factory=set)
    endings: list[tuple[int, str, RunState]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lines: int = 0
    last: Place | None = None

    def add(self, origin: str, is_run: bool, writer: str, line: JournalLine) -> None:
        """Take one line in."""
        self.lines, self.last = self.lines + 1, (origin, writer, line.sequence)
        run_id = origin if is_run else line.run_id
        if is_run and (origin in self.forgotten or origin in self.batch.forgotten):
            return
        try:
            if line.type == "training_progress" and run_id is not None:
                self._report(run_id, line)
            elif line.type == "metrics_appended" and run_id is not None:
                self._metrics(run_id, line)
            elif not self._is_health_of_another(origin, line):
                self._event(origin, writer, run_id, line)
        except msgspec.ValidationError as error:
            self.refuse(origin, writer, line, str(error))

    def refuse(self, origin: str, writer: str, line: JournalLine, why: str) -> None:
        """Pass a line over, and say so."""
        place = f"{origin}/{writer}, sequence {line.sequence}"
        self.problems.append(f"{place}: {with_article(line.type)} that cannot be read: {why}")

    def vanish(self, run_id: str, time: str) -> None:
        """Forget a run whose directory somebody has removed: no journal is left to say so.

        Parameters
        ----------
        time
            When it was noticed.
        """
        state = self.state(run_id)
        if state is None or run_id in self.batch.forgotten:
            return
        name = state.name or run_id
        said = {
            "id": activity_id(run_id, WITNESS, 2),
            "level": "warning",
            "kind": "run_deleted",
            "text": f"{name} was deleted: its directory has gone",
            "who": "",
        }
        facts: tuple[tuple[str, dict[str, Any]], ...] = (
            ("run_deleted", {}),
            ("activity_update", said),
        )
        for sequence, (type, data) in enumerate(facts, start=1):
            line = JournalLine(sequence=sequence, type=type, time=time, data=data)
            self._event(run_id, WITNESS, run_id, line)
        self.batch.vanished.add(run_id)

    def state(self, run_id: str) -> RunState | None:
        """A run's state as of the lines so far."""
        known = self.batch.states.get(run_id)
        return known if known is not None else self.state_of(run_id)

    def _event(self, origin: str, writer: str, run_id: str | None, line: JournalLine) -> None:
        if line.type not in DURABLE:
            raise msgspec.ValidationError("not a type that this version knows")
        payload_of(line.type, line.data)
        event = Event(
            type=line.type,
            time=line.time,
            data=line.data,
            run_id=run_id,
            origin=origin,
            writer=writer,
            sequence=line.sequence,
            offset=self.batch.next_offset,
        )
        if run_id is not None:
            self._reduce(run_id, event)
        self.batch.events.append(event)

    def _reduce(self, run_id: str, event: Event) -> None:
        if event.type == "run_deleted":
            self.batch.forgotten[run_id] = event.offset
            self.batch.states.pop(run_id, None)
            self.batch.points.pop(run_id, None)
            return
        if run_id in self.forgotten or run_id in self.batch.forgotten:
            return
        before = self.state(run_id)
        after = reduce(before, event)
        if after is None or after is before:
            return
        self.batch.states[run_id] = after
        if before is not None and has_ended(after.status) and not has_ended(before.status):
            self.endings.append((len(self.batch.events), run_id, before))

    def _report(self, run_id: str, line: JournalLine) -> None:
        before = self.state(run_id)
        if before is None:
            return
        after = apply_report(before, line.data, line.time)
        if after is not before:
            self.batch.states[run_id] = after
            self.reported.add(run_id)

    def _metrics(self, run_id: str, line: JournalLine) -> None:
        series = line.data.get("series")
        if not isinstance(series, dict):
            raise msgspec.ValidationError("expected an object under 'series'")
        added = self.batch.add_points(run_id, series)
        before = self.state(run_id)
        if before is not None and added:
            newest = {name: [point] for name, point in added.items()}
            self.batch.states[run_id] = latest_metrics(before, newest)
            self.reported.add(run_id)

    def _is_health_of_another(self, origin: str, line: JournalLine) -> bool:
        is_health = line.type == "health_changed" or (
            line.type == "activity_update" and line.data.get("kind") == "health_changed"
        )
        return is_health and origin != self.own_server
