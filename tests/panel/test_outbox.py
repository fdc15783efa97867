"""Between two sendings all durable messages wait, and the newest of each volatile kind."""

from __future__ import annotations

from jupyter_progress.core.wire import Message
from jupyter_progress.panel.outbox import DURABLE_LIMIT, Outbox

RUN, OTHER = "20260101-000000-00000001", "20260101-000000-00000002"


def durable(offset: int) -> Message:
    return Message(type="stage_started", offset=offset, run_id=RUN, data={"stage": "train"})


def volatile(kind: str, revision: int, run_id: str | None = RUN, **data: object) -> Message:
    return Message(type=kind, after=1, revision=revision, run_id=run_id, data=data)


def test_durable_messages_keep_their_order_ahead_of_volatile_ones() -> None:
    outbox = Outbox(None)
    for message in (durable(1), volatile("training_progress", 5), durable(2)):
        outbox.add(message)
    assert [told["type"] for told in outbox.take()] == [
        "stage_started", "stage_started", "training_progress"
    ]  # fmt: skip
    assert not outbox


def test_newest_volatile_message_replaces_the_one_before() -> None:
    outbox = Outbox(None)
    for revision in range(10):
        outbox.add(volatile("training_progress", revision))
    assert [told["revision"] for told in outbox.take()] == [9]


def test_metrics_that_wait_are_merged() -> None:
    outbox = Outbox(None)
    outbox.add(volatile("metrics_appended", 1, series={"a": [[1, 0.1]]}, **{"from": {"a": 0}}))
    outbox.add(
        volatile(
            "metrics_appended", 2, series={"a": [[2, 0.2]], "b": [[2, 1]]}, **{"from": {"a": 1}}
        )
    )
    (told,) = outbox.take()
    assert told["data"] == {"series": {"a": [[1, 0.1], [2, 0.2]], "b": [[2, 1]]}, "from": {"a": 0}}
    assert told["revision"] == 2


def test_panel_of_one_run_is_spared_the_progress_of_others() -> None:
    outbox = Outbox(RUN)
    outbox.add(volatile("training_progress", 1, OTHER))
    outbox.add(volatile("system_metrics", 1, None))
    assert [told["type"] for told in outbox.take()] == ["system_metrics"]


def test_more_than_can_be_sent_asks_for_a_snapshot_in_its_place() -> None:
    outbox = Outbox(None)
    for offset in range(DURABLE_LIMIT + 1):
        outbox.add(durable(offset + 1))
    assert outbox.is_overfull
    outbox.clear()
    assert not outbox
