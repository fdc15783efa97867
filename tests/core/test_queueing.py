"""Places in the queue, and their words."""

from __future__ import annotations

import pytest

from jupyter_progress.core.ending import status_words
from jupyter_progress.core.queueing import place_words

from .streams import golden, replay


@pytest.mark.parametrize(
    ("place", "words"),
    [(1, "next"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (22, "22nd"), (101, "101st"), (111, "111th"), (1002, "1,002nd")],
)  # fmt: skip
def test_places_are_told_as_a_person_counts(place, words):
    assert place_words(place) == f"{words} in the queue"


def test_runs_move_up_as_those_before_them_leave():
    messages = golden("queue")["messages"]
    seen = []
    for count in range(1, len(messages) + 1):
        runs = replay(messages[:count])[0].runs.values()
        seen.append({run.name: run.queue_place for run in runs if run.queue_place is not None})
    assert {"run 0": 1, "run 1": 2, "run 2": 3} in seen
    assert seen[-1] == {"run 2": 1, "last": 2}
    last = next(run for run in runs if run.name == "last")
    assert status_words(last) == "queued, 2nd in the queue"
