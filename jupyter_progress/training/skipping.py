"""Giving up a candidate of a search that is going on."""

from __future__ import annotations

from ..core.requests import CANDIDATES_LIMIT
from ..core.state import RunState
from ..core.transitions import has_ended
from ..errors import InvalidRequest, NothingToSkip, RunHasEnded
from ..store.control import append_control
from ..store.layout import RunDirectory
from .searching.spool import Spool


def check_candidate(candidate: int | None) -> None:
    """Raise InvalidRequest where this can be no candidate's number."""
    if candidate is not None and not 0 <= candidate <= CANDIDATES_LIMIT:
        raise InvalidRequest(
            "candidate", f"is {candidate}; expected a candidate's number, from 0, or null"
        )


def ask_to_skip(
    run_dir: RunDirectory,
    state: RunState,
    *,
    candidate: int | None,
    status: str | None,
    who: str,
    writer: str,
) -> None:
    """Ask a search to give up a candidate. On return it is on disk; it takes effect soon after.

    Parameters
    ----------
    candidate
        Its number; None: those that have a fold under way.
    status
        The candidate's, on the leaderboard; None where it is not there yet.
    who
        The user who asks.
    writer
        Who asks it: ``server-0``, ``kernel-1a2b3c4d``.

    Raises
    ------
    RunHasEnded
    NothingToSkip
        Nothing is searched now, or the candidate is over. One that was given up already is no
        error: whoever asks twice is told the same.
    """
    check_candidate(candidate)
    if has_ended(state.status):
        raise RunHasEnded(f"the run {state.run_id} has ended already")
    if status == "skipped":
        return
    if status in ("completed", "failed"):
        raise NothingToSkip(f"candidate {candidate} has been evaluated already")
    is_search = state.search is not None or bool(state.running)
    if state.status != "running" or state.current_stage != "train" or not is_search:
        raise NothingToSkip(f"the run {state.run_id} is not evaluating candidates just now")
    if candidate is None and not state.running:
        raise NothingToSkip("no candidate is being evaluated at this moment; ask again")
    if candidate is not None:
        # What is asked of one attempt is forgotten with it; a candidate stays given up.
        Spool(run_dir.search_dir).skip(candidate)
    append_control(run_dir, writer, "skip", who, candidate=candidate)
