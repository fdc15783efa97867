"""The queue of runs that wait for their turn: who stands where in it.

``frontend/src/model/queueing.ts`` mirrors this file. A view that holds all active runs, as every
snapshot does, knows the whole queue.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .kinds import has_keeper
from .state import RunState

AT_WORK = ("running", "stopping")


def queue_of(runs: Iterable[RunState]) -> list[RunState]:
    """The runs that wait for their turn, in the order in which they get it."""
    waiting = [run for run in runs if run.status == "queued" and has_keeper(run.kind)]
    # Not by id alone: those of one second are in no order.
    return sorted(waiting, key=lambda run: (run.queued_time or "", run.run_id))


def put_in_line(runs: dict[str, RunState]) -> None:
    """Give each run its place in the queue, 1 for the next one; None outside of it."""
    places = {run.run_id: place for place, run in enumerate(queue_of(runs.values()), start=1)}
    for run_id, run in runs.items():
        place = places.get(run_id)
        if run.queue_place != place:
            runs[run_id] = msgspec.structs.replace(run, queue_place=place)


def moves_queue(event_type: str) -> bool:
    """Whether an event can move runs in the queue."""
    return event_type.startswith("training_") or event_type == "run_deleted"


def place_words(place: int) -> str:
    """``next in the queue``, ``2nd in the queue``, ``21st in the queue``."""
    if place == 1:
        return "next in the queue"
    is_teen = place // 10 % 10 == 1
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending} in the queue"


def waiting_words(run: RunState, runs: Iterable[RunState], at_once: int | None = None) -> str:
    """What a queued run waits for, as a sentence begins; empty for a run that is not queued.

    Parameters
    ----------
    run
        Whoever waits.
    runs
        All runs that are going on.
    at_once
        How many the server trains at a time; None where no server is known.
    """
    if run.status != "queued":
        return ""
    if not has_keeper(run.kind):
        return "Waits for its program to begin"
    known = [run if other.run_id == run.run_id else other for other in runs]
    queued = queue_of(known if run in known else [*known, run]).index(run)
    # A loop of one's own takes nobody's place.
    training = sum(other.status in AT_WORK and has_keeper(other.kind) for other in known)
    ahead = queued + training
    if not ahead or queued < (at_once or 0) - training:
        return "Starts in a moment"
    words = place_words(queued + 1)
    place = f"{words[0].upper()}{words[1:]}: waits for {ahead:,} run{'s' * (ahead > 1)} ahead of it"
    return place if at_once is None else f"{place}; {at_once} at a time is the server's setting"
