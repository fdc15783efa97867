"""What a search's folds and candidates make of a run's state.

The leaderboard is not in it: there can be thousands of candidates. See ``candidates``.
"""

from __future__ import annotations

import msgspec

from .events import CandidateCompleted, FoldCompleted
from .showing import show_share, tell_left
from .state import BestCandidate, LiveScore, RunState, SearchState

replace = msgspec.structs.replace


def fold_completed(state: RunState, done: FoldCompleted, time: str) -> RunState:
    """Count a fold; it does not run any more."""
    running = [
        fold
        for fold in state.running
        if (fold.get("candidate"), fold.get("fold")) != (done.candidate, done.fold)
    ]
    state = replace(state, running=running, search=state.search or SearchState())
    if done.step is not None:
        state = replace(state, step=done.step)
    if done.total_steps is not None:
        state = replace(state, total_steps=done.total_steps)
    if done.stage_left is not None:
        state = tell_left(state, done.stage_left, time)
    return state if done.stage_progress is None else show_share(state, done.stage_progress, time)


def candidate_completed(state: RunState, done: CandidateCompleted, _time: str) -> RunState:
    """Count a candidate; the best one's mean is the live score."""
    search = state.search or SearchState()
    search = replace(
        search,
        completed=search.completed + 1,
        skipped=search.skipped + done.skipped,
        scorer=done.scorer or search.scorer,
    )
    if done.best:
        best = BestCandidate(
            candidate=done.candidate, params=done.params, mean=done.mean, std=done.std
        )
        live = LiveScore(name=search.scorer or "score", value=done.mean)
        state = replace(state, live_score=live)
        search = replace(search, best=best)
    return replace(state, search=search)
