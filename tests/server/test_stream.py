"""The live channel, over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError

from jupyter_progress.core.events import Event
from jupyter_progress.core.view import View
from jupyter_progress.core.wire import Message
from jupyter_progress.server.batch import make_batch
from jupyter_progress.server.frames import array_frame

from .conftest import API


@pytest.fixture
def extension_config() -> dict[str, Any]:
    return {"heartbeat_s": 0.2, "max_pending_bytes": 60_000, "watched_sample_interval_s": 0.3}


async def note(ask: Any, text: str) -> dict[str, Any]:
    answer = await ask("POST", "activity", {"text": text})
    assert answer.status == 201
    return answer.json


async def test_hello_comes_first_then_a_snapshot_then_what_happens(
    ask: Any, open_stream: Any
) -> None:
    await note(ask, "before")
    stream = await open_stream()
    hello = await stream.next()
    assert (hello["type"], hello["recovered"], hello["heartbeat_s"]) == ("hello", False, 0.2)
    snapshot = await stream.next()
    assert snapshot["type"] == "snapshot"
    assert snapshot["offset"] == hello["offset"]
    assert snapshot["data"]["activity"][0]["text"] == "before"
    assert set(snapshot["data"]) == {
        "log_id", "offset", "server", "health", "runs", "activity", "models"
    }  # fmt: skip
    kept = await note(ask, "after")
    told = await stream.until("activity_update")
    assert told["offset"] == snapshot["offset"] + 1
    assert (told["data"]["id"], told["data"]["text"]) == (kept["id"], "after")


async def test_replay_joins_live_without_gap_or_duplicate(ask: Any, open_stream: Any) -> None:
    first = (await ask("GET", "status")).json
    for index in range(5):
        await note(ask, f"missed {index}")
    stream = await open_stream(log_id=first["log_id"], since=first["offset"])
    writing = asyncio.gather(*(note(ask, f"live {index}") for index in range(20)))
    hello = await stream.next()
    assert hello["recovered"] is True
    while len(stream.durable) < 25:
        await stream.next()
    await writing
    offsets = [message["offset"] for message in stream.durable]
    assert offsets == list(range(first["offset"] + 1, first["offset"] + 26))
    assert {m["data"]["text"] for m in stream.durable} >= {"missed 4", "live 19"}


@pytest.mark.parametrize("position", [{"since": 10**9}, {"log_id": "another", "since": 0}])
async def test_unknown_position_gets_a_snapshot(open_stream: Any, position: Any) -> None:
    stream = await open_stream(**position)
    assert (await stream.next())["recovered"] is False
    assert (await stream.next())["type"] == "snapshot"


async def test_events_answers_as_the_stream_does(ask: Any) -> None:
    await note(ask, "one")
    await note(ask, "two")
    fresh = (await ask("GET", "events")).json
    assert (fresh["recovered"], fresh["events"]) == (False, [])
    assert fresh["snapshot"]["activity"][0]["text"] == "two"
    start = (await ask("GET", "events", params={"since": 0, "limit": 1})).json
    assert (start["recovered"], start["more"], start["offset"]) == (True, True, 1)
    assert start["volatile"] == []
    rest = (await ask("GET", "events", params={"since": start["offset"]})).json
    assert rest["events"][-1]["offset"] == rest["offset"] == rest["head"] == fresh["head"]
    assert rest["more"] is False
    foreign = (await ask("GET", "events", params={"since": 1, "log_id": "x"})).json
    assert foreign["recovered"] is False
    beyond = (await ask("GET", "events", params={"since": 10**6})).json
    assert beyond["snapshot"] is not None
    at_head = (await ask("GET", "events", params={"since": fresh["head"]})).json
    assert (at_head["recovered"], at_head["events"]) == (True, [])


async def test_poller_and_listener_reach_the_same_state(ask: Any, open_stream: Any) -> None:
    stream = await open_stream()
    listener, poller = View(), View()
    await note(ask, "one")
    await note(ask, "two")
    while listener.offset < 2 or len(listener.activity) < 2:
        message = await stream.next()
        listener.apply(
            Message(**{k: v for k, v in message.items() if k in Message.__annotations__})
        )
    since = 0
    status = (await ask("GET", "events")).json["snapshot"]
    poller.apply(
        Message(type="snapshot", log_id=status["log_id"], offset=status["offset"], data=status)
    )
    assert since <= poller.offset
    assert [a.text for a in poller.activity] == [a.text for a in listener.activity]
    assert poller.offset == listener.offset


async def test_heartbeats_tell_the_last_offset(ask: Any, open_stream: Any) -> None:
    stream = await open_stream()
    await stream.until("heartbeat")
    await note(ask, "x")
    last = await stream.until("activity_update")
    beat = await stream.until("heartbeat", timeout_s=2)
    assert beat["offset"] == last["offset"]
    assert beat["time"].endswith("Z")


async def test_health_is_sent_while_somebody_watches(open_stream: Any) -> None:
    stream = await open_stream()
    first = await stream.until("system_metrics")
    second = await stream.until("system_metrics")
    assert second["revision"] > first["revision"]
    assert first["data"]["status"] in ("green", "yellow", "red")
    assert "offset" not in first
    assert first["after"] >= 0


async def test_ping_is_answered(open_stream: Any) -> None:
    stream = await open_stream()
    await stream.send({"type": "ping", "id": "abc"})
    assert (await stream.until("pong"))["id"] == "abc"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no json", 4501), ("[]", 4501), ('{"type": "order"}', 4501), (b"\x00", 4501),
        ('{"type": "ping", "id": {"deep": 1}}', 4501), (json.dumps("x" * 70_000), 4502),
    ],
)  # fmt: skip
async def test_bad_message_closes_for_good(open_stream: Any, message: Any, code: int) -> None:
    stream = await open_stream()
    await stream.until("snapshot")
    await stream.send(message)
    assert await stream.ended() == code


async def test_slow_subscriber_is_closed_and_resumes(
    ask: Any,
    open_stream: Any,
    jp_http_port: int,
    jp_base_url: str,
    jp_auth_header: Any,
    services: Any,
) -> None:
    # A consumer that shakes hands and then reads nothing, with a small window.
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", jp_http_port))
    slow.sendall(
        (
            f"GET {jp_base_url}{'/'.join(API)}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Authorization: {jp_auth_header['Authorization']}\r\n\r\n"
        ).encode()
    )
    quick = await open_stream()
    await quick.until("heartbeat")
    assert len(services.broadcaster) == 2
    for subscriber in services.broadcaster:
        subscriber.channel._stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)

    async def listen() -> None:
        while len(quick.durable) < 30:
            await quick.next()

    listening = asyncio.ensure_future(listen())
    for index in range(30):
        await note(ask, f"{index} " + "x" * 15_000)
    await asyncio.wait_for(listening, 10)  # the quick one was never disturbed
    assert len(services.broadcaster) == 1
    received = await asyncio.get_running_loop().run_in_executor(None, read_all, slow)
    assert (4401).to_bytes(2, "big") + b"too slow" in received
    again = await open_stream(log_id=services.live.log_id, since=3)
    await again.until("activity_update")
    assert again.durable[0]["offset"] == 4


def read_all(connection: socket.socket) -> bytes:
    """What a consumer finds that begins to read at last."""
    connection.settimeout(10)
    received = b""
    with connection:
        while b"too slow" not in received:
            chunk = connection.recv(1 << 16)
            if not chunk:
                break
            received += chunk
    return received


async def test_what_waits_behind_a_frame_of_tornados_own_arrives(
    open_stream: Any, services: Any
) -> None:
    stream = await open_stream()
    await stream.until("heartbeat")
    (subscriber,) = services.broadcaster
    behind = subscriber.channel._stream
    behind.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    behind.write(array_frame((json.dumps({"type": "big", "data": "x" * 3_000_000}).encode(),)))
    assert subscriber.channel.is_busy
    event = Event(
        type="activity_update",
        time=services.now(),
        data={"text": "behind"},
        run_id=None,
        offset=services.live.head + 1,
    )
    subscriber.offer(make_batch([event], [], event.offset))
    told = await stream.until("activity_update", timeout_s=5)
    assert told["data"]["text"] == "behind"


async def test_failing_subscriber_disturbs_no_other(
    ask: Any, open_stream: Any, services: Any
) -> None:
    first, second = await open_stream(), await open_stream()
    await first.until("heartbeat")
    await second.until("heartbeat")
    victim = next(iter(services.broadcaster))
    others = [subscriber for subscriber in services.broadcaster if subscriber is not victim]
    victim.channel._stream.socket.shutdown(socket.SHUT_WR)  # every further send fails
    await note(ask, "still here")
    assert list(services.broadcaster) == others
    told = []
    for stream in (first, second):
        try:
            told.append((await stream.until("activity_update", timeout_s=3))["data"]["text"])
        except AssertionError:
            told.append(None)  # the one that was dropped
    assert sorted(map(str, told)) == ["None", "still here"]


async def test_subscriber_that_fell_behind_gets_everything_in_order_and_goes_on_directly(
    ask: Any, open_stream: Any, services: Any
) -> None:
    stream = await open_stream()
    await stream.until("heartbeat")
    (subscriber,) = services.broadcaster
    channel = subscriber.channel
    channel._stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    # A client takes one message before it is read, and waits with the next in its hands.
    for _ in range(2):
        channel.write(array_frame((json.dumps({"type": "small"}).encode(),)))
    stream.socket.protocol.stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17)
    channel.write(array_frame((json.dumps({"type": "big", "data": "x" * 3_000_000}).encode(),)))
    texts = [f"note {number}" for number in range(10)]
    for text in texts:
        await note(ask, text)
    assert subscriber.is_behind
    told = [await stream.until("activity_update", timeout_s=10) for _ in texts]
    assert [message["data"]["text"] for message in told] == texts
    await stream.until("heartbeat")  # by now all that waited has been taken
    await stream.until("heartbeat")
    assert not subscriber.is_behind
    await note(ask, "and now directly")
    assert (await stream.until("activity_update"))["data"]["text"] == "and now directly"
    assert not subscriber.is_behind
    offsets = [message["offset"] for message in stream.durable]
    assert offsets == list(range(offsets[0], offsets[0] + len(offsets)))


async def test_subscriber_that_vanishes_is_forgotten(
    ask: Any, open_stream: Any, services: Any
) -> None:
    stream = await open_stream()
    await stream.until("heartbeat")
    stream.socket.protocol.stream.socket.shutdown(socket.SHUT_RDWR)
    for _ in range(50):
        await asyncio.sleep(0.05)
        if len(services.broadcaster) == 0:
            break
    assert len(services.broadcaster) == 0
    assert (await note(ask, "nobody listens"))["text"] == "nobody listens"


async def test_stranger_gets_no_stream(jp_ws_fetch: Any) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_ws_fetch(*API, "stream", headers={"Authorization": "token wrong"})
    assert caught.value.code == 403


async def test_withdrawn_permission_closes_the_stream(open_stream: Any, jp_serverapp: Any) -> None:
    class Fickle(Authorizer):
        open = True

        def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
            return self.open

    authorizer = Fickle(parent=jp_serverapp)
    jp_serverapp.web_app.settings["authorizer"] = authorizer
    stream = await open_stream()
    await stream.until("heartbeat")
    authorizer.open = False
    assert await stream.ended() == 4500


async def test_server_that_closes_says_come_back(open_stream: Any, services: Any) -> None:
    stream = await open_stream()
    await stream.until("snapshot")
    stopping = asyncio.ensure_future(services.stop())
    assert await stream.ended() == 4400
    await stopping


async def test_socket_response_time_is_measured(open_stream: Any, services: Any) -> None:
    stream = await open_stream()
    await stream.until("heartbeat")
    for handler in tuple(services.pulse._streams):
        handler.measure()
    await stream.until("heartbeat")
    await stream.until("heartbeat")
    assert services.times.percentiles()["socket"]["p50"] is not None
