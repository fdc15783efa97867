"""A run of the user's own code, in this process: nothing else has to be alive for it."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from ..core.activity import LEVELS
from ..core.state import RunState
from ..errors import InvalidRequest, RunCancelled, RunHasEnded
from ..store.control import Control, ControlReader
from ..store.journal import JournalWriter
from ..store.layout import DataDirectory, RunDirectory, default_data_dir
from . import arguments, current
from .display import Display, display_for
from .failure import error_of
from .history import Series, WithHistory, series_in
from .inside import Inside
from .loops import Loop, report_of
from .metrics import MetricLog
from .own_stalls import OwnStalls
from .pulse import Pulse
from .record import Record, new_record
from .values import doubt_about_stage, planned_stages

DISPLAY_EVERY_S = 0.2


class Run(Inside, WithHistory):
    """Track a training loop of one's own.

    ::

        with jp.Run("my own loop", stages=["load", "train"]) as run:
            with run.stage("train"):
                for batch in jp.track(batches):
                    run.log(loss=step(batch))

    An exception that leaves the block ends the run as failed, ``KeyboardInterrupt`` as cancelled.
    Where a block does not fit (several cells of a notebook), call :meth:`start` and :meth:`finish`.

    Parameters
    ----------
    name
        What it is called.
    stages
        The names of its stages, in order. A further one is added when it begins; where some are
        named, a warning in the feed then says so, for it may be mistyped.
    tags
        For finding it again.
    display
        Whether it shows itself.
    data_dir
        Where it is kept; Jupyter's data directory by default.

    Raises
    ------
    InvalidRequest
        An argument cannot be right; the message says which and what was expected.
    """

    def __init__(
        self,
        name: str = "run",
        *,
        stages: Iterable[str] = (),
        tags: Iterable[str] = (),
        display: bool = True,
        data_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self.name = arguments.label("name", name)
        self.tags = arguments.labels("tags", tags)
        self._planned = planned_stages(stages)
        self._wants_display = arguments.is_true("display", display)
        self._data_dir = None if data_dir is None else arguments.path("data_dir", data_dir)
        self._record: Record | None = None
        self._pulse: Pulse | None = None
        self._display: Display | None = None
        self._has_ended = False
        self._is_child = False
        # Set while log() need not look at anything but its arguments.
        self._open_journal: JournalWriter | None = None
        self._lock = threading.RLock()
        self._loops: list[Loop] = []
        self._metrics = MetricLog()
        self._said: dict[str, Any] = {}
        self._reported: dict[str, Any] = {}
        self._shown_at = 0.0
        self._stalls: OwnStalls | None = None

    def __repr__(self) -> str:
        return f"<Run {self.name!r} {self.run_id or 'not started'} {self.state.status}>"

    @property
    def run_id(self) -> str:
        """The run's id; empty before it starts."""
        return self._record.run_id if self._record else ""

    @property
    def state(self) -> RunState:
        """All that is known of the run now, as ``GET runs/{id}`` would answer it."""
        with self._lock:
            if self._record is None:
                return RunState(run_id="", name=self.name, kind="own", tags=self.tags)
            return self._record.state_with(self._metrics.latest)

    @property
    def is_active(self) -> bool:
        """Whether it has begun and not ended."""
        return self._record is not None and not self._has_ended

    def start(self) -> Self:
        """Begin. A ``with`` block does this by itself.

        Returns
        -------
        Run
            Itself.
        """
        if self._record is not None:
            raise RunHasEnded(f"{self.name!r} has begun once already; make another Run")
        self._record = self._new_record()
        current.enter(self)
        self._stalls = self._new_stalls(self._record)
        self._pulse = Pulse(ControlReader(self._record.directory), self._hear, self._beat)
        self._pulse.start()
        self._open_journal = self._record.journal
        self._display = self._new_display() if self._wants_display else None
        return self

    def _new_record(self) -> Record:
        directory = DataDirectory(self._data_dir or default_data_dir()).ensure()
        return new_record(directory, self.name, self.tags, self._planned, self._metrics)

    def _new_stalls(self, record: Record) -> OwnStalls | None:
        return OwnStalls(record.fact)

    def _directory(self) -> RunDirectory | None:
        return self._record.directory if self._record else None

    def _new_display(self) -> Display | None:
        return display_for(self)

    def finish(self, error: BaseException | None = None, *, left_early: bool = False) -> None:
        """End it; harmless where it has ended. A ``with`` block does this by itself.

        Parameters
        ----------
        error
            What ended it; None where it did what it was to do.
        left_early
            Whether there was more to do.
        """
        if error is not None and not isinstance(error, BaseException):
            raise InvalidRequest(
                "error", f"{arguments.found(error)}; expected the exception that ended the run"
            )
        record = self._record
        if self._is_child or record is None or self._has_ended:
            return
        stage = record.state.current_stage
        if isinstance(error, SystemExit) and error.code in (None, 0):
            error = None
        if error is None and self.asked == "cancel":
            # Its code looked at `stopping` and left in good order, which makes it no whole run.
            self._end("training_cancelled", 1, stage=stage, who=self._asked_by)
        elif error is None:
            record.complete_left_stage()
            result = {
                "metrics": dict(self._metrics.latest),
                "stopped": self.asked == "stop" or left_early,
            }
            self._end("training_completed", 0, result=result)
        elif isinstance(error, RunCancelled):
            self._end("training_cancelled", 1, stage=stage, who=self._asked_by)
        elif isinstance(error, KeyboardInterrupt | asyncio.CancelledError | GeneratorExit):
            self._end("training_cancelled", 1, stage=stage, who=record.who)
        else:
            self._end("training_failed", 1, error=error_of(error, stage=stage))

    def interrupt(self) -> None:
        """End it because its process ends."""
        if self._record is not None and self.is_active and not self._is_child:
            stage = self._record.state.current_stage
            self._end("training_interrupted", 1, stage=stage, who="")

    def __enter__(self) -> Self:
        return self if self.is_active else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.finish(error)

    def log(
        self,
        metrics: Mapping[str, Any] | None = None,
        /,
        *,
        step: float | None = None,
        **named: Any,
    ) -> None:
        """Log metrics: ``run.log(loss=0.3)`` or ``run.log({"val/loss": 0.3}, step=10)``.

        ``accuracy`` (0-1) also becomes the run's live accuracy, ``predictions_processed`` its
        number of held-out rows scored. NaN and infinities are kept as missing values.

        Parameters
        ----------
        metrics
            Names and numbers, for names that are no Python identifiers.
        step
            Where they belong. Without one: to the step of what was logged before, or to the next
            one if one of these metrics is there already.

        Raises
        ------
        InvalidRequest
            A name, a value or the step cannot be right; nothing of the call is kept.
        RunCancelled
            Somebody cancelled the run.
        RunHasEnded
            It has ended, or not begun.
        """
        journal = self._open_journal
        if journal is not None and metrics is None and self._metrics.note(named, step):
            if journal.is_asleep:
                journal.wake()
            return
        record = self._active_record()
        if self._is_child:
            record.close_with_child()
        with self._lock:
            self._metrics.take(metrics, named, step)
        if record.journal.is_asleep:
            record.journal.wake()

    def _series(self) -> Series:
        if self._record is None:
            return {}
        if self.is_active:
            self._record.journal.flush()
        return series_in(self._record.directory)

    def note(self, text: str, *, level: str = "info") -> None:
        """Add a line of one's own to the run's activity feed.

        Parameters
        ----------
        level
            ``info``, ``success``, ``warning`` or ``error``.

        Raises
        ------
        InvalidRequest
            It says nothing, or too much, or there is no such level.
        """
        arguments.note("text", text)
        if level not in LEVELS:
            expected = ", ".join(map(repr, LEVELS))
            raise InvalidRequest("level", f"{arguments.found(level)}; expected one of {expected}")
        record = self._active_record()
        if not self._is_child:
            record.note(level, text)

    @contextmanager
    def stage(self, name: str, *, title: str | None = None) -> Iterator[None]:
        """A stage of the run, for as long as the block lasts.

        Parameters
        ----------
        name
            One of the run's stages, or a further one.
        title
            What a person reads; made from the name by default.

        Raises
        ------
        InvalidRequest
            The name cannot be one, or another stage is under way.
        RunCancelled
            Somebody cancelled the run.
        """
        arguments.label("stage", name)
        if title is not None:
            arguments.label("title", title)
        record = self._active_record()
        if self._is_child:
            yield
            return
        doubt = doubt_about_stage(name, self._planned)
        with self._lock:
            record.begin_stage(name, title)
            self._metrics.begin_stage()
            if doubt:
                record.note("warning", doubt)
        is_done = False
        try:
            yield
            is_done = True
        finally:
            if self.is_active:
                self._leave_stage(record, is_done)

    def _leave_stage(self, record: Record, is_done: bool) -> None:
        with self._lock:
            self._report_progress()
            self._said = {}
            record.leave_stage(dict(self._metrics.of_stage), is_done=is_done)

    def say(self, **fields: Any) -> None:
        """Say how far the current stage is, where no loop counts that.

        Parameters
        ----------
        **fields
            Of a progress report; what is None stays as it was.
        """
        with self._lock:
            self._said.update({name: value for name, value in fields.items() if value is not None})

    def begin_loop(self, loop: Loop) -> None:
        """A tracked loop begins inside of this run."""
        with self._lock:
            self._loops.append(loop)

    def end_loop(self, loop: Loop) -> None:
        """A tracked loop has ended."""
        with self._lock:
            if not self._is_child and self.is_active:
                self._report_progress()
            if loop in self._loops:
                self._loops.remove(loop)

    @property
    def has_stage(self) -> bool:
        """Whether a stage is under way."""
        return self._record is not None and self._record.stage is not None

    def _active_record(self) -> Record:
        if self._record is None:
            raise RunHasEnded(
                f"{self.name!r} has not begun; use it in a `with` block, or start() it"
            )
        if self._has_ended:
            raise RunHasEnded(f"{self.name!r} has ended; nothing can be logged to it any more")
        self.raise_if_cancelled()
        return self._record

    def _end(self, event_type: str, exit_code: int, **facts: Any) -> None:
        record, pulse = self._record, self._pulse
        assert record is not None
        assert pulse is not None
        pulse.stop()
        with self._lock:
            if self._has_ended:
                return
            self._report_progress()
            self._open_journal = None
            self._has_ended = True
            record.state_with(self._metrics.latest)
            record.end(event_type, exit_code, **facts)
            state = record.state
        current.leave(self)
        if self._display is not None:
            self._display.close(state)

    # Called by the pulse's thread

    def _hear(self, control: Control) -> None:
        if control.action in ("stop", "cancel") and self.asked != "cancel":
            self._asked_by = control.who
            self.asked = control.action
            if control.action == "cancel":
                self._open_journal = None

    def _beat(self, resources: dict[str, Any] | None) -> None:
        with self._lock:
            if self._has_ended or self._record is None:
                return
            self._report_progress(resources)
            if self._stalls is not None and not self._is_child:
                mark = (self._reported, dict(self._metrics.latest))
                cpu = resources["cpu"] if resources is not None else None
                self._stalls.look(mark, self._record.stage, cpu)
            now = time.monotonic()
            if self._display is None or now - self._shown_at < DISPLAY_EVERY_S:
                return
            self._shown_at = now
            state = self._record.state_with(self._metrics.latest)
        # Not under the lock: a display may be slow, and log() must not wait for it.
        self._display.update(state)

    def _report_progress(self, resources: dict[str, Any] | None = None) -> None:
        record = self._record
        if record is None or self._is_child:
            return
        report = {**report_of(self._loops), **self._said, **self._metrics.fields}
        if report == self._reported and resources is None:
            return
        self._reported = report
        known: dict[str, Any] = {"stage": record.stage} if record.stage else {}
        if resources is not None:
            known["resources"] = resources
        record.report({**known, **report})

    def continue_in_child(self) -> None:
        """After a fork, in the child: metrics go into a journal of the child's own, no more.

        The lock may have been held by a thread that the child does not have.
        """
        self._is_child = True
        self._open_journal = None
        self._metrics.start_anew_in_child()
        self._lock = threading.RLock()
        self._display = None


def _after_fork_in_child() -> None:
    current.after_fork()
    for run in current.active_runs():
        run.continue_in_child()


def _at_exit() -> None:
    """A run that was started and never finished ends with its process, and says so."""
    for run in current.active_runs():
        run.interrupt()


os.register_at_fork(after_in_child=_after_fork_in_child)
atexit.register(_at_exit)
