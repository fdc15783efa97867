"""What a run's stages share: the request, the journal, and what the stages before have made."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from ..core.activity import activity_id
from ..core.requests import OwnScorer, RunRequest, Split
from ..store.journal import JournalWriter, tell
from ..store.layout import DataDirectory, RunDirectory
from .asked import Asked
from .attempts import Attempt, attempt_of
from .costs import Fit
from .fitting.keeping import Keeping
from .plain_journal import findings_of
from .preprocessing import Plan
from .room import ROOM_WAIT_S, for_so_long, when_there_is_room
from .searching.kinds import search_in
from .settled import Settled
from .sources import LoadedData
from .sources.table import Table
from .timings import Timings
from .workload import (
    Workload,
    class_in,
    class_of,
    members_in,
    members_of,
    params_of,
    source_of,
)

_REPORT_INTERVAL_S = 0.1
T = TypeVar("T")


@dataclass
class Parts:
    """The loaded rows, divided. A part that there is none of is None."""

    train: Table
    validation: Table | None
    test: Table | None
    stratified: tuple[bool, bool] = (False, False)


@dataclass
class Context:
    """One run in its worker.

    Parameters
    ----------
    facts
        ``request.json``.
    request
        The request in it, with all defaults.
    attempt
        Which attempt at the run this is; its worker's journal bears the same number.
    """

    data_dir: DataDirectory
    run: RunDirectory
    facts: dict[str, Any]
    request: RunRequest
    journal: JournalWriter
    asked: Asked
    timings: Timings
    attempt: Attempt = field(default_factory=Attempt)
    data_changed: bool = False

    estimator: Any = None
    is_classifier: bool = True
    random_state: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    # Until the rows are divided: from then on only the parts are kept.
    loaded: LoadedData | None = None
    shape: tuple[int, int] | None = None
    plan: Plan | None = None
    parts: Parts | None = None
    scorer: Any = None
    preprocessor: Any = None
    preprocessed: list[dict[str, Any]] = field(default_factory=list)
    prepared_train: Any = None
    prepared_validation: Any = None
    keeping: Keeping | None = None
    model: Any = None
    model_parts: int | None = None
    stopped: bool = False
    stopped_early: bool = False
    early_stopping: dict[str, Any] | None = None
    steps: dict[str, int | None] | None = None
    live: dict[str, float | None] = field(default_factory=dict)
    processed: int = 0
    evaluation: dict[str, Any] = field(default_factory=dict)
    registered: dict[str, Any] | None = None
    search: dict[str, Any] | None = None
    fits: list[Fit] = field(default_factory=list)
    stage: str | None = None
    begun_s: float = field(default_factory=time.monotonic)
    pid: int = field(default_factory=os.getpid)

    def __post_init__(self) -> None:
        self.settled = Settled(self.run)
        self._told = findings_of(self.run.journals) if self.attempt.number > 1 else frozenset()
        self._reported_s = 0.0
        self._unreported: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """What the run is called."""
        return str(self.facts.get("name") or self.run.run_id)

    @property
    def split(self) -> Split:
        """The split that was asked for; one that holds nothing out where none was."""
        if self.request.split is None:
            return Split(test=0.0, validation=0.0, stratify=False)
        return self.request.split.settled(is_search=search_in(self.estimator) is not None)

    @property
    def scorer_name(self) -> str | None:
        """What the live score is called, where it was asked for."""
        scoring = self.request.scoring
        return scoring.name if isinstance(scoring, OwnScorer) else scoring

    @property
    def root(self) -> Path:
        """What a data file's path is relative to."""
        root = (self.facts.get("limits") or {}).get("root_dir")
        return Path(root) if root else Path.cwd()

    @property
    def elapsed_s(self) -> float:
        """What the attempts before this one took, and since its worker began."""
        return round(self.attempt.earlier_s + time.monotonic() - self.begun_s, 3)

    @property
    def workload(self) -> Workload:
        """What decides how long the stages take."""
        spec = self.request.estimator
        known = self.estimator is not None
        search = search_in(self.estimator) if known else None
        fitted = self.estimator if search is None else search.estimator
        return Workload(
            estimator=class_of(self.estimator) if known else class_in(spec),
            source=source_of(self.request.dataset),
            cells=math.prod(self.shape) if self.shape else None,
            rows=self._train_rows(self.shape[0]) if self.shape else None,
            columns=self.shape[1] if self.shape else None,
            params=params_of(fitted) if known else {},
            searched=class_of(fitted) if search is not None else "",
            members=members_of(self.estimator) if known else members_in(spec),
            parts=self.model_parts,
        )

    def _train_rows(self, rows: int) -> int:
        """What the estimator is fitted on, of so many; the parts themselves where they are made."""
        if self.parts is not None:
            return self.parts.train.rows
        held_out = self.split.test + (self.split.validation or 0.0)
        return max(1, round(rows * (1.0 - held_out)))

    def end_if_copy(self) -> None:
        """End a copy of the worker, which a fork in the user's code has left in the middle of ours.

        It would go on with the stages beside the worker itself, and end the run a second time.
        """
        if os.getpid() != self.pid:
            os._exit(0)

    def with_room(self, write: Callable[[], T]) -> T:
        """Write something; on a full disk wait for room, for as long as a run may.

        Raises
        ------
        Cancelled
            The run is dropped meanwhile.
        OSError
            There was no room.
        """
        limit_s = (self.facts.get("limits") or {}).get("room_wait_s", ROOM_WAIT_S)
        has_time = for_so_long(float(limit_s))

        def may_wait() -> bool:
            self.asked.check()
            return has_time() and not self.asked.to_interrupt

        return when_there_is_room(write, may_wait)

    def tell(self, kind: str, data: dict[str, Any], **how: Any) -> None:
        """Journal a fact and its line of the feed."""
        tell(self.journal, self.run.run_id, kind, data, self.name, **how)

    def finding(self, level: str, text: str, kind: str = "data_finding") -> None:
        """Put a line of its own into the activity feed, unless an earlier attempt has done so."""
        if text in self._told:
            return
        identity = activity_id(self.run.run_id, self.journal.writer, self.journal.last_sequence + 1)
        self.journal.append(
            "activity_update",
            {"id": identity, "level": level, "kind": kind, "text": text, "who": ""},
        )

    def report(self, **facts: Any) -> None:
        """Report progress; some times a second at most, and the newest always in the end."""
        self._unreported.update({key: value for key, value in facts.items() if value is not None})
        now_s = time.monotonic()
        if now_s - self._reported_s >= _REPORT_INTERVAL_S:
            self.flush_report(now_s)

    def flush_report(self, now_s: float | None = None) -> None:
        """Write what has been reported and not yet been written."""
        if self._unreported:
            facts, self._unreported = self._unreported, {}
            self._reported_s = time.monotonic() if now_s is None else now_s
            self.journal.append("training_progress", facts)

    def log_metrics(self, step: int, values: dict[str, float | None]) -> None:
        """Note metrics of a step."""
        self.journal.log_metrics(step, values)


def open_context(run_path: Path, asked: Asked | None = None) -> Context:
    """Read a run's directory, in its worker."""
    data_dir = DataDirectory(run_path.parent.parent)
    run = data_dir.run(run_path.name)
    facts = run.request()
    attempt = attempt_of(run)
    return Context(
        data_dir=data_dir,
        run=run,
        facts=facts,
        request=msgspec.convert(facts["request"], RunRequest),
        journal=JournalWriter(run.journal(attempt.worker)),
        asked=asked or Asked(run, keeper_pid=os.getppid()),
        timings=Timings(data_dir.timings),
        attempt=attempt,
    )


def take_rows(table: Table, indices: np.ndarray) -> Table | None:
    """The rows at these places; None for none."""
    return table.take(indices) if len(indices) else None
