"""What a view knows: a snapshot, and every message since, applied once and in order.

Messages may come over several ways, twice, or late; position and revision decide what is new.
``frontend/src/model/view.ts`` mirrors this file, held to the same golden streams.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec

from .events import VOLATILE, Event
from .progress import latest_metrics
from .queueing import moves_queue, put_in_line
from .reduce import reduce
from .state import RunState
from .transitions import has_ended
from .wire import Activity, Message, ModelSummary, ServerFacts, activity_of

ACTIVITY_KEPT = 50
ENDED_RUNS_KEPT = 100


class Applied(Enum):
    """What became of a message."""

    CHANGED = "changed"
    IGNORED = "ignored"  # known already, older than what is known, or of an unknown type
    GAP = "gap"  # something before it is missing: reconnect with the position


class View:
    """The state of everything at a position, kept current by messages.

    Attributes
    ----------
    log_id, offset
        The position. ``log_id`` is empty before the first snapshot or hello.
    knows_queue
        Whether it is told of all active runs, and so knows the place of each that waits.
    runs
        Run states by id, in the order in which they were first seen.
    """

    def __init__(self) -> None:
        self.log_id = ""
        self.offset = 0
        self.has_state = False
        self.knows_queue = True
        self.runs: dict[str, RunState] = {}
        self.activity: list[Activity] = []
        self.models: dict[str, ModelSummary] = {}
        self.health: dict[str, Any] | None = None
        self.server: ServerFacts | None = None
        self._revisions: dict[tuple[str | None, str], int] = {}
        self._run_offsets: dict[str, int] = {}

    def apply(self, message: Message) -> Applied:
        """Take one message in.

        Parameters
        ----------
        message
            In the order of its channel.

        Returns
        -------
        Applied
            ``GAP`` asks the caller to reconnect with this view's position; the state is untouched.
        """
        if message.type == "snapshot":
            return self._restart(message)
        if message.type == "hello":
            return self._greet(message)
        if message.type == "heartbeat":
            behind = self.has_state and (message.offset or 0) > self.offset
            return Applied.GAP if behind else Applied.IGNORED
        if message.type in VOLATILE:
            return self._apply_volatile(message)
        if message.offset is None:
            return Applied.IGNORED
        return self._apply_durable(message)

    def _greet(self, message: Message) -> Applied:
        if message.recovered and self.log_id and message.log_id != self.log_id:
            return Applied.GAP
        return Applied.IGNORED

    def _restart(self, message: Message) -> Applied:
        log_id, offset = message.log_id or "", message.offset or 0
        if self.has_state and log_id == self.log_id and offset < self.offset:
            return Applied.IGNORED
        if log_id != self.log_id:
            self._revisions.clear()
        data = message.data if isinstance(message.data, dict) else {}
        runs = msgspec.convert(data.get("runs", []), list[RunState], strict=False)
        self.log_id, self.offset, self.has_state = log_id, offset, True
        # Newest first on the wire; oldest first here, so that a new run is simply the last.
        self.runs = {run.run_id: run for run in reversed(runs)}
        if self.knows_queue:
            put_in_line(self.runs)
        self._run_offsets = dict.fromkeys(self.runs, offset)
        activity = msgspec.convert(data.get("activity", []), list[Activity], strict=False)
        self.activity = activity[:ACTIVITY_KEPT]
        models = msgspec.convert(data.get("models", []), list[ModelSummary], strict=False)
        self.models = {model.name: model for model in models}
        self.health = data.get("health")
        self.server = msgspec.convert(data["server"], ServerFacts) if data.get("server") else None
        return Applied.CHANGED

    def _apply_durable(self, message: Message) -> Applied:
        offset = message.offset or 0
        if offset <= self.offset:
            return Applied.IGNORED
        if offset > self.offset + 1:
            return Applied.GAP
        self.offset = offset
        event = Event(
            type=message.type,
            time=message.time or "",
            data=message.data if isinstance(message.data, dict) else {},
            run_id=message.run_id,
            offset=offset,
        )
        if event.run_id is not None:
            self._run_offsets[event.run_id] = offset
        self._take(event)
        if self.knows_queue and moves_queue(event.type):
            put_in_line(self.runs)
        return Applied.CHANGED

    def _take(self, event: Event) -> None:
        activity = activity_of(event)
        if activity is not None:
            self.activity = [activity, *self.activity][:ACTIVITY_KEPT]
        elif event.type == "run_deleted" and event.run_id is not None:
            self.runs.pop(event.run_id, None)
        elif event.type == "health_changed":
            self.health = {
                **(self.health or {}),
                "status": event.data.get("to"),
                "reasons": event.data.get("reasons", []),
                "remarks": [],
            }
        elif event.type in ("model_registered", "model_deployed"):
            self._take_model(event)
            self._take_run(event)
        else:
            self._take_run(event)

    def _take_run(self, event: Event) -> None:
        if event.run_id is not None:
            state = reduce(self.runs.get(event.run_id), event)
            if state is not None:
                self.runs[event.run_id] = state
                self._forget_oldest()

    def _take_model(self, event: Event) -> None:
        name, version = str(event.data.get("name")), event.data.get("version")
        if not isinstance(version, int):
            return
        known = self.models.get(name) or ModelSummary(name=name)
        latest = max(version, known.latest or 0)
        deployed = version if event.type == "model_deployed" else known.deployed
        self.models[name] = ModelSummary(name=name, deployed=deployed, latest=latest)

    def _forget_oldest(self) -> None:
        """A view that stays open for weeks keeps a bounded number of ended runs."""
        ended = [run_id for run_id, run in self.runs.items() if has_ended(run.status)]
        for run_id in ended[: max(0, len(ended) - ENDED_RUNS_KEPT)]:
            self.runs.pop(run_id)
            self._run_offsets.pop(run_id, None)

    def _apply_volatile(self, message: Message) -> Applied:
        after, revision = message.after or 0, message.revision or 0
        if after > self.offset:
            return Applied.GAP
        key = (message.run_id, message.type)
        if revision <= self._revisions.get(key, -1):
            return Applied.IGNORED
        run_id = message.run_id
        if run_id is not None:
            state = self.runs.get(run_id)
            if state is None or has_ended(state.status):
                return Applied.IGNORED
            if after < self._run_offsets.get(run_id, 0):
                return Applied.IGNORED  # the run's durable events have gone past it
        self._revisions[key] = revision
        if message.type == "system_metrics":
            self.health = message.data
        elif message.type == "training_progress" and run_id is not None:
            self.runs[run_id] = msgspec.convert(message.data, RunState, strict=False)
        elif message.type == "metrics_appended" and run_id is not None:
            series = message.data.get("series", {}) if isinstance(message.data, dict) else {}
            self.runs[run_id] = latest_metrics(self.runs[run_id], series)
        return Applied.CHANGED
