"""Following with no server: the same messages, from the journals themselves."""

from __future__ import annotations

import time

import msgspec
import pytest

from jupyter_progress.core.view import Applied, View
from jupyter_progress.tracking.local_follow import LocalFollower
from jupyter_progress.tracking.run import Run
from jupyter_progress.tracking.track import track

from .conftest import wait_until


@pytest.fixture
def follow(data):
    followers: list[LocalFollower] = []
    heard: list = []

    def start(**more) -> tuple[LocalFollower, list]:
        def take(messages, connection) -> None:
            heard.extend((message, connection) for message in messages)

        follower = LocalFollower(data, on_messages=take, **more)
        followers.append(follower)
        follower.start()
        return follower, heard

    yield start
    for follower in followers:
        follower.stop()


def test_what_was_before_is_one_snapshot_and_the_rest_follows(data, follow, scaled):
    with Run("before") as before:
        pass
    follower, heard = follow()
    wait_until(lambda: follower.connection == "local", scaled(3))
    with Run("after", stages=["train"]) as after, after.stage("train"):
        for number in track(range(3)):
            after.log(loss=number)
    wait_until(
        lambda: (
            after.run_id in follower.view.runs
            and follower.view.runs[after.run_id].status == "completed"
        ),
        scaled(3),
    )
    assert heard[0][0].type == "snapshot"
    assert [run["run_id"] for run in heard[0][0].data["runs"]] == [before.run_id]
    assert {connection for _, connection in heard} == {"local"}
    offsets = [message.offset for message, _ in heard if message.offset is not None]
    assert offsets == list(range(offsets[0], offsets[0] + len(offsets)))
    assert follower.reader.series(after.run_id)["loss"] == [[0, 0], [1, 1], [2, 2]]


def test_the_view_agrees_with_what_the_run_says_of_itself(data, follow, scaled):
    follower, _ = follow()
    with Run("same", stages=["a", "b"], tags=["t"]) as run:
        with run.stage("a"):
            run.log(accuracy=0.5, loss=float("nan"))
        with run.stage("b"):
            list(track(range(5)))
    wait_until(
        lambda: (
            run.run_id in follower.view.runs
            and follower.view.runs[run.run_id].status == "completed"
        ),
        scaled(3),
    )
    seen, own = _comparable(follower.view.runs[run.run_id]), _comparable(run.state)
    assert seen == own


def test_a_view_that_hears_the_messages_knows_the_same(data, follow, scaled):
    follower, heard = follow()
    with Run("heard") as run:
        run.log(loss=1)
    wait_until(lambda: any(message.type == "training_completed" for message, _ in heard), scaled(3))
    other = View()
    for message, _ in heard:
        assert other.apply(message) is not Applied.GAP
    assert other.runs[run.run_id].status == "completed"
    assert (other.log_id, other.offset) == (follower.view.log_id, follower.view.offset)


def test_with_no_run_at_all_there_is_an_empty_snapshot(follow, scaled):
    follower, heard = follow()
    wait_until(lambda: bool(heard), scaled(3))
    assert heard[0][0].data["runs"] == []
    assert follower.last_heard == pytest.approx(time.time(), abs=5)


def test_only_the_runs_asked_for_are_followed(data, follow, scaled):
    with Run("one") as one, Run("two"):
        pass
    follower, heard = follow(run_ids=[one.run_id])
    wait_until(lambda: bool(heard), scaled(3))
    assert list(follower.view.runs) == [one.run_id]


def test_nothing_is_written_by_looking(data, follow, scaled):
    with Run("watched"):
        pass
    before = sorted(str(path) for path in data.path.rglob("*"))
    _, heard = follow()
    wait_until(lambda: bool(heard), scaled(3))
    assert sorted(str(path) for path in data.path.rglob("*")) == before


def test_somebody_looks_after_the_runs_every_tick_though_it_fails(follow, scaled, caplog):
    ticks: list[float] = []

    def tick() -> None:
        ticks.append(time.monotonic())
        raise RuntimeError("a run could not be recovered")

    follow(on_tick=tick, tick_s=0.02)
    wait_until(lambda: len(ticks) >= 3, scaled(3))
    assert caplog.text.count("looking after the runs failed") == 1


def test_a_stopped_follower_tells_nothing_more(data, follow, scaled):
    follower, heard = follow()
    wait_until(lambda: bool(heard), scaled(3))
    follower.stop()
    count = len(heard)
    with Run("unheard"):
        pass
    time.sleep(0.15)
    assert len(heard) == count
    assert follower.connection == "offline"
    assert not follower.is_running


def test_a_listener_may_stop_the_follower(data, scaled, caplog):
    stopped: list[bool] = []

    def take(messages, _connection) -> None:
        if any(message.type == "training_started" for message in messages):
            follower.stop()
            stopped.append(True)

    follower = LocalFollower(data, on_messages=take)
    follower.start()
    wait_until(lambda: follower.connection == "local", scaled(3))
    with Run("seen"):
        wait_until(lambda: bool(stopped), scaled(3))
    wait_until(lambda: not follower._log.is_open, scaled(3))
    assert caplog.text == ""


def _comparable(state) -> dict:
    """A state without moments and durations: two clocks tell them."""
    facts = msgspec.to_builtins(state)
    for name in (
        "start_time",
        "attempt_time",
        "end_time",
        "updated_time",
        "elapsed_time",
        "resources",
    ):
        facts.pop(name)
    for stage in facts["stages"]:
        stage.pop("started_time")
        stage.pop("elapsed_s")
        stage.pop("shown_s")
        stage.pop("pace_s")
    return facts


def test_line_that_holds_a_number_beyond_all_floats_ends_no_following(data, follow, scaled):
    follower, _ = follow()
    with Run("odd", display=False) as run:
        journal = data.run(run.run_id).journal("worker-9")
        points = f'{{"loss": [[1{"0" * 400}, 1.0], [1, 2.0]]}}'
        journal.write_text(
            '{"sequence": 1, "type": "metrics_appended", "time": "2025-01-01T00:00:00Z", '
            f'"data": {{"series": {points}}}}}\n'
        )
        wait_until(lambda: run.run_id in follower.view.runs, scaled(3))
    wait_until(lambda: follower.view.runs[run.run_id].status == "completed", scaled(3))
    assert follower.reader.series(run.run_id)["loss"] == [[1, 2]]
