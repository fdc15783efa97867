"""`notify_url`: one POST for each run that ended, failed or stalled, to a real listener."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.server import notice_sender
from jupyter_progress.server.notice_post import NotTold, post, read_address
from jupyter_progress.server.notice_sender import ALL_RUNS, NoticeSender
from jupyter_progress.store.indexer import Indexer
from jupyter_progress.store.journal import JournalWriter, tell
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.store.log import Log

from ..jupyter_process import SCALE, JupyterProcess
from .listener import Listener
from .test_restart import BARE

ERROR = {"type": "KeyError", "message": "no column 'age'", "reason": "fit_failed"}
STALL = {"stage": "train", "quiet_s": 90.0, "likely_s": 60.0, "uses_cpu": False}
ENDED: tuple[str, dict[str, Any]] = (
    "training_completed",
    {"result": {"test": {"accuracy": 0.9}, "classes": [0, 1]}, "elapsed_time": 3.0},
)
FAILED: tuple[str, dict[str, Any]] = ("training_failed", {"error": ERROR, "elapsed_time": 2.0})


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def listener() -> Iterator[Listener]:
    opened = Listener()
    yield opened
    opened.close()


class Machine:
    """One data directory, runs that write their journals there, and servers that read them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.data = DataDirectory(folder).ensure()
        self.url = url
        self._runs = 0
        self._journals: dict[str, JournalWriter] = {}
        self._servers: list[tuple[Indexer, NoticeSender, Log]] = []

    def serve(self) -> NoticeSender:
        """What a server has to read journals and to tell of them, without its loop."""
        slot = len(self._servers)
        log = Log.open(":memory:", now=time.time())
        senders: list[NoticeSender] = []
        indexer = Indexer(
            self.data,
            log,
            on_commit=lambda committed: senders[0].committed(committed.states.values()),
            own_server=slot,
            poll_s=0.01,
        )
        sender = NoticeSender(
            self.data,
            read_address(self.url),
            all_runs=lambda: indexer.reader.runs(limit=ALL_RUNS)[0],
            is_live=lambda: indexer.caught_up(0.0),
            log=logging.getLogger("tests.notices"),
        )
        senders.append(sender)
        indexer.start()
        sender.start()
        assert indexer.caught_up(10 * SCALE)
        self._servers.append((indexer, sender, log))
        return sender

    def begin(self, name: str = "digits") -> str:
        self._runs += 1
        run_id = f"20261122-100000-{self._runs:08x}"
        directory = self.data.create_run(run_id, {"run_id": run_id, "name": name, "kind": "own"})
        self._journals[run_id] = JournalWriter(directory.journal("worker-1"))
        self.tell(run_id, "training_started", name=name)
        return run_id

    def tell(self, run_id: str, kind: str, **data: Any) -> None:
        journal = self._journals[run_id]
        tell(journal, run_id, kind, data, "digits")
        journal.flush()

    def end(self, run_id: str, last: tuple[str, dict[str, Any]] = ENDED) -> str:
        self.tell(run_id, last[0], **last[1])
        return run_id

    def record(self, run_id: str) -> dict[str, Any]:
        """What the run's directory says to be told, once it says something."""
        file = self.data.run(run_id).notices_file
        deadline = time.monotonic() + 10 * SCALE
        while not file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        found: dict[str, Any] = json.loads(file.read_text())
        return found

    def close(self) -> None:
        for indexer, sender, log in self._servers:
            sender.stop()
            indexer.stop()
            log.close()
        self._servers.clear()


@pytest.fixture
def machine(own_data_dir: Path, listener: Listener) -> Iterator[Machine]:
    made = Machine(own_data_dir, listener.url)
    yield made
    made.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is tried again soon, and a dead sender noticed soon."""
    monkeypatch.setattr(notice_sender, "wait_s", lambda failures: 0.05)
    monkeypatch.setattr(notice_sender, "LOCK_EVERY_S", 0.05)


def settle(holds: Callable[[], bool] = lambda: False, for_s: float = 0.4) -> None:
    """Give what must not happen the time to happen."""
    deadline = time.monotonic() + for_s
    while time.monotonic() < deadline and not holds():
        time.sleep(0.02)


def test_ended_failed_and_stalled_are_told_once_each(machine: Machine, listener: Listener) -> None:
    machine.serve()
    ended = machine.end(machine.begin("digits"))
    listener.wait_for(1)
    failed = machine.begin("digits")
    machine.tell(failed, "stage_started", stage="train")
    machine.tell(failed, "training_stalled", since="2026-11-22T10:00:00.000Z", **STALL)
    listener.wait_for(2)
    machine.end(failed, FAILED)
    first, stalled, last = listener.wait_for(3)
    assert first == {
        "run_id": ended,
        "name": "digits",
        "status": "completed",
        "cause": "ended",
        "time": first["time"],
        "message": "digits finished in 3.0 s, accuracy 0.9000",
        "elapsed_time": 3.0,
        "result": {"test": {"accuracy": 0.9}, "stopped": False},
        "error": None,
    }
    assert (stalled["cause"], stalled["status"], stalled["run_id"]) == (
        "stalled",
        "running",
        failed,
    )
    assert stalled["message"].startswith("digits has stalled in Train: nothing heard for")
    assert stalled["time"] == "2026-11-22T10:00:00.000Z"
    assert (last["cause"], last["error"]) == ("failed", ERROR)
    settle()
    assert listener.causes == ["ended", "stalled", "failed"]
    keys = [headers["Idempotency-Key"] for headers in listener.headers]
    assert len(set(keys)) == 3
    assert keys[0].startswith(ended)


def test_listener_that_is_down_for_a_while_hears_of_everything_once(
    machine: Machine, listener: Listener, quick: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    listener.close()
    machine.serve()
    machine.end(machine.begin())
    settle(lambda: "tried again" in caplog.text, for_s=10 * SCALE)
    machine.end(machine.begin(), FAILED)
    settle()
    assert caplog.text.count("ConnectionRefusedError") == 2  # once for each, not for each attempt
    listener.open()
    listener.statuses = [503, 429]
    listener.wait_for(2)
    settle()
    assert sorted(listener.causes) == ["ended", "failed"]
    assert "answers again" in caplog.text


def test_refusal_for_good_is_given_up_and_said(
    machine: Machine, listener: Listener, quick: None, caplog: pytest.LogCaptureFixture
) -> None:
    listener.statuses = [410, 302]
    machine.serve()
    first = machine.end(machine.begin())
    assert machine.record(first)["ended-1"]["outcome"] == "given_up"
    second = machine.end(machine.begin())
    assert machine.record(second)["ended-1"]["outcome"] == "given_up"
    settle()
    assert listener.asked == ["/hooks/night"] * 2  # nobody went where it led
    assert "it answered 410; it is not tried again" in caplog.text
    assert "redirects are not followed" in caplog.text


def test_what_was_told_before_a_restart_is_not_told_again(
    machine: Machine, listener: Listener, quick: None
) -> None:
    machine.serve()
    told = machine.end(machine.begin())
    listener.wait_for(1)
    machine.record(told)
    machine.close()
    away = machine.end(machine.begin())  # while no server is there
    machine.serve()
    listener.wait_for(2)
    machine.record(away)
    machine.close()
    machine.serve()  # its log, too, is a new one
    settle()
    assert [body["run_id"] for body in listener.told] == [told, away]


def test_two_servers_tell_once_and_the_second_takes_over(
    machine: Machine, listener: Listener, quick: None
) -> None:
    first = machine.serve()
    machine.serve()
    machine.end(machine.begin())
    listener.wait_for(1)
    settle()
    first.stop()
    machine.end(machine.begin(), FAILED)
    listener.wait_for(2)
    settle()
    assert listener.causes == ["ended", "failed"]


def test_runs_from_before_anybody_asked_for_notices_are_no_news(
    machine: Machine, listener: Listener
) -> None:
    machine.end(machine.begin())
    time.sleep(0.01)
    machine.serve()
    new = machine.end(machine.begin())
    listener.wait_for(1)
    settle()
    assert [body["run_id"] for body in listener.told] == [new]


def test_run_that_is_deleted_meanwhile_is_not_told(
    machine: Machine, listener: Listener, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener.close()
    machine.serve()
    run_id = machine.end(machine.begin())
    settle(for_s=0.2)
    machine.data.run(run_id).delete()
    settle(for_s=0.2)
    listener.open()
    settle()
    assert listener.told == []


def test_credentials_of_the_address_go_into_a_header_and_never_into_a_log(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"http://night%40owl:s%3Acret@127.0.0.1:{listener.port}/hooks/T0P?key=hidden"
    address = read_address(url)
    post(address, b'{"cause": "ended"}', "a key")
    assert listener.headers[0]["Authorization"] == "Basic bmlnaHRAb3dsOnM6Y3JldA=="
    assert listener.asked == ["/hooks/T0P?key=hidden"]
    assert address.shown == f"http://127.0.0.1:{listener.port}"
    told = f"{address!r}{caplog.text}"
    listener.statuses = [500]
    with pytest.raises(NotTold) as refused:
        post(address, b"{}", "a key")
    told += f"{refused.value}{refused.value!r}"
    for secret in ("cret", "owl", "T0P", "hidden", "bmln"):
        assert secret not in told


@pytest.mark.parametrize(
    "url", ["ftp://host/x", "host/path", "https://", "http://h:port/", "file:///etc/x"]
)
def test_address_that_is_none_of_http_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"notify_url .* expected http") as refused:
        read_address(url)
    assert not {"path", "port", "etc"} & set(str(refused.value).replace("/", " ").split())


class TestInAServer:
    @pytest.fixture
    def extension_config(self, listener: Listener) -> dict[str, Any]:
        return {"notify_url": listener.url}

    async def test_run_elsewhere_is_told_without_a_token(
        self, ask: Any, listener: Listener, jp_auth_header: Any
    ) -> None:
        announced = {"kind": "external", "name": "elsewhere", "stages": ["fit"]}
        answer = (await ask("POST", "runs", announced)).json
        now = "2026-11-22T09:30:00Z"  # a clock that is days behind
        events = [
            {"sequence": 1, "type": "training_started", "time": now, "data": {}},
            {"sequence": 2, "type": "training_completed", "time": now, "data": {"result": {}}},
        ]
        headers = {"Authorization": f"Bearer {answer['token']}"}
        body = {"writer": "a1", "events": events}
        await ask("POST", f"runs/{answer['run_id']}/events", body, headers=headers)
        (told,) = listener.wait_for(1)
        assert (told["run_id"], told["cause"]) == (answer["run_id"], "ended")
        sent = json.dumps([listener.told, listener.headers])
        token = jp_auth_header["Authorization"].split()[1]
        assert token not in sent
        assert answer["token"] not in sent


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_server_killed_between_a_run_s_end_and_its_notice_tells_it_once_it_is_back(
    tmp_path: Path, listener: Listener
) -> None:
    words = [f"--JupyterProgress.notify_url={listener.url}", *BARE]
    server = JupyterProcess(tmp_path, arguments=words, environment={"no_proxy": "127.0.0.1"})
    server.start()
    try:
        listener.close()
        run_id = end_elsewhere(server)
        server.kill()
        listener.open()
        server.start()
        (told,) = listener.wait_for(1, within_s=30)
        assert (told["run_id"], told["cause"]) == (run_id, "failed")
        record = server.data_dir / "runs" / run_id / "notices.json"
        settle(record.exists, for_s=10 * SCALE)
        server.kill()
        server.start()
        settle(for_s=3.0)
        assert listener.causes == ["failed"]
    finally:
        server.stop()


def end_elsewhere(server: JupyterProcess) -> str:
    """A run that trains elsewhere, and fails there."""
    run = server.ask("POST", "runs", {"kind": "external", "name": "night", "stages": ["fit"]})
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    events = [
        {"sequence": 1, "type": "training_started", "time": now, "data": {}},
        {"sequence": 2, "type": "training_failed", "time": now, "data": {"error": ERROR}},
    ]
    server.ask("POST", f"runs/{run['run_id']}/events", {"writer": "a", "events": events})
    server.wait_for_run(run["run_id"], "failed")
    return str(run["run_id"])
