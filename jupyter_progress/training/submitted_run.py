"""The run that a submitted function is in: its directory is there, and a keeper looks after it."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

from ..core.state import RunState
from ..store.control import Control
from ..store.journal import JournalWriter
from ..store.layout import RunDirectory
from ..tracking.display import Display
from ..tracking.own_stalls import OwnStalls
from ..tracking.record import Record
from ..tracking.run import Run
from .attempts import attempt_of, with_resumable
from .plain_journal import last_sequences


class SubmittedRun(Run):
    """As a run of one's own, in a worker.

    Parameters
    ----------
    directory
        The run's.
    keeper_pid
        The process that started this one. When it is gone nobody looks after the run, and this
        process ends at once.
    """

    def __init__(self, directory: RunDirectory, keeper_pid: int) -> None:
        self.request = directory.request()
        self.directory = directory
        super().__init__(
            self.request["name"],
            stages=self.request["request"].get("stages") or [],
            tags=self.request.get("tags") or [],
        )
        self._keeper_pid = keeper_pid
        self._attempt = attempt_of(directory)
        self.to_interrupt = False
        self._stopped_by: str | None = None

    @property
    def attempt(self) -> int:
        """1, and one more each time that the run is resumed."""
        return self._attempt.number

    @property
    def is_dropped(self) -> bool:
        """Whether somebody cancelled it."""
        return self.asked == "cancel"

    @property
    def stage_id(self) -> str | None:
        """The stage that it is in, or was in when something left it."""
        return self.state.current_stage

    @property
    def directory_journal(self) -> JournalWriter:
        """What this process tells of the run."""
        assert self._record is not None
        return self._record.journal

    def end_completed(self, value: dict[str, Any]) -> None:
        """Tell that the function has returned, and what became of its value."""
        assert self._record is not None
        self._record.complete_left_stage()
        result = {
            "metrics": dict(self._metrics.latest),
            "stopped": self.asked == "stop",
            "stopped_by": self._stopped_by if self.asked == "stop" else None,
            "value": value,
        }
        self._end("training_completed", 0, result=result)

    def end_failed(self, error: dict[str, Any]) -> None:
        """Tell that the function has failed."""
        self._end("training_failed", 1, error=error)

    def end_interrupted(self) -> None:
        """Tell that the function has returned because Jupyter, or the machine, goes down."""
        self._end("training_interrupted", 0, stage=self.stage_id, who=self._asked_by)

    # Of a run of one's own, other here

    def finish(self, error: BaseException | None = None, *, left_early: bool = False) -> None:
        """Nothing: it ends when its function returns, and as that ends."""

    def _new_stalls(self, record: Record) -> OwnStalls | None:
        return None  # its keeper listens

    def _new_record(self) -> Record:
        state = RunState(
            run_id=self.directory.run_id, name=self.name, kind="function", who=self.request["who"]
        )
        attempt = self._attempt
        record = Record(
            self.directory, attempt.worker, state, self._metrics, earlier_s=attempt.earlier_s
        )
        if attempt.number > 1:
            # After all that the attempts before have told, and after who asked for this one.
            follows = last_sequences(self.directory.journals, but=record.writer)
            record.begin(self._planned, follows=follows, event_type="training_resumed")
            return record
        queued = self.request.get("queued_by")
        follows = {queued["writer"]: queued["sequence"]} if queued else {}
        record.begin(self._planned, follows=follows or None, kind="function", tags=self.tags)
        return record

    def _end(self, event_type: str, exit_code: int, **facts: Any) -> None:
        assert self._record is not None
        follows = last_sequences(self.directory.journals, but=self._record.writer)
        follows.pop("keeper", None)  # it has only samples
        told = with_resumable(self.directory, "function", event_type, facts)
        super()._end(event_type, exit_code, follows=follows, **told)

    def interrupt(self) -> None:
        """Its keeper tells how the process ended."""

    def _new_display(self) -> Display | None:
        return None

    def _hear(self, control: Control) -> None:
        if control.action == "interrupt":
            self.to_interrupt = True
            control = dataclasses.replace(control, action="stop")
        # Who asks after the time limit has done so changes nothing.
        if control.action == "stop" and self._stopped_by is None:
            self._stopped_by = control.why or "asked"
        super()._hear(control)

    def _beat(self, resources: dict[str, Any] | None) -> None:
        if os.getppid() != self._keeper_pid:
            os._exit(1)
        super()._beat(None)  # the keeper measures the whole tree
