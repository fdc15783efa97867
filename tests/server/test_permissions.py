"""A permission that is withdrawn, and an authorizer that is slow, hangs or fails."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any, ClassVar

import pytest
from jupyter_server.auth import Authorizer, User

from jupyter_progress.server.admission import viewer_key
from jupyter_progress.server.permissions import Permissions

HEARTBEAT_S = 0.3


@pytest.fixture
def extension_config() -> dict[str, Any]:
    return {"heartbeat_s": HEARTBEAT_S}


class Operators(Authorizer):
    """An asynchronous authorizer in the state that a test puts it in."""

    takes_s: ClassVar[float] = 0.0
    allows: ClassVar[bool] = True
    fails: ClassVar[bool] = False
    asked: ClassVar[int] = 0

    async def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        Operators.asked += 1
        await asyncio.sleep(self.takes_s)
        if self.fails:
            raise RuntimeError("no connection to the directory")
        return self.allows


@pytest.fixture
def operators(jp_serverapp: Any) -> type[Operators]:
    Operators.takes_s, Operators.allows, Operators.fails, Operators.asked = 0.0, True, False, 0
    jp_serverapp.web_app.settings["authorizer"] = Operators(parent=jp_serverapp)
    return Operators


async def test_slow_authorizer_delays_no_heartbeat_and_is_asked_once_for_one_user(
    open_stream: Any, operators: type[Operators], scaled: Any
) -> None:
    streams = [await open_stream() for _ in range(40)]
    await streams[0].until("heartbeat")
    operators.takes_s, operators.asked = 0.1, 0
    began = time.monotonic()
    for _ in range(8):
        await streams[0].until("heartbeat")
    # One after another, 40 answers of a tenth of a second would put four between two heartbeats.
    assert time.monotonic() - began < 8 * HEARTBEAT_S + scaled(1.0)
    assert operators.asked <= (time.monotonic() - began) / HEARTBEAT_S + 2
    operators.allows = False
    began = time.monotonic()
    assert set(await asyncio.gather(*(stream.ended() for stream in streams))) == {4500}
    assert time.monotonic() - began < 2 * HEARTBEAT_S + scaled(0.5)


async def test_authorizer_that_fails_closes_streams_after_two_heartbeats_to_come_back(
    open_stream: Any, operators: type[Operators], caplog: pytest.LogCaptureFixture
) -> None:
    streams = [await open_stream() for _ in range(3)]
    await streams[0].until("heartbeat")
    operators.fails = True
    await asyncio.sleep(HEARTBEAT_S)
    operators.fails = False  # a failure that passes closes nothing
    for _ in range(4):
        await streams[0].until("heartbeat")
    caplog.clear()
    operators.fails = True
    assert {await stream.ended() for stream in streams} == {1011}
    assert caplog.text.count("the authorizer failed") == 1
    operators.fails = False
    await (await open_stream()).until("heartbeat")


async def test_authorizer_that_hangs_delays_nothing_and_closes_streams_in_the_end(
    open_stream: Any, operators: type[Operators], services: Any, scaled: Any
) -> None:
    stream = await open_stream()
    await stream.until("heartbeat")
    services.pulse.permissions.limit_s = 8 * HEARTBEAT_S
    operators.takes_s = 1000.0
    began = time.monotonic()
    for _ in range(4):
        await stream.until("heartbeat")
    assert time.monotonic() - began < 4 * HEARTBEAT_S + scaled(0.5)
    assert await stream.ended(scaled(10)) == 1011


class Watcher:
    """A stream of which only the permission matters."""

    def __init__(self, viewer: str, allowed: bool = True) -> None:
        self.viewer = viewer
        self.allowed = allowed
        self.ended = ""
        self.closed = asyncio.Event()

    def measure(self) -> None: ...

    def is_let_in(self) -> bool:
        return True

    async def is_permitted(self) -> bool:
        await asyncio.sleep(0.1)
        return self.allowed

    def close_denied(self) -> None:
        self.ended = "denied"
        self.closed.set()

    def close_unchecked(self) -> None:
        self.ended = "unchecked"


async def test_users_are_asked_about_at_the_same_time_and_each_gets_their_own_answer() -> None:
    watchers = [Watcher(f"user {n // 2}", allowed=n // 2 != 7) for n in range(80)]
    permissions = Permissions(1.0)
    for watcher in watchers:
        permissions.watch(watcher)
    began = time.monotonic()
    for watcher in watchers:
        permissions.look_at(watcher, 1)
    await watchers[14].closed.wait()
    assert time.monotonic() - began < 2.0  # 40 times a tenth of a second would be four
    await asyncio.sleep(0.1)
    assert [n for n, watcher in enumerate(watchers) if watcher.ended] == [14, 15]
    permissions.stop()


def test_only_those_who_are_the_same_to_an_authorizer_are_one_viewer() -> None:
    def anonymous() -> User:
        return User(username=uuid.uuid4().hex, name="Anonymous Io", display_name="Anonymous Io")

    def ada(**facts: Any) -> User:
        user = User(username="ada")
        vars(user).update(facts)
        return user

    assert viewer_key(anonymous()) == viewer_key(anonymous())
    assert viewer_key(ada()) == viewer_key(ada())
    distinct = [ada(), ada(groups=["a"]), User(username="bob"), anonymous()]
    distinct.append(User(username="eve", name="Anonymous Io"))
    assert len({viewer_key(user) for user in distinct}) == 5
