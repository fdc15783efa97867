"""The queue of runs that wait for their turn: who stands where in it.

``frontend/src/model/queueing.ts`` mirrors this file. A view that holds all active runs, as every
snapshot does, knows the whole queue.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .kinds import has_keeper
from .state import RunState


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
