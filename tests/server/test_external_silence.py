"""When a producer that says nothing has failed its run: by a clock of the test's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_progress.core.external import EventsRequest, ExternalRequest, SentEvent
from jupyter_progress.core.external_checks import check_events
from jupyter_progress.core.state import RunState
from jupyter_progress.server.external_runs import ExternalRuns
from jupyter_progress.server.facts import Facts
from jupyter_progress.server.idempotency import reserve_now
from jupyter_progress.server.silence import Silence
from jupyter_progress.store.indexer import Indexer
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.store.log import Log
from jupyter_progress.training.plain_journal import last_sequences

from ..jupyter_process import SCALE

SILENCE_S = 10.0
EARLIER = "2001-01-01T00:00:00.000Z"


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Server:
    """What a server has to take runs in and to hear their silence, without its loop."""

    def __init__(self, data: DataDirectory, slot: int) -> None:
        self.data = data
        self.log = Log.open(":memory:", now=time.time())
        self.indexer = Indexer(
            data, self.log, on_commit=lambda committed: None, own_server=f"server-{slot}"
        )
        self.indexer.start()
        facts = Facts(data, slot, self.indexer)
        self.runs = ExternalRuns(data, self.indexer, facts, silence_s=SILENCE_S)
        self.clock = Clock()
        self.silence = Silence(data, facts, SILENCE_S, clock=self.clock)

    def state(self, run_id: str) -> RunState:
        self.indexer.wake(run_id)
        deadline = time.monotonic() + 10 * SCALE
        while (state := self.indexer.live_state(run_id)) is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return state

    def look(self, run_id: str) -> str:
        """What became of the run in a look at it now."""
        self.silence.notice([self.state(run_id)])
        self.silence.look()
        return self.settled(run_id).status

    def pass_time(self, run_id: str, seconds: int) -> str:
        """A look every second."""
        self.silence.notice([self.state(run_id)])
        for _ in range(seconds):
            self.clock.now += 1.0
            self.silence.look()
        return self.settled(run_id).status

    def settled(self, run_id: str) -> RunState:
        """The run's state once all that its journals hold is logged."""
        journals = self.data.run(run_id).journals
        for writer, sequence in last_sequences(journals, but="").items():
            assert self.indexer.logged(run_id, writer, sequence, 10.0 * SCALE)
        return self.state(run_id)

    def close(self) -> None:
        self.runs.stop()
        self.indexer.stop()
        self.log.close()


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "progress").ensure()


@pytest.fixture
def server(data: DataDirectory) -> Iterator[Server]:
    server = Server(data, 0)
    yield server
    server.close()


def begin(server: Server) -> str:
    reserved = reserve_now()
    server.runs.announce(ExternalRequest(kind="external", name="x"), reserved, "me")
    server.state(reserved.run_id)
    tell(server, reserved.run_id, SentEvent(sequence=1, type="training_started", time=EARLIER))
    server.look(reserved.run_id)
    return reserved.run_id


def tell(server: Server, run_id: str, *events: SentEvent) -> None:
    server.runs.take(run_id, check_events(EventsRequest(writer="a", events=list(events))))


def test_a_sign_of_life_counts_as_much_as_an_event(server: Server) -> None:
    run_id = begin(server)
    assert server.pass_time(run_id, 9) == "running"
    tell(server, run_id)
    assert server.pass_time(run_id, 9) == "running"
    assert server.pass_time(run_id, 2) == "failed"
    error = server.state(run_id).error
    assert error is not None
    assert (error["reason"], "10 s" in error["message"]) == ("worker_silent", True)


def test_run_whose_producer_never_comes_has_failed_too(server: Server) -> None:
    reserved = reserve_now()
    server.runs.announce(ExternalRequest(kind="external", name="x"), reserved, "me")
    assert server.look(reserved.run_id) == "queued"
    assert server.pass_time(reserved.run_id, 11) == "failed"


def test_server_that_slept_does_not_blame_the_producer(server: Server) -> None:
    run_id = begin(server)
    server.clock.now += 3600.0
    assert server.look(run_id) == "running"
    assert server.pass_time(run_id, 8) == "running"
    assert server.pass_time(run_id, 3) == "failed"


def test_server_that_starts_gives_the_whole_time_anew_and_another_one_hears_it_too(
    server: Server, data: DataDirectory
) -> None:
    run_id = begin(server)
    assert server.pass_time(run_id, 9) == "running"
    other = Server(data, 1)
    try:
        assert other.pass_time(run_id, 9) == "running"
        tell(server, run_id)  # not to the other one
        assert other.pass_time(run_id, 9) == "running"
        assert other.pass_time(run_id, 3) == "failed"
        assert server.pass_time(run_id, 20) == "failed"
        lines = "".join(path.read_text() for path in data.run(run_id).journals.glob("server-*"))
        assert lines.count('"training_failed"') == 2  # the fact, and its line in the feed
    finally:
        other.close()


def test_log_that_is_made_again_says_the_same_whatever_the_producers_clock(
    server: Server, data: DataDirectory
) -> None:
    run_id = begin(server)
    second = EventsRequest(
        writer="b",
        events=[
            SentEvent(sequence=1, type="stage_started", time="1999-01-01T00:00:00Z",
                      data={"stage": "s"}),
            SentEvent(sequence=2, type="metrics_appended", time=EARLIER,
                      data={"series": {"loss": [[1, 0.5]]}}),
        ],
    )  # fmt: skip
    server.runs.take(run_id, check_events(second))
    tell(server, run_id, SentEvent(sequence=2, type="training_completed", time=EARLIER))
    assert server.settled(run_id).status == "completed"
    rebuilt = Server(data, 1)
    try:
        assert rebuilt.indexer.caught_up(10.0 * SCALE)
        assert rebuilt.settled(run_id) == server.state(run_id)
        assert [stage.id for stage in rebuilt.state(run_id).stages] == ["s"]
    finally:
        rebuilt.close()
