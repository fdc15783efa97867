"""Faults of the network, between a real server and clients that follow it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_progress.client.rest import RestClient
from jupyter_progress.client.timing import Timing
from jupyter_progress.errors import ProgressError, ServerUnreachable

from ..client.fault_proxy import FaultProxy
from ..jupyter_process import SCALE
from . import producer
from .conftest import Site, request
from .proxy import ChaosProxy, Fate
from .witness import Witness, wait_until

pytestmark = pytest.mark.timeout(120 * SCALE)
Watch = Callable[..., Witness]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("network"))
    yield site
    site.jupyter.stop()


def hold_over_faults(site: Site, proxy: ChaosProxy, watch: Watch, steps: int, pause_s: float):
    """A run and notes, watched over a broken network and, to compare, over a whole one."""
    near = watch(site.address)
    far = [watch(proxy.address), watch(proxy.address), watch(proxy.address, polls=True)]
    process, run_id = producer.start(site.jupyter, steps, pause_s)
    client = RestClient(site.address)
    number = 0
    while process.poll() is None:
        client.post("activity", {"text": f"note {number}"})
        number += 1
        time.sleep(0.1)
    proxy.calm()
    logged = site.hold(near, *far)
    assert process.returncode == 0
    assert logged.runs[run_id].status == "completed"
    assert [view.follower.view.runs[run_id].status for view in far] == ["completed"] * 3
    return far


def test_no_cut_delay_or_stall_loses_or_repeats_an_event(site: Site, chaos, watch: Watch) -> None:
    hold_over_faults(site, chaos(site.address), watch, steps=20, pause_s=0.05)


@pytest.mark.slow
def test_a_long_run_over_a_bad_network_is_seen_exactly(site: Site, chaos, watch: Watch) -> None:
    proxy = chaos(site.address)
    far = hold_over_faults(site, proxy, watch, steps=60, pause_s=0.08)
    assert {fate.kind for both in proxy.fates for fate in both} >= {"pass", "cut", "stall", "delay"}
    assert any("polling" in view.connections for view in far)


def test_stream_that_is_open_but_silent_is_given_up_for_polling(site: Site, watch: Watch) -> None:
    proxy = FaultProxy(site.address)
    try:
        witness = watch(proxy.address)
        wait_until(lambda: witness.follower.connection == "live", 5)
        proxy.is_silent = True
        note = RestClient(site.address).post("activity", {"text": "into the silence"})
        # 2.5 heartbeats without a word, and the next poll.
        wait_until(lambda: _has_heard(witness, note["id"]), 4.5)
        assert "polling" in witness.connections
        proxy.is_silent = False
        wait_until(lambda: witness.follower.connection == "live", 5)
        site.hold(witness)
    finally:
        proxy.stop()


@pytest.mark.slow
def test_run_posted_again_after_its_answer_was_lost_is_one_run(
    site: Site, chaos, drawn: random.Random
) -> None:
    proxy = chaos(site.address)
    client = RestClient(proxy.address, timeout_s=30.0 * SCALE)
    body = {**request(10), "name": "posted once"}
    for _ in range(2):
        proxy.answers = Fate("cut", drawn.randrange(200))
        with pytest.raises(ProgressError) as lost:
            client.post("runs", body, idempotency_key="the one")
        assert lost.value.retryable
    proxy.answers = Fate("pass")
    first = client.post("runs", body, idempotency_key="the one")["run_id"]
    site.jupyter.wait_for_run(first, "completed")
    named = [run.run_id for run in site.hold().runs.values() if run.name == "posted once"]
    assert named == [first]


def test_answer_that_is_cut_at_any_byte_is_an_error_and_never_another_answer(
    site: Site, chaos, drawn: random.Random
) -> None:
    proxy = chaos(site.address)
    client = RestClient(proxy.address, timeout_s=5.0)
    proxy.answers = Fate("pass")
    first = client.get("events", since=0, limit=1)["events"]
    for kind in ("cut", "end"):
        for place in drawn.sample(range(500), 40):
            proxy.answers = Fate(kind, place)
            with pytest.raises(ServerUnreachable):
                client.get("events", since=0, limit=1)
    proxy.answers = Fate("pass")
    # Only what is logged stays: the head and the newest figures move on meanwhile.
    assert client.get("events", since=0, limit=1)["events"] == first


@pytest.mark.slow
def test_300_clients_that_come_back_at_once_all_find_their_place(
    tmp_path: Path, drawn: random.Random
) -> None:
    site = Site(tmp_path, "--JupyterProgress.max_subscribers=1000")
    proxy = ChaosProxy(site.address, "calm")
    proxy.is_calm = True
    patient = Timing(hello_s=10.0, poll_s=1.0, poll_timeout_s=10.0, silence_heartbeats=10.0)
    crowd = [Witness(proxy.address, patient) for _ in range(300)]
    try:

        def all_live() -> bool:
            # One that was cut is "live" for a moment of grace: its socket has to be there too.
            has_sockets = proxy.open_connections() >= len(crowd)
            return has_sockets and all(w.follower.connection == "live" for w in crowd)

        wait_until(all_live, 30)
        client = RestClient(site.address, timeout_s=30.0)
        for number in range(20):
            client.post("activity", {"text": f"note {number}"})
            if number in (5, 12):
                wait_until(all_live, 30)
                proxy.cut_all()
        site.settle(*crowd, within_s=30)
        wait_until(all_live, 30)
        logged = site.hold()
        for witness in drawn.sample(crowd, 40):
            witness.check(logged)
    finally:
        proxy.stop()
        for witness in crowd:
            threading.Thread(target=witness.stop, daemon=True).start()
        site.jupyter.stop()


def _has_heard(witness: Witness, activity_id: str) -> bool:
    return any(line.id == activity_id for line in list(witness.follower.view.activity))
