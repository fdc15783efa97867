"""What one user may take of the server: requests in a while, streams at a time, message sizes."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.auth import User
from tornado.httpclient import HTTPClientError

from jupyter_progress.errors import TooManyRequests, TooManyStreams
from jupyter_progress.server.admission import FORGET_ABOVE, Admission, retry_after, user_key
from jupyter_progress.server.kernel_pass import KernelUser

from .raw import RawClient, close_code, frame


@pytest.fixture
def extension_config() -> dict[str, Any]:
    return {
        "max_requests_per_s": 1.0, "max_request_burst": 20, "max_subscribers_per_user": 2,
        "max_message_bytes": 1000, "max_messages_per_s": 20,
    }  # fmt: skip


def admission(now: SimpleNamespace, **changes: Any) -> Admission:
    settings = {"rate": 10.0, "burst": 5, "max_streams": 1, **changes}
    return Admission(clock=lambda: now.s, **settings)


def test_bucket_empties_at_once_and_fills_with_time() -> None:
    now = SimpleNamespace(s=100.0)
    door = admission(now)
    for _ in range(5):
        door.request("ada")
    with pytest.raises(TooManyRequests) as caught:
        door.request("ada")
    assert caught.value.retry_after_s == pytest.approx(0.1)
    assert retry_after(caught.value) == "1"
    door.request("bob")  # one user's flood is not another's
    now.s += 0.15
    door.request("ada")
    with pytest.raises(TooManyRequests):
        door.request("ada")
    now.s += 1000.0
    for _ in range(5):
        door.request("ada")
    with pytest.raises(TooManyRequests):
        door.request("ada")


def test_rate_of_zero_is_no_limit() -> None:
    door = admission(SimpleNamespace(s=0.0), rate=0.0, burst=1)
    for _ in range(1000):
        door.request("ada")
    assert len(door) == 0


def test_users_who_ask_no_more_are_forgotten() -> None:
    now = SimpleNamespace(s=0.0)
    door = admission(now)
    for number in range(3 * FORGET_ABOVE):
        now.s += 0.2
        door.request(f"user {number}")
        assert len(door) <= FORGET_ABOVE


def test_stream_that_was_closed_makes_room() -> None:
    door = admission(SimpleNamespace(s=0.0))
    door.enter("ada")
    door.enter("bob")
    with pytest.raises(TooManyStreams):
        door.enter("ada")
    door.leave("ada")
    door.enter("ada")


def test_everyone_who_bears_the_token_is_one_user() -> None:
    first, second = (User(username=name, name=f"Anonymous {name}") for name in ("Io", "Europa"))
    assert user_key(first) == user_key(second) == "token"
    named = [user_key(User(username=name)) for name in ("ada", "bob", "token", "kernel")]
    assert len({*named, "token", user_key(KernelUser(username="kernel"))}) == 6


async def until_refused(call: Any) -> Any:
    """Ask on until the answer is 429: on a slow machine the bucket fills a little meanwhile."""
    for _ in range(100):
        answer = await call()
        if answer.status == 429:
            return answer
    raise AssertionError("never refused")


async def test_flood_is_answered_with_429_and_when_to_come_back(ask: Any) -> None:
    started = time.monotonic()
    answers = await asyncio.gather(*(ask("GET", "health/history") for _ in range(60)))
    let_in = [answer.status for answer in answers].count(200)
    assert 20 <= let_in <= 21 + (time.monotonic() - started)
    refused = await until_refused(lambda: ask("GET", "health/history"))
    assert set(refused.json) == {"message", "reason", "retryable"}
    assert (refused.json["reason"], refused.json["retryable"]) == ("too_many_requests", True)
    assert refused.headers["Retry-After"] == "1"
    await until_refused(lambda: ask("POST", "activity", {"text": "x"}))
    await until_refused(lambda: ask("GET", "stream"))
    await asyncio.sleep(1.1)
    assert (await ask("GET", "health/history")).status == 200


async def test_page_counts_too(jp_fetch: Any) -> None:
    async def look() -> Any:
        try:
            await jp_fetch("jupyter-progress/")
        except HTTPClientError as error:
            return SimpleNamespace(status=error.code, headers=error.response.headers)
        return SimpleNamespace(status=200)

    for _ in range(20):
        assert (await look()).status == 200
    assert (await until_refused(look)).headers["Retry-After"] == "1"


async def test_streams_of_one_user_are_counted_and_a_closed_one_makes_room(
    open_stream: Any, ask: Any, services: Any, scaled: Any
) -> None:
    first = await open_stream()
    await open_stream()
    with pytest.raises(HTTPClientError) as caught:
        await open_stream()
    assert caught.value.code == 429
    assert caught.value.response is not None
    assert b"too_many_streams" in caught.value.response.body
    first.socket.close()
    for _ in range(round(scaled(40))):
        await asyncio.sleep(0.05)
        if len(services.broadcaster) == 1:
            break
    no_key = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    for _ in range(3):  # a handshake that is no good keeps no place
        assert (await ask("GET", "stream", headers=dict(no_key))).status == 400
    await open_stream()


async def test_message_over_the_limit_closes_for_good(open_stream: Any) -> None:
    for size, code in ((2_000, 4502), (500_000, 1009)):
        stream = await open_stream()
        await stream.until("heartbeat")
        await stream.send("é" * (size // 2))
        assert await stream.ended() == code


async def test_large_body_is_read_off_the_loop(ask: Any) -> None:
    announced = (await ask("POST", "runs", {"kind": "external", "name": "far away"})).json
    run = f"runs/{announced['run_id']}"
    lists = b"[" + b"[]," * 199_000 + b"[]]"
    calls = [
        ("PATCH", run, b'{"name": ' + lists + b"}", 400),
        ("POST", "models/m/predict", b'{"rows": ' + lists + b"}", 404),
        ("POST", f"{run}/events", b'{"writer": "a", "events": ' + lists + b"}", 400),
        ("POST", "runs", b'{"dataset": {}, "estimator": ' + lists + b"}", 400),
    ]
    # What the loop's thread computes, and not how long it takes: this machine may be busy.
    computed_s = time.thread_time()
    for method, path, body, status in calls:
        assert (await ask(method, path, body)).status == status, path
    assert time.thread_time() - computed_s < 0.12


async def test_what_a_server_has_loaded_is_not_looked_at_again(ask: Any, services: Any) -> None:
    assert (await ask("GET", "status")).status == 200
    assert gc.get_freeze_count() > 100_000
    await services.stop()
    assert gc.get_freeze_count() == 0


PIECE = frame(0, b"", final=False)


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (b"", frame(1, b'{"type": "ping", "id": 1}')),
        (b"", frame(9, b"x")),
        (frame(1, b"", final=False), PIECE),
    ],
    ids=["messages", "pings", "pieces"],
)
async def test_client_that_sends_without_pause_is_closed_and_read_no_more(
    raw: RawClient, open_stream: Any, first: bytes, kind: bytes
) -> None:
    other = await open_stream()
    await other.until("heartbeat")
    reader, writer = await raw.shake_hands()
    writer.write(first + kind * 120)
    assert await close_code(reader, 10) == 4501
    writer.write(kind * 20_000)
    with contextlib.suppress(ConnectionResetError):
        assert await close_code(reader, 10) is None
    writer.close()
    for number in range(60):  # who keeps to the rate goes on
        await other.send({"type": "ping", "id": number})
        assert (await other.until("pong"))["id"] == number
