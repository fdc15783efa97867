"""The follower and REST against a real Jupyter server, through a proxy that breaks connections."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from jupyter_progress.client.discovery import ServerAddress, check_server, find_server
from jupyter_progress.client.rest import RestClient
from jupyter_progress.client.timing import Timing
from jupyter_progress.errors import Denied, UnknownKey, UnknownRun

from ..jupyter_process import TOKEN, JupyterProcess
from .conftest import wait_until
from .fault_proxy import FaultProxy


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("jupyter")).start()
    yield process
    process.stop()


@pytest.fixture
def address(jupyter: JupyterProcess) -> ServerAddress:
    return ServerAddress(jupyter.url, TOKEN)


@pytest.fixture
def broken(address: ServerAddress) -> Iterator[FaultProxy]:
    proxy = FaultProxy(address)
    yield proxy
    proxy.stop()


def test_the_server_is_found_and_has_the_extension(jupyter, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(jupyter.folder / "runtime"))
    assert jupyter.process is not None
    found = find_server({"JPY_PARENT_PID": str(jupyter.process.pid)})
    assert found is not None
    assert (found.url, found.token) == (jupyter.url, TOKEN)
    assert check_server(RestClient(found))["log_id"]


def test_its_refusals_arrive_as_this_packages_errors(address):
    client = RestClient(address)
    with pytest.raises(UnknownRun):
        client.get("runs/20261122-093000-0000abcd")
    with pytest.raises(UnknownKey):
        client.post("activity", {"text": "x", "colour": "red"})
    with pytest.raises(Denied):
        RestClient(ServerAddress(address.url, "wrong")).get("status")


def test_every_note_arrives_once_and_in_order_over_every_fault(
    address, broken, follow, audience, scaled
):
    client = RestClient(address)
    follower = follow(broken.address, Timing())
    wait_until(lambda: follower.connection == "live", scaled(3))
    sent: list[str] = []

    def note() -> None:
        sent.append(f"note {len(sent)}")
        client.post("activity", {"text": sent[-1]})

    def heard() -> list[str]:
        return [text for text in audience.texts if text.startswith("note ")]

    for _ in range(3):
        broken.cut_in_mid_frame()
        note()
        wait_until(lambda: heard() == sent, scaled(3))
    broken.refuses_sockets = True
    broken.cut()
    note()
    wait_until(lambda: follower.connection == "polling" and heard() == sent, scaled(3))
    broken.refuses_sockets = False
    wait_until(lambda: follower.connection == "live", scaled(3))
    broken.is_silent = broken.refuses_sockets = True
    note()
    wait_until(lambda: follower.connection == "polling" and heard() == sent, scaled(3.5))
    broken.is_silent = broken.refuses_sockets = False
    wait_until(lambda: follower.connection == "live", scaled(3))
    note()
    wait_until(lambda: heard() == sent, scaled(3))


@pytest.mark.slow
def test_a_killed_and_restarted_server_is_followed_on_from_the_same_position(
    jupyter, address, follow, audience, scaled
):
    client = RestClient(address)
    follower = follow(address, Timing(cap_unreachable_s=1.0))
    wait_until(lambda: follower.connection == "live", scaled(3))
    client.post("activity", {"text": "before the kill"})
    wait_until(lambda: "before the kill" in audience.texts, scaled(3))
    jupyter.kill()
    wait_until(lambda: follower.connection == "offline", scaled(5))
    log_id, snapshots = follower.view.log_id, _snapshots(audience)
    jupyter.start()
    client.post("activity", {"text": "after the start"})
    wait_until(lambda: follower.connection == "live", scaled(5))
    wait_until(lambda: audience.texts[-1] == "after the start", scaled(3))
    assert follower.view.log_id == log_id
    assert _snapshots(audience) == snapshots
    assert audience.texts.count("before the kill") == 1


@pytest.mark.slow
def test_a_frozen_server_is_noticed_and_found_again(jupyter, address, follow, scaled):
    assert jupyter.process is not None
    follower = follow(address, Timing(poll_timeout_s=1.0, cap_unreachable_s=1.0))
    wait_until(lambda: follower.connection == "live", scaled(3))
    os.kill(jupyter.process.pid, signal.SIGSTOP)
    try:
        wait_until(lambda: follower.connection == "offline", scaled(5))
    finally:
        os.kill(jupyter.process.pid, signal.SIGCONT)
    wait_until(lambda: follower.connection == "live", scaled(5))


def _snapshots(audience) -> int:
    return sum(message.type == "snapshot" for message in audience.messages)
