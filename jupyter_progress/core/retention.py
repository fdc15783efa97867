"""What of a data directory may be forgotten: the rules, given the facts and the time.

The rules, in their order. A run that goes on or waits, and one whose model is in service, is never
forgotten. Others are, oldest end first: past ``keep_runs_days``; beyond ``max_runs``; and, uploads
first, while the directory is larger than ``max_data_bytes``. An upload stays as long as a run that
goes on or can be resumed needs it, and ``keep_uploads_hours`` beyond its last use.

Registered models are not touched: a version holds files of its own and outlives its run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

DAY_S: Final = 86_400.0
HOUR_S: Final = 3600.0
# An upload that nothing needs yet: its run may be asked for in the next minute.
UPLOAD_GRACE_S: Final = HOUR_S
LEFTOVER_AFTER_S: Final = DAY_S


@dataclass(frozen=True)
class Limits:
    """How much is kept; 0 means without an end.

    The defaults forget nothing that a person would look for: a run only where there are thousands
    of later ones, or where they fill a disk.

    Parameters
    ----------
    keep_runs_days
        After a run's end.
    keep_uploads_hours
        After an upload's last use.
    """

    keep_runs_days: float = 0.0
    max_runs: int = 5000
    max_data_bytes: int = 50 << 30
    keep_uploads_hours: float = 168.0


@dataclass(frozen=True)
class RunFacts:
    """What the rules need to know of a run.

    Parameters
    ----------
    ended
        Seconds since 1970-01-01 UTC; of a run that goes on it does not matter.
    size_bytes
        What deleting it frees; of a file that a model version shares its part.
    uploads
        Ids that its request names.
    is_protected
        It goes on, waits, or its model is in service.
    needs_uploads
        It goes on, waits, or can be resumed.
    """

    run_id: str
    name: str
    ended: float
    size_bytes: int
    uploads: frozenset[str]
    is_protected: bool
    needs_uploads: bool


@dataclass(frozen=True)
class UploadFacts:
    """What the rules need to know of an upload; ``time`` is when it was handed over."""

    upload_id: str
    time: float
    size_bytes: int


@dataclass(frozen=True)
class LeftoverFacts:
    """Something half made or half deleted, whose maker was killed; ``path`` is below the data."""

    path: str
    time: float
    size_bytes: int


@dataclass(frozen=True)
class Removal:
    """One thing that is to go.

    Parameters
    ----------
    kind
        ``run``, ``upload`` or ``leftover``.
    id
        The run's or upload's id, or a path below the data directory.
    reason
        ``age``, ``count``, ``size``, ``unused`` or ``unfinished``.
    """

    kind: str
    id: str
    name: str
    reason: str
    size_bytes: int


@dataclass
class _Choice:
    """What has been chosen so far, and how much is left with it gone."""

    data_bytes: int
    removals: list[Removal] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def take(self, kind: str, id: str, name: str, reason: str, size_bytes: int) -> None:
        self.gone.add(id)
        self.data_bytes -= size_bytes
        self.removals.append(Removal(kind, id, name, reason, size_bytes))

    def take_run(self, run: RunFacts, reason: str) -> None:
        self.take("run", run.run_id, run.name, reason, run.size_bytes)


def choose_removals(
    runs: Iterable[RunFacts],
    uploads: Iterable[UploadFacts],
    leftovers: Iterable[LeftoverFacts],
    limits: Limits,
    *,
    data_bytes: int,
    now: float,
) -> list[Removal]:
    """Say what is to be forgotten.

    Parameters
    ----------
    data_bytes
        The size of the whole data directory.
    now
        Seconds since 1970-01-01 UTC.

    Returns
    -------
    list of Removal
        In the order in which they are to be carried out.
    """
    runs, uploads = list(runs), sorted(uploads, key=lambda upload: (upload.time, upload.upload_id))
    choice = _Choice(data_bytes)
    for leftover in leftovers:
        if now - leftover.time > LEFTOVER_AFTER_S:
            choice.take("leftover", leftover.path, "", "unfinished", leftover.size_bytes)
    _choose_runs_by_age_and_count(runs, limits, choice, now)
    _choose_unused_uploads(runs, uploads, limits, choice, now)
    if limits.max_data_bytes:
        _choose_by_size(runs, uploads, limits.max_data_bytes, choice, now)
    return choice.removals


def _oldest_first(runs: list[RunFacts], choice: _Choice) -> list[RunFacts]:
    free = (run for run in runs if not run.is_protected and run.run_id not in choice.gone)
    return sorted(free, key=lambda run: (run.ended, run.run_id))


def _choose_runs_by_age_and_count(
    runs: list[RunFacts], limits: Limits, choice: _Choice, now: float
) -> None:
    if limits.keep_runs_days:
        for run in _oldest_first(runs, choice):
            if now - run.ended > limits.keep_runs_days * DAY_S:
                choice.take_run(run, "age")
    if limits.max_runs:
        left = sum(1 for run in runs if run.run_id not in choice.gone)
        for run in _oldest_first(runs, choice)[: max(0, left - limits.max_runs)]:
            choice.take_run(run, "count")


def _choose_unused_uploads(
    runs: list[RunFacts], uploads: list[UploadFacts], limits: Limits, choice: _Choice, now: float
) -> None:
    if not limits.keep_uploads_hours:
        return
    kept_s = max(UPLOAD_GRACE_S, limits.keep_uploads_hours * HOUR_S)
    for upload in _unneeded(runs, uploads, choice):
        used = [run.ended for run in runs if upload.upload_id in run.uploads]
        if now - max([upload.time, *used]) > kept_s:
            choice.take("upload", upload.upload_id, "", "unused", upload.size_bytes)


def _unneeded(
    runs: list[RunFacts], uploads: list[UploadFacts], choice: _Choice
) -> list[UploadFacts]:
    needed = {
        upload
        for run in runs
        if run.needs_uploads and run.run_id not in choice.gone
        for upload in run.uploads
    }
    return [
        upload
        for upload in uploads
        if upload.upload_id not in needed and upload.upload_id not in choice.gone
    ]


def _choose_by_size(
    runs: list[RunFacts], uploads: list[UploadFacts], limit: int, choice: _Choice, now: float
) -> None:
    def drop_uploads() -> None:
        for upload in _unneeded(runs, uploads, choice):
            if choice.data_bytes > limit and now - upload.time > UPLOAD_GRACE_S:
                choice.take("upload", upload.upload_id, "", "size", upload.size_bytes)

    drop_uploads()
    for run in _oldest_first(runs, choice):
        if choice.data_bytes <= limit:
            return
        choice.take_run(run, "size")
        if run.uploads and run.needs_uploads:
            drop_uploads()  # what only this run could have been resumed with
