"""Health: real samples of this machine, and the verdict when a figure moves."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.core.state import Resources, RunState
from jupyter_progress.errors import InvalidRequest
from jupyter_progress.machine.sampling import Machine
from jupyter_progress.server.keepalive import STALLED_S, Keepalive
from jupyter_progress.server.latency import LoopLag, ResponseTimes
from jupyter_progress.server.monitor import Monitor, read_thresholds


class Heating(Machine):
    """This machine, with a memory figure that the test sets."""

    percent = 10.0

    def sample(self) -> dict[str, Any]:
        sample = super().sample()
        sample["memory"]["percent"] = self.percent
        for gauge in ("cpu", "disk", "swap"):
            sample[gauge]["percent"] = 1.0
        return sample


def make_monitor(machine: Machine, changes: list[tuple[str, str]]) -> Monitor:
    return Monitor(
        machine,
        ResponseTimes(),
        LoopLag(),
        on_sample=lambda sample: None,
        on_change=lambda before, after, reasons: changes.append((before, after)),
        has_viewers=lambda: False,
    )


def test_sample_has_every_figure(tmp_path: Path) -> None:
    monitor = make_monitor(Machine(tmp_path), [])
    monitor.take()
    sample = monitor.take()
    assert sample["status"] in ("green", "yellow", "red")
    assert sample["memory"]["limit"] > 0
    assert 0 < sample["memory"]["percent"] <= 100
    assert sample["disk"]["used"] > 0
    assert sample["cpu"]["limit"] > 0
    assert sample["processes"] > 1
    assert sample["uptime_s"] > 0
    assert len(sample["load"]) == 3
    assert set(sample["network"]) == {"in", "out"}
    assert sample["response_times"] == {
        "rest": {"p50": None, "p95": None},
        "socket": {"p50": None, "p95": None},
    }
    assert sample["event_loop_lag"] == 0.0
    assert isinstance(sample["gpus"], list)


def test_network_is_what_goes_over_the_line_and_not_over_loopback(
    tmp_path: Path, scaled: Any
) -> None:
    machine = Machine(tmp_path)
    before = machine.sample()["network"]
    assert before == {"in": None, "out": None}
    sent_bytes = 0
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname(), timeout=scaled(10))
        peer, _ = server.accept()
        with client, peer:
            for _ in range(400):
                client.sendall(b"x" * 50_000)
                sent_bytes += 50_000
                left = 50_000
                while left:
                    left -= len(peer.recv(left))
    started = time.monotonic()
    time.sleep(0.05)
    counted = machine.sample()["network"]
    span_s = time.monotonic() - started + 0.05
    # Other things may use the line of this machine meanwhile, but hardly so much.
    assert counted["in"] * span_s < sent_bytes / 4
    assert counted["out"] * span_s < sent_bytes / 4


def test_change_of_colour_is_told_once(tmp_path: Path) -> None:
    changes: list[tuple[str, str]] = []
    machine = Heating(tmp_path)
    monitor = make_monitor(machine, changes)
    for percent in (10, 85, 86, 79, 78, 70, 95, 95, 10):
        machine.percent = percent
        monitor.take()
    assert changes == [
        ("green", "yellow"), ("yellow", "green"), ("green", "red"), ("red", "green")
    ]  # fmt: skip
    assert len(monitor.history("")) == 9
    assert monitor.history("9999") == []


def test_thresholds_can_be_replaced_in_part() -> None:
    changed = {threshold.figure: threshold for threshold in read_thresholds(
        {"memory.percent": {"yellow": 50}}
    )}  # fmt: skip
    assert changed["memory.percent"].yellow == 50
    assert changed["memory.percent"].red == 92
    never = {threshold.figure: threshold for threshold in read_thresholds(
        {"memory.percent": {"red": None}}
    )}  # fmt: skip
    assert never["memory.percent"].red is None
    for wrong in (
        {"memory": {}}, {"cpu.percent": {"blue": 1}}, {"memory.percent": {"yellow": 100}},
        {"memory.percent": {"yellow": "high"}}, {"memory.percent": {"margin": None}},
    ):  # fmt: skip
        with pytest.raises(InvalidRequest):
            read_thresholds(wrong)


def test_percentiles_are_of_the_last_minutes() -> None:
    now = [0.0]
    times = ResponseTimes(clock=lambda: now[0])
    times.add("rest", 9.0)
    now[0] = 1000.0
    for index in range(100):
        times.add("rest", index / 1000)
    assert times.percentiles()["rest"] == {"p50": 0.05, "p95": 0.095}


def test_run_at_work_holds_off_the_culler_for_its_hours_and_while_it_moves() -> None:
    now = [0.0]
    keepalive = Keepalive(max_hours=1, clock=lambda: now[0])
    run = RunState(run_id="a", status="running", resources=Resources(cpu=90.0))
    idle = RunState(run_id="b", status="running", resources=Resources(cpu=0.0))
    assert keepalive.is_busy([run, idle])
    assert not Keepalive(max_hours=1).is_busy([RunState(run_id="c", status="queued")])
    now[0] = STALLED_S + 1
    assert keepalive.is_busy([run, idle])
    now[0] = 2 * 3600
    assert not keepalive.is_busy([run, idle])


def test_stalled_run_does_not_hold_off_the_culler() -> None:
    now = [0.0]
    keepalive = Keepalive(max_hours=24, clock=lambda: now[0])
    idle = RunState(run_id="b", status="running", resources=Resources(cpu=0.0))
    assert keepalive.is_busy([idle])
    now[0] = STALLED_S + 1
    assert not keepalive.is_busy([idle])
    assert keepalive.is_busy([RunState(run_id="b", status="running", progress=1.0)])
    assert not keepalive.is_busy([])
