"""A client that remembers everything it was told, and how it was connected meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from jupyter_progress.client.discovery import ServerAddress
from jupyter_progress.client.follow import Follower
from jupyter_progress.client.timing import Timing
from jupyter_progress.core.wire import Message

from ..conftest import TIMEOUT_SCALE
from .invariant import Logged, check_view

# Comes back soon, so that a test of a minute holds many faults.
BRISK = Timing(poll_s=0.3, poll_timeout_s=2.0, grace_s=0.1, first_s=0.05, cap_s=0.3,
               cap_unreachable_s=0.5)  # fmt: skip


class Witness:
    """A real follower of a real server; every message that changed its view is kept."""

    def __init__(self, address: ServerAddress, timing: Timing = BRISK, *, polls: bool = False):
        self.messages: list[Message] = []
        self.connections: list[str] = []
        self._lock = threading.Lock()
        self.follower = Follower(address, on_messages=self._take, timing=timing, polls_only=polls)
        self.follower.start()

    def _take(self, messages: list[Message], connection: str) -> None:
        with self._lock:
            self.messages += messages
            if self.connections[-1:] != [connection]:
                self.connections.append(connection)

    @property
    def position(self) -> tuple[str, int]:
        return self.follower.view.log_id, self.follower.view.offset

    def has_seen(self, logged: Logged) -> bool:
        """Whether it is at the end of a log."""
        return self.position == (logged.log_id, len(logged.events))

    def check(self, *logs: Logged) -> None:
        """Hold all it was told to the invariant."""
        with self._lock:
            messages = list(self.messages)
        assert messages, "it was told nothing"
        check_view(messages, *logs)

    def stop(self) -> None:
        self.follower.stop(3.0)


def wait_until(is_so: Callable[[], object], within_s: float, what: str = "") -> None:
    """Wait for something; fails where it takes longer, in scaled seconds."""
    deadline = time.monotonic() + within_s * TIMEOUT_SCALE
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within_s * TIMEOUT_SCALE:g} s: {what or is_so}")
        time.sleep(0.02)
