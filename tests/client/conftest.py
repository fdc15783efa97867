"""A server that speaks the wire, a proxy that breaks it, and someone who follows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from jupyter_progress.client.discovery import ServerAddress, server_python
from jupyter_progress.client.follow import Follower
from jupyter_progress.client.timing import Timing
from jupyter_progress.core.wire import Message

from ..jupyter_process import JupyterProcess
from .fault_proxy import FaultProxy
from .wire_server import WireServer

QUICK = Timing(
    hello_s=0.3, poll_s=0.1, poll_timeout_s=1.0, grace_s=0.05, first_s=0.02, cap_s=0.1,
    cap_unreachable_s=0.3,
)  # fmt: skip


class Audience:
    """Remembers what a follower told, for tests that wait for it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.connections: list[str] = []
        self._changed = threading.Condition()

    def take(self, messages: list[Message], connection: str) -> None:
        with self._changed:
            self.messages += messages
            if not self.connections or self.connections[-1] != connection:
                self.connections.append(connection)
            self._changed.notify_all()

    @property
    def texts(self) -> list[str]:
        """The notes heard, in order; those of a snapshot included."""
        heard: list[str] = []
        for message in self.messages:
            if message.type == "snapshot":
                heard += [line["text"] for line in reversed(message.data["activity"])]
            elif message.type == "activity_update":
                heard.append(message.data["text"])
        return heard


def wait_until(is_so: Callable[[], bool], timeout_s: float) -> float:
    """Wait for something; how long it took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > timeout_s:
            pytest.fail(f"not within {timeout_s} s")
        time.sleep(0.005)
    return time.monotonic() - began


@pytest.fixture
def server() -> Iterator[WireServer]:
    server = WireServer()
    yield server
    server.stop()


@pytest.fixture
def proxy(server: WireServer) -> Iterator[FaultProxy]:
    proxy = FaultProxy(server.address)
    yield proxy
    proxy.stop()


@pytest.fixture
def audience() -> Audience:
    return Audience()


@pytest.fixture
def follow(audience: Audience) -> Iterator[Callable[..., Follower]]:
    followers: list[Follower] = []

    def start(address, timing: Timing = QUICK, **more) -> Follower:
        follower = Follower(address, on_messages=audience.take, timing=timing, **more)
        followers.append(follower)
        follower.start()
        return follower

    yield start
    for follower in followers:
        follower.stop()


@pytest.fixture(scope="session")
def plain_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    """A real Jupyter server without this extension, without a token."""
    process = JupyterProcess(
        tmp_path_factory.mktemp("plain"), extension=False, arguments=["--IdentityProvider.token="]
    ).start()
    assert process.process is not None
    yield ServerAddress(process.url, "", process.process.pid, server_python(process.process.pid))
    process.stop()
