"""A run that has lost its keeper: whoever finds it ends what is left, and writes its last event."""

from __future__ import annotations

import time
from typing import Any

from ..core.times import to_iso
from ..store.layout import RunDirectory, read_json_object
from ..store.locks import FileLock, boot_id, is_locked, lock_owner
from . import last_words
from .attempts import attempt_of, with_resumable
from .plain_journal import (
    PlainJournal,
    find_current_stage,
    find_last_event,
    last_sequences,
)
from .process_tree import end_group

_END_WITHIN_S = 2.0
GAVE_UP = "gave_up"  # in keeper.json: why a keeper ended without a last word
# A keeper writes about one line a second and leaves the disk to the system, which may lose half a
# minute of them when the machine goes down.
LOST_LINES = 1000


def needs_recovery(run_dir: RunDirectory) -> bool:
    """Whether a run was started, has not ended, and nobody looks after it.

    A queued run that nobody has started yet needs none.
    """
    if run_dir.exit_file.exists() or not _was_started(run_dir):
        return False
    return not is_locked(run_dir.lock_file)


def recover_run(run_dir: RunDirectory) -> bool:
    """End a run whose keeper, or own process, is gone.

    Returns
    -------
    bool
        Whether this call did; False where nothing was to be done, or somebody else is at it.
    """
    if not needs_recovery(run_dir):
        return False
    # The lock's own note is written anew by whoever recovers a run, be it in vain.
    owner = read_json_object(run_dir.keeper_file) or lock_owner(run_dir.lock_file) or {}
    lock = FileLock(run_dir.lock_file)
    if not lock.acquire():
        return False
    try:
        if run_dir.exit_file.exists():
            return False
        _end_worker(run_dir)
        _write_last_event(run_dir, owner)
        run_dir.write_json(
            run_dir.exit_file,
            {
                "exit_status": None,
                "signal": None,
                "asked": None,
                "recovered": True,
                "time": to_iso(time.time()),
            },
        )
    finally:
        lock.release()
    return True


def _was_started(run_dir: RunDirectory) -> bool:
    # Of a run in the user's own process only the lock tells that it has begun.
    return run_dir.keeper_file.exists() or (_is_own(run_dir) and run_dir.lock_file.exists())


def _is_own(run_dir: RunDirectory) -> bool:
    request = read_json_object(run_dir.path / "request.json") or {}
    return request.get("kind") == "own"


def _end_worker(run_dir: RunDirectory) -> None:
    worker = read_json_object(run_dir.worker_file)
    if worker is not None:
        end_group(int(worker["pid"]), float(worker["start_time"]), _END_WITHIN_S)


def _write_last_event(run_dir: RunDirectory, owner: dict[str, Any]) -> None:
    attempt = attempt_of(run_dir)
    if find_last_event(run_dir.journals, attempt.after) is not None:
        return
    request = run_dir.request()
    name = str(request.get("name") or run_dir.run_id)
    stage = find_current_stage(run_dir.journals, attempt.after)
    journal = PlainJournal(run_dir.journal("keeper"), lost=LOST_LINES)
    try:
        follows = last_sequences(run_dir.journals, but="keeper")
        if owner.get("boot_id") not in (None, boot_id()):
            facts: dict[str, Any] = {"stage": stage, "elapsed_time": None, "who": ""}
            kind = "training_interrupted"
        else:
            is_full = owner.get(GAVE_UP) == "disk_full"
            by_keeper = last_words.of_keeper(stage, own_process=_is_own(run_dir))
            error = last_words.disk_full(stage) if is_full else by_keeper
            facts = {"error": error}
            kind = "training_failed"
        facts = with_resumable(run_dir, str(request.get("kind")), kind, facts)
        journal.tell(run_dir.run_id, kind, facts, name=name, follows=follows)
    finally:
        journal.close()
