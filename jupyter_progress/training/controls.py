"""Asking a run to end: to keep the best so far and finish, or to drop everything."""

from __future__ import annotations

import time
from typing import Any, Literal

from ..core.state import RunState
from ..core.times import to_iso
from ..core.transitions import has_ended
from ..errors import CannotStop, NothingToKeep, RunHasEnded
from ..store.control import ControlReader, append_control
from ..store.journal import JournalWriter, refuse_unwritten, tell
from ..store.layout import RunDirectory
from ..store.locks import FileLock
from .attempts import drop_checkpoints
from .plain_journal import last_sequences

_AFTER_TRAIN = ("evaluate", "save_model")


def ask_to_stop(
    run_dir: RunDirectory,
    state: RunState,
    *,
    action: Literal["stop", "cancel"],
    who: str,
    writer: str,
) -> Literal["stop", "cancel"]:
    """Ask a run to end. On return it is on disk; the run ends by itself, soon after.

    What has taken effect already can be asked again: whoever sends a request twice, because the
    answer was lost, is told the same.

    Parameters
    ----------
    state
        The run's newest state, with its live progress.
    action
        ``stop`` keeps the best so far and finishes; ``cancel`` drops it, within two seconds.
    who
        The user who asks.
    writer
        Who journals it: ``server-0``, ``kernel-1a2b3c4d``.

    Returns
    -------
    str
        How the run ends: ``cancel`` also where a stop comes after one.

    Raises
    ------
    RunHasEnded
        In another way than this one.
    CannotStop
        A stop of a fit that is one call of its library.
    NothingToKeep
        A stop before the training has made anything that could be kept.
    """
    if _has_ended_so(state, action):
        return action
    if has_ended(state.status):
        raise RunHasEnded(f"the run {state.run_id} has {_ended_as(state.status)} already")
    if action == "stop" and state.status != "stopping":
        _check_something_to_keep(state)
    if state.status == "queued" and _cancel_queued(run_dir, state, who, writer):
        return "cancel"
    asked = _asked(run_dir) if state.status == "stopping" else set()
    if action == "stop" and "cancel" in asked:
        # It is being dropped: there is nothing to keep any more, and nothing new to tell.
        return "cancel"
    facts = {"action": action, "who": who}
    if action not in asked:
        journal_fact(run_dir, writer, "training_stopping", facts, state.name, who)
    append_control(run_dir, writer, action, who)
    return action


def _has_ended_so(state: RunState, action: str) -> bool:
    """Whether a run has ended in the way that is asked for."""
    if action == "cancel":
        return state.status == "cancelled"
    return state.status == "completed" and bool((state.result or {}).get("stopped"))


def _ended_as(status: str) -> str:
    return "been cancelled" if status == "cancelled" else status


def _check_something_to_keep(state: RunState) -> None:
    if state.kind != "pipeline" and state.status != "queued":
        return  # what there is to keep is its own code's to know
    if state.current_stage in _AFTER_TRAIN:
        return
    if state.can_stop is False and state.current_stage == "train":
        raise CannotStop(
            f"the fit of run {state.run_id} is one call of its library, which cannot be stopped "
            "halfway: wait for its end, which keeps all of it, or cancel the run"
        )
    # Of a search, folds alone are nothing: it takes a candidate that has all of them.
    is_whole = state.search is None or state.search.best is not None
    if state.current_stage == "train" and state.step and is_whole:
        return
    raise NothingToKeep(
        f"the run {state.run_id} has nothing that could be kept yet; cancel it, or stop it later"
    )


def _asked(run_dir: RunDirectory) -> set[str]:
    """What was asked of a run before; the same again is no new fact."""
    return {control.action for control in ControlReader(run_dir).poll()}


def _cancel_queued(run_dir: RunDirectory, state: RunState, who: str, writer: str) -> bool:
    """End a run that nobody has started; False where a keeper has, meanwhile."""
    lock = FileLock(run_dir.lock_file)
    if not lock.acquire():
        return False
    try:
        exit_facts = run_dir.exit()
        if exit_facts is not None:
            if exit_facts.get("asked") == "cancel":
                return True  # by another request, just now
            raise RunHasEnded(f"the run {state.run_id} has ended already")
        facts = {"stage": None, "elapsed_time": None, "who": who}
        follows = last_sequences(run_dir.journals, but=writer)
        journal_fact(run_dir, writer, "training_cancelled", facts, state.name, who, follows)
        run_dir.write_json(
            run_dir.exit_file,
            {"exit_status": None, "signal": None, "asked": "cancel", "time": to_iso(time.time())},
        )
        drop_checkpoints(run_dir)
    finally:
        lock.release()
    return True


def journal_fact(
    run_dir: RunDirectory,
    writer: str,
    kind: str,
    facts: dict[str, Any],
    name: str,
    who: str,
    follows: dict[str, int] | None = None,
) -> None:
    """Journal what somebody asked of a run; it is on disk on return.

    Raises
    ------
    DiskFull, Unavailable
        Nothing was kept.
    """
    journal = JournalWriter(run_dir.journal(writer))
    try:
        first = journal.last_sequence + 1
        tell(journal, run_dir.run_id, kind, facts, name, who, follows=follows)
        refuse_unwritten(journal, first)
    finally:
        journal.close()
