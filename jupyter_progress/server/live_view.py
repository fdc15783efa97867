"""The state of everything as it has been published, on the event loop, for snapshots.

It is kept by the very code that a client keeps its own state with, fed with the very messages that
subscribers get: a snapshot at an offset equals what a client has that was there all along.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ..core.state import RunState, newest_first
from ..core.transitions import has_ended, is_active
from ..core.view import View
from ..core.wire import Message, ModelSummary, ServerFacts, Snapshot, VolatileMessage
from .batch import Batch, VolatileKey, key_of, to_message

ENDED_RUNS_SHOWN = 20


class LiveView:
    """What the server shows at this moment.

    Parameters
    ----------
    snapshot
        The state in the log when the server opened it; later batches must follow without a gap.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.log_id = snapshot.log_id
        self.server: ServerFacts | None = snapshot.server
        self._view = View()
        self._view.apply(
            Message(
                type="snapshot",
                log_id=snapshot.log_id,
                offset=snapshot.offset,
                data=msgspec.to_builtins(snapshot),
            )
        )
        self._volatile: dict[VolatileKey, VolatileMessage] = {}
        self._encoded: bytes | None = None

    @property
    def head(self) -> int:
        """The offset of the last durable message that has been published."""
        return self._view.offset

    @property
    def health(self) -> dict[str, Any] | None:
        """The newest health, as ``GET health`` answers it."""
        return self._view.health

    @property
    def models(self) -> dict[str, ModelSummary]:
        """All registered models by name."""
        return self._view.models

    def run(self, run_id: str) -> RunState | None:
        """A run's newest state; None for one that is too old to be kept here."""
        return self._view.runs.get(run_id)

    def active_runs(self) -> list[RunState]:
        """Runs that are going on or waiting, oldest first."""
        return [run for run in self._view.runs.values() if is_active(run.status)]

    def apply(self, batch: Batch) -> None:
        """Take in what is being published."""
        self._encoded = None
        for durable in batch.durable:
            self._view.apply(to_message(durable))
            if durable.run_id is not None:
                self._drop_volatile_of_ended(durable.run_id)
        for message in batch.volatile:
            self._volatile[key_of(message)] = message
            self._view.apply(to_message(message))

    def _drop_volatile_of_ended(self, run_id: str) -> None:
        run = self._view.runs.get(run_id)
        if run is None or has_ended(run.status):
            for kind in ("training_progress", "metrics_appended"):
                self._volatile.pop((run_id, kind), None)

    def volatile(self) -> list[VolatileMessage]:
        """The newest volatile message of each run and type."""
        return list(self._volatile.values())

    def snapshot(self) -> Snapshot:
        """The state at :attr:`head`: all active runs and the newest ended ones, newest first."""
        runs = newest_first(self._view.runs.values())
        ended = [run for run in runs if has_ended(run.status)][:ENDED_RUNS_SHOWN]
        shown = {run.run_id for run in ended}
        return Snapshot(
            log_id=self.log_id,
            offset=self.head,
            server=self.server,
            health=self._view.health,
            runs=[run for run in runs if is_active(run.status) or run.run_id in shown],
            activity=list(self._view.activity),
            models=sorted(self._view.models.values(), key=lambda model: model.name),
        )

    def encoded_snapshot(self) -> bytes:
        """The snapshot as JSON; encoded once for all who ask between two changes."""
        if self._encoded is None:
            self._encoded = msgspec.json.encode(self.snapshot())
        return self._encoded
