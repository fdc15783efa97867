"""Asking for a run's next attempt. Many may ask at once; it begins once."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ..core.kinds import has_keeper
from ..core.state import RunState
from ..core.transitions import has_ended
from ..errors import NotResumable, RunGoingOn
from ..store.layout import RunDirectory, read_json_object
from ..store.locks import FileLock
from ..store.regular_files import regular_files
from .attempts import Attempt, begin_attempt, has_begun
from .controls import journal_fact
from .plain_journal import last_sequences, lines_backwards
from .process_tree import end_group, is_same_process
from .recover import recover_run

LOCK_WITHIN_S = 3.0  # the keeper writes exit.json after the last event, and goes
_WORKER_ENDS_WITHIN_S = 2.0


def ask_to_resume(
    run_dir: RunDirectory,
    state: RunState,
    *,
    who: str,
    writer: str,
    writing: AbstractContextManager[object] | None = None,
) -> None:
    """Ask for the run's next attempt. On return it is on disk, and queued.

    Asking again, because the answer was lost or somebody else was faster, changes nothing.
    ``launch.start_keeper`` starts it, or the queue of the server that was asked.

    Parameters
    ----------
    state
        The run's newest state.
    who
        The user who asks.
    writer
        Who journals it: ``server-0``, ``kernel-1a2b3c4d``.
    writing
        Held while that journal is written, where several threads may do so.

    Raises
    ------
    NotResumable
        It ended well, was dropped, left nothing to go on from, or trains in another process.
    RunGoingOn
        Its first attempt is not over, or what is left of it cannot be ended.
    """
    if not has_ended(state.status):
        _check_asked_before(state)
        return
    _check_resumable(state)
    recover_run(run_dir)  # where its keeper was killed after the last event
    lock = FileLock(run_dir.lock_file)
    if not _acquired(lock):
        if has_begun(run_dir, state.attempt + 1):
            return  # somebody else asked just now, and its keeper has begun
        raise RunGoingOn(f"the run {state.run_id} has not let go of its files yet; ask again")
    try:
        if _is_to_tell(run_dir, state, writer):
            with writing or nullcontext():
                _tell(run_dir, state, who, writer)
    finally:
        lock.release()


def _is_to_tell(run_dir: RunDirectory, state: RunState, writer: str) -> bool:
    """Make ready for the next attempt; answers whether that is still to be told."""
    number = state.attempt + 1
    if has_begun(run_dir, number):
        # By somebody else, just now; or by one that was killed before it could tell of it.
        return not _is_told(run_dir.journals, number)
    _end_worker(run_dir, state)
    attempt = Attempt(
        number=number,
        after=last_sequences(run_dir.journals, but=""),
        earlier_s=state.elapsed_time or 0.0,
        writer=writer,
    )
    begin_attempt(run_dir, attempt)
    return True


def _tell(run_dir: RunDirectory, state: RunState, who: str, writer: str) -> None:
    facts = {"attempt": state.attempt + 1, "who": who}
    follows = last_sequences(run_dir.journals, but=writer)
    journal_fact(run_dir, writer, "training_resuming", facts, state.name, who, follows)


def _check_asked_before(state: RunState) -> None:
    if state.attempt == 1:
        raise RunGoingOn(f"the run {state.run_id} is {state.status}; there is nothing to resume")


def _check_resumable(state: RunState) -> None:
    run_id = state.run_id
    if state.status in ("completed", "cancelled"):
        how = "completed" if state.status == "completed" else "been dropped"
        raise NotResumable(f"the run {run_id} has {how}; start a new one")
    if not has_keeper(state.kind):
        raise NotResumable(
            f"the run {run_id} trains in a process of its own, which nobody here can start; "
            "start it again there"
        )
    if not state.resumable:
        reason = (state.error or {}).get("reason") or state.status
        raise NotResumable(
            f"the run {run_id} ended by a failure of its own ({reason}) and left nothing to go on "
            "from; set that right, then start a new one"
        )


def _acquired(lock: FileLock) -> bool:
    deadline = time.monotonic() + LOCK_WITHIN_S
    while not lock.acquire():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _end_worker(run_dir: RunDirectory, state: RunState) -> None:
    """No two workers train one run: what is left of the last one ends first."""
    worker = read_json_object(run_dir.worker_file)
    if worker is None:
        return
    pid, start_time = int(worker["pid"]), float(worker["start_time"])
    end_group(pid, start_time, _WORKER_ENDS_WITHIN_S)
    if is_same_process(pid, start_time):
        raise RunGoingOn(
            f"the last worker of run {state.run_id} (process {pid}) cannot be ended; end it, then "
            "resume the run"
        )


def _is_told(journals: Path, number: int) -> bool:
    return any(
        line["type"] == "training_resuming" and line["data"].get("attempt") == number
        for path in regular_files(journals, ".jsonl")
        if not path.stem.startswith(("worker-", "child-"))
        for line in lines_backwards(path)
    )
