"""The leaderboard of a search: what its events say of each candidate, best first.

Pure, and the same whichever way the events came: told twice, or again by a later attempt, a fold
counts once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from .events import CandidateCompleted, FoldCompleted, payload_of

EVENTS = ("fold_completed", "candidate_completed")


class RunningFold(msgspec.Struct, frozen=True, kw_only=True):
    """A fold under way."""

    fold: int
    since: str


class CandidateRow(msgspec.Struct, kw_only=True):
    """One candidate of a search.

    Parameters
    ----------
    candidate
        Its row in ``cv_results_``.
    status
        ``running``: a fold of it is under way; ``waiting``: there are folds to come; ``completed``;
        ``failed``: it has no score for one of its folds; ``skipped``: it was given up;
        ``unfinished``: the search ended before it.
    rank
        From 1, among the candidates with a mean; those that came further by halving stand first.
    scores
        By fold; null for one that is to come, or failed.
    mean, std
        Once it is complete.
    fit_s
        Seconds that a fold's fit took, on average.
    best
        Whether it is the best so far.
    round, resources
        Of a search by halving.
    running
        Its folds under way.
    error
        What the fit of one of its folds raised.
    """

    candidate: int
    params: dict[str, Any] = {}
    status: str = "waiting"
    rank: int | None = None
    scores: list[float | None] = []
    mean: float | None = None
    std: float | None = None
    fit_s: float | None = None
    best: bool = False
    round: int | None = None
    resources: int | None = None
    running: list[RunningFold] = []
    error: str | None = None


def leaderboard(
    facts: Iterable[tuple[str, dict[str, Any]]], running: list[dict[str, Any]], *, is_over: bool
) -> list[CandidateRow]:
    """Make the leaderboard of a run's events.

    Parameters
    ----------
    facts
        Types and data of the run's events, in their order; those of other types are passed over.
    running
        The folds under way, as the run's state has them.
    is_over
        Whether the run has ended.

    Returns
    -------
    list of CandidateRow
        Ranked ones first, then those under way, then those that came to nothing.
    """
    rows: dict[int, CandidateRow] = {}
    fits: dict[int, dict[int, float]] = {}
    best: int | None = None
    for kind, data in facts:
        if kind not in EVENTS:
            continue
        fact = payload_of(kind, data)
        if isinstance(fact, FoldCompleted):
            _take_fold(_row(rows, fact), fact, fits.setdefault(fact.candidate, {}))
        elif isinstance(fact, CandidateCompleted):
            _take_candidate(_row(rows, fact), fact)
            best = fact.candidate if fact.best else best
    for fold in running:
        _take_running(rows, fold)
    for number, row in rows.items():
        row.best = number == best
        row.running.sort(key=lambda fold: fold.fold)
        taken = fits.get(number)
        row.fit_s = sum(taken.values()) / len(taken) if taken else None
        if is_over and row.status in ("running", "waiting"):
            row.status, row.running = "unfinished", []
    return _ranked(list(rows.values()))


def _row(rows: dict[int, CandidateRow], fact: FoldCompleted | CandidateCompleted) -> CandidateRow:
    row = rows.get(fact.candidate)
    if row is None:
        row = rows[fact.candidate] = CandidateRow(candidate=fact.candidate)
    row.params = fact.params or row.params
    row.round = row.round if fact.round is None else fact.round
    row.resources = row.resources if fact.resources is None else fact.resources
    return row


def _take_fold(row: CandidateRow, fact: FoldCompleted, fits: dict[int, float]) -> None:
    wanted = max(fact.folds or 0, fact.fold + 1)
    row.scores = [*row.scores, *[None] * (wanted - len(row.scores))]
    row.scores[fact.fold] = fact.score
    row.error = fact.error or row.error
    if fact.fit_s is not None:
        fits[fact.fold] = fact.fit_s


def _take_candidate(row: CandidateRow, fact: CandidateCompleted) -> None:
    row.scores = fact.scores or row.scores
    row.mean, row.std = fact.mean, fact.std
    row.status = "completed"
    if fact.mean is None:
        row.status = "skipped" if fact.skipped else "failed"


def _take_running(rows: dict[int, CandidateRow], fold: dict[str, Any]) -> None:
    number, place = fold.get("candidate"), fold.get("fold")
    if not isinstance(number, int) or not isinstance(place, int):
        return
    row = rows.get(number)
    if row is None:
        row = rows[number] = CandidateRow(candidate=number, params=dict(fold.get("params") or {}))
    if row.status in ("waiting", "running"):
        row.status = "running"
        row.running.append(RunningFold(fold=place, since=str(fold.get("since", ""))))


_LAST = {"running": 0, "waiting": 1, "unfinished": 2, "failed": 3, "skipped": 4}


def _ranked(rows: list[CandidateRow]) -> list[CandidateRow]:
    scored = [(row, row.mean) for row in rows if row.mean is not None]
    scored.sort(key=lambda pair: (-(pair[0].round or 0), -pair[1], pair[0].candidate))
    for place, (row, mean) in enumerate(scored, start=1):
        before = scored[place - 2] if place > 1 else None
        is_tied = before is not None and (before[0].round, before[1]) == (row.round, mean)
        row.rank = before[0].rank if before is not None and is_tied else place
    others = [row for row in rows if row.mean is None]
    others.sort(key=lambda row: (_LAST.get(row.status, 1), row.candidate))
    return [*(row for row, _ in scored), *others]


def answer_of(rows: list[CandidateRow], limit: int) -> dict[str, Any]:
    """The best of a leaderboard as ``GET runs/{id}/candidates`` answers them."""
    return {"candidates": msgspec.to_builtins(rows[:limit]), "total": len(rows)}
