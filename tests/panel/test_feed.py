"""One follower serves all who listen, from the first to the last."""

from __future__ import annotations

import threading

from jupyter_progress.core.view import View
from jupyter_progress.core.wire import Message
from jupyter_progress.errors import ProgressError
from jupyter_progress.notebook.unfed import Unfed
from jupyter_progress.panel.feed import Feed, Feeds, Listener, snapshot_of
from jupyter_progress.panel.watched import Watched
from jupyter_progress.store.layout import DataDirectory, default_data_dir
from jupyter_progress.tracking.local_follow import LocalFollower
from jupyter_progress.tracking.run import Run


def make_feed(made: list[LocalFollower]) -> Feed:
    data = DataDirectory(default_data_dir()).ensure()

    def make(view: View, listener: Listener) -> LocalFollower:
        made.append(LocalFollower(data, view=view, on_messages=listener))
        return made[-1]

    return Feed(make)


def test_follower_lives_from_the_first_listener_to_the_last(scaled) -> None:
    made: list[LocalFollower] = []
    feed = make_feed(made)
    heard = [threading.Event(), threading.Event()]
    ends = [feed.listen(lambda _messages, _connection, event=event: event.set()) for event in heard]
    assert len(made) == 1
    assert heard[0].wait(scaled(5))
    assert feed.connection == "local"
    ends[0]()
    assert made[0].is_running
    ends[1]()
    ends[1]()
    assert not made[0].is_running
    assert feed.connection == "offline"


def test_listener_that_fails_takes_nothing_from_the_others(scaled, caplog) -> None:
    feed = make_feed([])
    heard, failed = threading.Event(), threading.Event()

    def fail(_messages: list[Message], _connection: str) -> None:
        failed.set()
        raise ValueError("a broken view")

    ends = [feed.listen(fail), feed.listen(lambda _messages, _connection: heard.set())]
    assert failed.wait(scaled(5))
    assert heard.wait(scaled(5))
    for end in ends:
        end()
    assert "could not take in" in caplog.text


def test_snapshot_for_a_panel_of_one_run_has_only_that_run(scaled) -> None:
    with Run("first", display=False), Run("second", display=False) as second:
        pass
    feed = make_feed([])
    heard = threading.Event()
    end = feed.listen(lambda messages, _connection: heard.set())
    try:
        assert heard.wait(scaled(5))
        deadline = threading.Event()
        while feed.run(second.run_id) is None:
            assert not deadline.wait(0.05)
        told = feed.snapshot()
        assert told is not None
        runs = snapshot_of(told, None, second.run_id)["data"]["runs"]
        assert [run["name"] for run in runs] == ["second"]
        assert len(snapshot_of(told, None, None)["data"]["runs"]) == 2
    finally:
        end()


def test_nothing_known_is_told_apart_from_nothing_there(scaled) -> None:
    feed = make_feed([])
    watched = Watched(
        None, Feeds(feed, feed), Unfed(ProgressError("nobody to ask")), lambda _: None
    )
    assert watched.forms(problem="")[1]["text/plain"] == "looking for runs…"
    watched.follow(feed)
    assert feed.heard_within(scaled(5))
    assert watched.forms(problem="")[1] == {
        "text/html": "<div>No runs yet.</div>",
        "text/plain": "no runs yet.",
    }


def test_list_is_written_when_the_runs_are_known() -> None:
    with Run("known", display=False):
        pass
    feed = make_feed([])
    watched = Watched(
        None, Feeds(feed, feed), Unfed(ProgressError("nobody to ask")), lambda _: None
    )
    watched.follow(feed)
    assert "known" in watched.forms(problem="", asks=True)[1]["text/html"]
