"""`notify_url` when disks fill, journals are garbled, receivers vanish and much is to be told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_progress.core.run_notice import Cause
from jupyter_progress.server import notice_post, notice_sender, untold, waiting_notices
from jupyter_progress.server.waiting_notices import WaitingNotice, WaitingNotices
from jupyter_progress.store.reader import LogReader

from ..jupyter_process import SCALE
from .listener import Listener
from .notice_machine import FAILED, STALL, Machine, settle


def arm(machine: Machine) -> None:
    """Have notices asked for, by a server that is gone again."""
    sender = machine.serve()
    settle((machine.data.path / "notify-since").exists, for_s=10 * SCALE)
    sender.stop()
    machine.close()


def test_failed_look_for_the_untold_is_done_again(
    machine: Machine, listener: Listener, quick: None, caplog: pytest.LogCaptureFixture
) -> None:
    arm(machine)
    away = machine.end(machine.begin())
    since, aside = machine.data.path / "notify-since", machine.data.path / "aside"
    since.rename(aside)
    since.mkdir()
    machine.serve()
    settle(lambda: "cannot be looked for" in caplog.text, for_s=10 * SCALE)
    live = machine.end(machine.begin(), FAILED)
    assert [told["run_id"] for told in listener.wait_for(1)] == [live]
    settle()
    assert caplog.text.count("cannot be looked for") == 1
    since.rmdir()
    aside.rename(since)
    assert [told["run_id"] for told in listener.wait_for(2)] == [live, away]


def test_garbled_time_of_a_stall_stops_no_notice(
    machine: Machine, listener: Listener, quick: None
) -> None:
    machine.serve()
    for since in ("2026\nX-Forged: 1", "ночь"):
        garbled = machine.begin()
        machine.tell(garbled, "stage_started", stage="train")
        machine.tell(garbled, "training_stalled", since=since, **STALL)
    machine.end(machine.begin())
    listener.wait_for(3)
    assert sorted(listener.causes) == ["ended", "stalled", "stalled"]
    assert not any("X-Forged" in headers for headers in listener.headers)
    assert len({headers["Idempotency-Key"] for headers in listener.headers}) == 3


def test_more_than_may_wait_is_told_oldest_first_and_none_given_up(
    machine: Machine, listener: Listener, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_notices, "MOST_WAITING", 2)
    arm(machine)
    away = [machine.end(machine.begin()) for _ in range(7)]
    machine.serve(is_full=True)
    assert [told["run_id"] for told in listener.wait_for(7)] == away
    assert {machine.record(run_id)["ended-1"]["outcome"] for run_id in away} == {"told"}


def test_more_than_may_wait_while_nobody_answers_is_kept(
    machine: Machine, listener: Listener, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_notices, "MOST_WAITING", 2)
    monkeypatch.setattr(notice_sender, "ARRIVED_KEPT", 2)
    listener.close()
    machine.serve()
    ended = [machine.end(machine.begin()) for _ in range(6)]
    settle()
    assert not any(machine.data.run(run_id).notices_file.exists() for run_id in ended)
    listener.open()
    assert {told["run_id"] for told in listener.wait_for(6)} == set(ended)
    assert {machine.record(run_id)["ended-1"]["outcome"] for run_id in ended} == {"told"}
    settle()
    assert len(listener.told) == 6


def test_whole_log_is_looked_through_in_small_pages(
    machine: Machine, listener: Listener, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    read = LogReader.runs

    def runs(reader: LogReader, *args: Any, **named: Any) -> Any:
        found = read(reader, *args, **named)
        held.append(len(found[0]))
        return found

    monkeypatch.setattr(untold, "PAGE", 2)
    monkeypatch.setattr(LogReader, "runs", runs)
    arm(machine)
    away = [machine.end(machine.begin()) for _ in range(5)]
    machine.serve(is_full=True)
    listener.wait_for(5)
    assert sorted(told["run_id"] for told in listener.told) == away
    assert max(held) == 2


@pytest.fixture
def black_hole() -> Iterator[socket.socket]:
    """Takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def connections(listening: socket.socket) -> int:
    """How many there were since somebody looked."""
    count = 0
    while True:
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_black_hole_is_asked_once_for_all_that_waits(
    machine: Machine,
    black_hole: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(notice_post, "TIMEOUT_S", 0.2)
    monkeypatch.setattr(waiting_notices, "wait_s", lambda failures: 3600.0)
    machine.url = f"http://127.0.0.1:{black_hole.getsockname()[1]}/x"
    machine.serve()
    for _ in range(4):
        machine.end(machine.begin())
    settle(lambda: "TimeoutError" in caplog.text, for_s=10 * SCALE)
    settle(for_s=1.0)
    assert connections(black_hole) == 1
    assert caplog.text.count("could not be told") == 1


def waiting(*run_ids: str) -> tuple[WaitingNotices, list[WaitingNotice]]:
    notices = [
        WaitingNotice(Cause(run_id, "ended", "ended-1", ""), b"{}", run_id, until_s=1000.0)
        for run_id in run_ids
    ]
    line = WaitingNotices()
    for notice in notices:
        line.add(notice)
    return line, notices


def test_all_wait_for_an_address_that_is_silent_and_each_has_its_turn() -> None:
    line, (first, second) = waiting("a", "b")
    assert line.next_due(10.0) is first
    line.failed(first, 10.0, is_unreachable=True)
    assert line.next_due(11.9) is None
    assert line.idle_s(11.0) == 1.0
    assert line.next_due(12.0) is second  # the first may be what it chokes on
    line.failed(second, 12.0, is_unreachable=True)
    assert line.next_due(15.9) is None  # 4 s: it is the address that waits
    assert line.next_due(16.0) is first
    line.answered()
    assert line.next_due(14.0) is first


def test_answer_that_refuses_for_now_holds_up_nobody_else() -> None:
    line, (first, second) = waiting("a", "b")
    line.failed(first, 10.0, is_unreachable=False)
    assert line.next_due(10.0) is second


def test_silence_for_all_of_the_time_ends_every_wait() -> None:
    line, notices = waiting("a", "b")
    line.failed(notices[0], 997.0, is_unreachable=True)
    assert line.expired() == []
    line.failed(notices[0], 999.5, is_unreachable=True)
    assert line.expired() == notices
