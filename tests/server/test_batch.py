"""What waits for a slow subscriber, and frames."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_progress.core.events import Event
from jupyter_progress.core.wire import VolatileMessage
from jupyter_progress.server.batch import (
    POINTS_KEPT,
    Batch,
    in_groups,
    joined_frame,
    make_batch,
    merge_waiting,
)
from jupyter_progress.server.frames import array_frame, text_frame


def points(revision: int, series: dict[str, Any], origin: dict[str, Any]) -> VolatileMessage:
    return VolatileMessage(
        type="metrics_appended",
        after=1,
        revision=revision,
        time="2026-01-01T00:00:00.000Z",
        run_id="r",
        data={"series": series, "from": origin},
    )


def test_waiting_points_are_joined_and_begin_where_the_older_began() -> None:
    merged = merge_waiting(
        points(1, {"a": [[1, 0.1], [2, 0.2]]}, {"a": None}),
        points(2, {"a": [[3, 0.3]], "b": [[3, 9.0]]}, {"a": 2, "b": 2}),
    )
    assert merged.revision == 2
    assert merged.data == {
        "series": {"a": [[1, 0.1], [2, 0.2], [3, 0.3]], "b": [[3, 9.0]]},
        "from": {"a": None, "b": 2},
    }


def test_too_many_waiting_points_drop_the_oldest_and_say_so() -> None:
    many = [[step, 0.0] for step in range(POINTS_KEPT)]
    merged = merge_waiting(
        points(1, {"a": many}, {"a": None}),
        points(2, {"a": [[POINTS_KEPT, 1.0], [POINTS_KEPT + 1, 1.0]]}, {"a": POINTS_KEPT - 1}),
    )
    assert len(merged.data["series"]["a"]) == POINTS_KEPT
    assert merged.data["series"]["a"][0][0] == 2
    assert merged.data["from"] == {"a": 1}


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_length_of_a_frame_is_told_in_the_shortest_way(size: int) -> None:
    frame = text_frame(b"x" * size)
    header = len(frame) - size
    assert header == (2 if size < 126 else 4 if size < 65_536 else 10)
    assert frame[0] == 0x81
    if size >= 126:
        assert int.from_bytes(frame[2:header], "big") == size
    assert array_frame((b"1", b"2"))[2:] == b"[1,2]"


def said(offset: int, *volatile: VolatileMessage) -> Batch:
    event = Event(
        type="activity_update",
        time="2026-01-01T00:00:00.000Z",
        data={"text": "ñ"},
        run_id=None,
        offset=offset,
    )
    return make_batch([event], list(volatile), offset)


def test_batches_that_waited_go_out_as_one_frame_in_their_order() -> None:
    batches = [said(1, points(7, {"a": [[1, 0.5]]}, {"a": None})), said(2), said(3)]
    messages = json.loads(joined_frame(batches)[4:])
    assert [message.get("offset", message.get("revision")) for message in messages] == [1, 7, 2, 3]
    assert joined_frame(batches[1:2]) == batches[1].frame


def test_groups_hold_every_batch_once_and_keep_to_their_size() -> None:
    batches = [said(offset) for offset in range(1, 12)]
    size = len(batches[0].items[0])
    groups = list(in_groups(batches, 3 * size + 2))
    assert [batch.head for group in groups for batch in group] == list(range(1, 12))
    assert max(map(len, groups)) == 3
    assert [len(group) for group in in_groups(batches, 1)] == [1] * 11
    assert list(in_groups([], 10)) == []
