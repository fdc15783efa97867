"""Keeping the data directory bounded: measures what there is, and removes what the rules choose.

The rules are in ``core/retention.py``. A run is forgotten as a DELETE forgets it: the fact
``run_deleted`` is journalled first, by a callback, since only its caller has a journal to write to.
"""

from __future__ import annotations

import logging
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Set
from pathlib import Path
from typing import Any

from ..core.named_uploads import named_uploads
from ..core.names import UPLOAD_ID
from ..core.retention import (
    LeftoverFacts,
    Limits,
    Removal,
    RunFacts,
    UploadFacts,
    choose_removals,
)
from ..core.state import RunState, begun_us
from ..core.times import from_iso
from ..core.transitions import is_active
from ..errors import LockTaken, ProgressError, RunDirectoryBroken, UnknownRun
from .layout import DataDirectory, RunDirectory
from .locks import FileLock, is_locked
from .upload_folders import INCOMING, folder_of, remove_upload

logger = logging.getLogger(__name__)

LOCK = "prune.lock"
_UNFINISHED = (".new-", ".deleted-", INCOMING)


def prune(
    data: DataDirectory,
    states: Iterable[RunState],
    limits: Limits,
    *,
    in_service: Set[str],
    delete_run: Callable[[RunState], object],
    scratch: Path | None = None,
    dry_run: bool = False,
    wait_s: float = 0.0,
    now: float | None = None,
) -> list[Removal]:
    """Forget what is beyond the limits.

    Parameters
    ----------
    states
        Of all runs that are known.
    in_service
        The ids of runs whose model is in service.
    delete_run
        Journals ``run_deleted`` and deletes the directory.
    scratch
        Where rows are put today, apart from the data directory.
    dry_run
        Only say what would be removed.
    wait_s
        For another process that is at it.
    now
        Seconds since 1970-01-01 UTC; by default the time.

    Returns
    -------
    list of Removal
        What was removed.

    Raises
    ------
    LockTaken
        Another process is at it.
    """
    lock = FileLock(data.path / LOCK)
    deadline = time.monotonic() + wait_s
    while not lock.acquire():
        if time.monotonic() > deadline:
            raise LockTaken(f"another process removes old runs below {data.path} just now")
        time.sleep(0.1)
    began = time.time()
    try:
        known = {state.run_id: state for state in states}
        found = choose_removals(
            _runs(data, known, in_service),
            _uploads(data),
            _leftovers(data, scratch),
            limits,
            data_bytes=size_of(data.path) + _linked_bytes(data),
            now=time.time() if now is None else now,
        )
        if dry_run:
            return found
        # What was handed over again since it was chosen is in use.
        return [
            removal
            for removal in found
            if not (removal.kind == "upload" and _changed(data.uploads / removal.id) > began)
            and _remove(data, removal, known, delete_run)
        ]
    finally:
        lock.release()


def size_of(path: Path) -> int:
    """The bytes of all files below; one that is linked twice counts half in each place.

    A model version and its run share a file: neither alone frees it.
    """
    total = 0
    waiting = [path]
    while waiting:
        here = waiting.pop()
        try:
            found = here.lstat()
            if stat.S_ISDIR(found.st_mode):
                waiting += [Path(entry.path) for entry in os.scandir(here)]
            else:
                total += found.st_size // max(1, found.st_nlink)
        except FileNotFoundError:
            continue  # removed, or renamed into place, while it was looked at
    return total


def _runs(
    data: DataDirectory, known: dict[str, RunState], in_service: Set[str]
) -> Iterable[RunFacts]:
    for run_id in data.run_ids():
        directory = RunDirectory(data.runs / run_id)
        state = known.get(run_id)
        if state is None:
            # Not in the log (yet): not judged, but what it names is needed.
            yield _unknown_run(directory)
            continue
        goes_on = is_active(state.status) or is_locked(directory.lock_file)
        yield RunFacts(
            run_id=run_id,
            name=state.name,
            ended=_ended(state),
            size_bytes=size_of(directory.path),
            uploads=_uploads_of(state.spec),
            is_protected=goes_on or run_id in in_service,
            needs_uploads=goes_on or state.resumable,
        )


def _unknown_run(directory: RunDirectory) -> RunFacts:
    try:
        asked = directory.request().get("request")
    except RunDirectoryBroken:
        asked = None
    uploads = _uploads_of(asked if isinstance(asked, dict) else {})
    return RunFacts(directory.run_id, "", 0.0, 0, uploads, True, True)


def _ended(state: RunState) -> float:
    try:
        return from_iso(state.end_time or state.updated_time or "")
    except ValueError:
        return begun_us(state) / 1e6


def _uploads_of(spec: dict[str, Any]) -> frozenset[str]:
    return frozenset(named_uploads(spec).values())


def _uploads(data: DataDirectory) -> Iterable[UploadFacts]:
    for path in _entries(data.uploads):
        if UPLOAD_ID.fullmatch(path.name):
            yield UploadFacts(path.name, _changed(path), size_of(folder_of(path)))


def _linked_bytes(data: DataDirectory) -> int:
    """The size of the uploads that lie elsewhere: they count, wherever they are."""
    linked = (path for path in _entries(data.uploads) if path.is_symlink())
    return sum(size_of(folder_of(path)) for path in linked)


def _leftovers(data: DataDirectory, scratch: Path | None) -> Iterable[LeftoverFacts]:
    elsewhere = () if scratch is None else (scratch,)
    for folder in (data.runs, data.uploads, *elsewhere):
        for path in _entries(folder):
            if path.name.startswith(_UNFINISHED):
                place = str(path if folder == scratch else path.relative_to(data.path))
                yield LeftoverFacts(place, _changed(path), size_of(path))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []


def _changed(path: Path) -> float:
    """When something was last written to a folder or one of its files."""
    times = [0.0]
    for entry in (path, *_entries(path)):
        try:
            times.append(entry.stat().st_mtime)
        except FileNotFoundError:
            continue
    return max(times)


def _remove(
    data: DataDirectory,
    removal: Removal,
    known: dict[str, RunState],
    delete_run: Callable[[RunState], object],
) -> bool:
    """Carry one removal out; one that fails is told, and does not keep the others."""
    try:
        if removal.kind == "run":
            # Looked at again: since it was chosen it may have been resumed, or deleted by hand.
            if is_locked(data.run(removal.id).lock_file):
                return False
            delete_run(known[removal.id])
        elif removal.kind == "upload":
            remove_upload(data.uploads / removal.id)
        else:
            shutil.rmtree(data.path / removal.id)
    except (UnknownRun, FileNotFoundError):
        return False
    except (OSError, ProgressError) as error:
        logger.warning("the %s %s was not removed: %s", removal.kind, removal.id, error)
        return False
    return True
