"""A server, or all there is, stands still for a while: a laptop asleep, a machine that swaps."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_progress.client.rest import RestClient
from jupyter_progress.core.times import from_iso

from ..jupyter_process import SCALE
from ..store.bench import Bench, Index
from . import producer
from .conftest import Site, request
from .invariant import check_log, check_rebuilt, read_log
from .leap import Leap
from .witness import wait_until

pytestmark = pytest.mark.timeout(120 * SCALE)
DAY_S = 86_400.0
HOUR_S = 3600.0
real_time = time.time


@contextmanager
def asleep(*pids: int) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@pytest.mark.slow
@pytest.mark.parametrize("sleepers", ["server", "server and script"])
def test_after_a_sleep_a_view_goes_on_from_its_place(
    site: Site, watch, drawn: random.Random, sleepers: str
) -> None:
    witness = watch(site.address)
    wait_until(lambda: witness.follower.connection == "live", 5)
    process, run_id = producer.start(site.jupyter, 20, 0.05)
    assert site.jupyter.process is not None
    pids = [site.jupyter.process.pid, process.pid][: 1 if sleepers == "server" else 2]
    time.sleep(drawn.uniform(0, 1))
    with asleep(*pids):
        # Longer than a view waits for a beat, and for an answer to a poll.
        wait_until(lambda: witness.follower.connection == "offline", 10)
    RestClient(site.address).post("activity", {"text": "awake"})
    assert process.wait() == 0
    wait_until(lambda: witness.follower.connection == "live", 10)
    logged = site.hold(witness)
    assert logged.runs[run_id].status == "completed"


@pytest.mark.slow
@pytest.mark.parametrize("clocks", ["the wall's", "all"])
def test_after_an_hour_asleep_server_script_and_view_go_on(
    tmp_path: Path, watch, drawn: random.Random, monkeypatch: pytest.MonkeyPatch, clocks: str
) -> None:
    clock = Leap(tmp_path / "clock", monkeypatch)
    site = Site(tmp_path / "jupyter", **clock.environment)
    try:
        witness = watch(site.address)
        wait_until(lambda: witness.follower.connection == "live", 5)
        trained = site.jupyter.ask("POST", "runs", request(30_000))["run_id"]
        process, run_id = producer.start(site.jupyter, 20, 0.05)
        site.jupyter.wait_for_run(trained, "running")
        before = witness.follower.view.offset
        assert site.jupyter.process is not None
        time.sleep(drawn.uniform(0, 1))
        with asleep(site.jupyter.process.pid, process.pid):
            time.sleep(0.2)
            clock.leap(HOUR_S, monotonic=clocks == "all")
        note = site.jupyter.ask("POST", "activity", {"text": "awake"})
        assert from_iso(note["time"]) - HOUR_S == pytest.approx(real_time(), abs=30 * SCALE)
        assert process.wait() == 0
        wait_until(lambda: witness.follower.connection == "live", 10)
        site.jupyter.wait_for_run(run_id, "completed")
        # Nobody took an hour without a word for the end of what goes on.
        assert site.jupyter.get(f"runs/{trained}")["status"] == "running"
        site.jupyter.ask("POST", f"runs/{trained}/cancel")
        site.jupyter.wait_for_run(trained, "cancelled")
        logged = site.hold(witness)
        assert len(logged.events) > before
        for state in logged.runs.values():
            assert all((stage.elapsed_s or 0.0) >= 0.0 for stage in state.stages)
    finally:
        site.jupyter.stop()


@pytest.mark.parametrize("leap_s", [DAY_S, -DAY_S, 3600.0])
def test_clock_that_leaps_in_the_middle_of_a_run_changes_no_order(
    bench: Bench, drawn: random.Random, leap_s: float
) -> None:
    path = bench.data.path / "log-0.db"
    index = Index(bench, path)
    leap_after = drawn.randrange(5)
    for number in range(5):
        run = bench.run()
        worker = bench.begin(run, bench.queue(run))
        if number == leap_after:
            bench.now += leap_s
        bench.train(worker, steps=5)
        if drawn.random() < 0.5:
            index.settle()
        bench.complete(run, worker)
    index.settle()
    logged = read_log(path)
    check_log(bench.data, logged)
    check_rebuilt(bench.data, logged)
    assert {state.status for state in logged.runs.values()} == {"completed"}
    for state in logged.runs.values():
        assert (state.elapsed_time or 0.0) >= 0.0
        assert all((stage.elapsed_s or 0.0) >= 0.0 for stage in state.stages)
    index.close()
