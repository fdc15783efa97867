"""Bodies and frames that are too long, too deep, of the wrong type or no text: each refused."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest

from jupyter_progress.server.openapi.operations import OPERATIONS

from .raw import RawClient, close_code, frame

LIMIT = 20_000
SAMPLES = {"run_id": "20260101-000000-00000000", "name": "m", "version": "1"}
WITH_BODY = sorted(
    {(o.method, o.path.format(**SAMPLES)) for o in OPERATIONS if isinstance(o.body, type | tuple)}
)
BODIES = {
    "too long": (b'{"text": "' + b"x" * LIMIT + b'"}', 413),
    "too deep": (b"[" * 60 + b"]" * 60, 400),
    "far too deep": (b'{"a":' * 3000 + b"1" + b"}" * 3000, 400),
    "never closed": (b"[" * 10_000, 400),
    "beyond all numbers": (b'{"rows": [[1e999]]}', 400),
    "below all numbers": (b'{"rows": [[-1e999]]}', 400),
    "a number without end": (b'{"version": ' + b"9" * 9_000 + b"}", 400),
    "NaN": (b'{"rows": [[NaN]]}', 400),
    "Infinity": (b'{"rows": [[Infinity]]}', 400),
    "not UTF-8": (b'{"text": "\xff\xfe"}', 400),
    "overlong UTF-8": (b'{"text": "\xc0\xaf"}', 400),
    "a surrogate in UTF-8": (b'{"text": "\xed\xa0\x80"}', 400),
    "half a surrogate pair": (rb'{"text": "\ud800"}', 400),
    "UTF-16": ('{"text": "x"}'.encode("utf-16"), 400),
    "a byte order mark": (b'\xef\xbb\xbf{"text": "x"}', 400),
    "gzip": (gzip.compress(b'{"text": "x"}'), 400),
    "a form": (b"text=x&name=y", 400),
    "two documents": (b"{}{}", 400),
    "a NUL at the end": (b"{}\x00", 400),
    "a list": (b"[]", 400),
    "null": (b"null", 400),
    "a number": (b"1", 400),
    "a text": (b'"{}"', 400),
    "true": (b"true", 400),
    "a comment": (b"{/* */}", 400),
    "an unknown key": (b'{"nonsense": 1}', 400),
    "a key of its class": (b'{"__class__": "os.system"}', 400),
    "a key without end": (b'{"' + b"k" * 10_000 + b'": 1}', 400),
}


@pytest.fixture
def extension_config() -> dict[str, Any]:
    return {"max_body_bytes": LIMIT, "max_message_bytes": 1000, "heartbeat_s": 0.2}


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
async def test_body_that_cannot_be_right_is_refused_in_words(
    raw: RawClient, method: str, path: str
) -> None:
    for what, (body, status) in BODIES.items():
        answer = await raw.ask(method, f"api/v1/{path}", body)
        told = (path, what, answer.status, answer.body[:300])
        assert answer.status == status, told
        assert b"application/json" in answer.head, told
        problem = json.loads(answer.body)
        assert set(problem) == {"message", "reason", "retryable"}, told
        assert problem["retryable"] is False, told
        assert len(answer.body) < 1000, told
        assert "Traceback" not in problem["message"], told
        assert "msgspec" not in problem["message"], told


HEADS = {
    "a length below zero": ("Content-Length: -1",),
    "a length that is none": ("Content-Length: abc",),
    "two lengths": ("Content-Length: 2", "Content-Length: 3"),
    "length and chunks": ("Content-Length: 2", "Transfer-Encoding: chunked"),
    "an unknown coding": ("Transfer-Encoding: gzip",),
    "a header without end": ("X-Long: " + "x" * 200_000,),
    "a header with a NUL": ("X-Nul: a\0b",),
}


@pytest.mark.parametrize("what", HEADS)
async def test_request_that_is_no_sound_http_is_refused_or_cut_off(
    raw: RawClient, what: str, ask: Any
) -> None:
    try:
        answer = await raw.send(raw.head("POST", "api/v1/activity", *HEADS[what]) + b"{}")
        assert 400 <= answer.status < 500, what
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # closed without a word, which is tornado's answer to some
    assert (await ask("GET", "health/history")).status == 200


async def test_chunked_body_over_the_limit_is_refused(raw: RawClient, ask: Any) -> None:
    head = raw.head("POST", "api/v1/activity", "Transfer-Encoding: chunked")
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    answer = await raw.send(head + chunk * 6 + b"0\r\n\r\n")
    assert (answer.status, json.loads(answer.body)["reason"]) == (413, "body_too_large")
    assert (await ask("POST", "activity", {"text": "still here"})).status == 201


PING = b'{"type": "ping", "id": 1}'
CONTROL, TEXT, BINARY, CLOSE, BIT = 0, 1, 2, 8, 0x40
# What is sent, and the code of the answer; None: the connection is just closed.
FRAMES: dict[str, tuple[bytes, set[int | None]]] = {
    "too large": (frame(TEXT, b"x" * 1001), {4502}),
    "too large in pieces": (
        frame(TEXT, b"x" * 600, final=False) + frame(CONTROL, b"x" * 600), {4502},
    ),
    "far too large": (frame(TEXT, b"x" * 40_000), {1009}),
    "larger than any memory": (bytes([0x81, 0xFF]) + b"\x7f" + b"\xff" * 7 + b"mask", {1009, None}),
    "binary": (frame(BINARY, PING), {4501}),
    "not UTF-8": (frame(TEXT, b"\xff\xfe"), {1007, None}),
    "no JSON": (frame(TEXT, b"{"), {4501}),
    "too deep": (frame(TEXT, b"[" * 900), {4501}),
    "a list": (frame(TEXT, b"[" + PING + b"]"), {4501}),
    "of an unknown type": (frame(TEXT, b'{"type": "run"}'), {4501}),
    "with an id of the wrong type": (frame(TEXT, b'{"type": "ping", "id": []}'), {4501}),
    "beyond all numbers": (frame(TEXT, b'{"type": "ping", "id": 1e999}'), {4501}),
    "empty": (frame(TEXT, b""), {4501}),
    "of an unknown kind": (frame(3, PING), {1002, None}),
    "with a reserved bit": (frame(TEXT | BIT, PING), {1002, None}),
    "a piece of nothing": (frame(CONTROL, PING), {1002, None}),
    "a second begin": (frame(TEXT, b"{", final=False) + frame(TEXT, PING), {1002, None}),
    "a ping in pieces": (frame(9, b"x", final=False), {1002, None}),
    "a ping that is too long": (frame(9, b"x" * 126), {1002, None}),
    "not masked": (frame(TEXT, PING, masked=False), {1002}),
    "a piece that is not masked": (frame(TEXT, PING[:9], final=False, masked=False), {1002}),
    "a ping that is not masked": (frame(9, b"x", masked=False), {1002}),
    "a masked one before one that is not": (
        frame(9, b"x") + frame(TEXT, PING, masked=False), {1002},
    ),
    "a close with half a code": (frame(CLOSE, b"\x03"), {1002, 1005, 1000, None}),
}  # fmt: skip


@pytest.mark.parametrize("what", FRAMES)
async def test_frame_that_cannot_be_right_closes_its_stream_and_no_other(
    raw: RawClient, open_stream: Any, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent, codes = FRAMES[what]
    other = await open_stream()
    await other.until("heartbeat")
    reader, writer = await raw.shake_hands()
    writer.write(sent)
    assert await close_code(reader, 10) in codes
    writer.close()
    await other.until("heartbeat")
    await other.send({"type": "ping", "id": 7})
    assert (await other.until("pong"))["id"] == 7
    assert "Traceback" not in caplog.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_message_in_pieces_is_taken_and_a_ping_between_them_answered(
    raw: RawClient,
) -> None:
    reader, writer = await raw.shake_hands()
    writer.write(
        frame(TEXT, PING[:9], final=False) + frame(9, b"between") + frame(CONTROL, PING[9:])
    )
    received = b""
    while b'"pong"' not in received or b"between" not in received:
        received += await asyncio.wait_for(reader.read(1 << 16), 10)
    writer.close()


async def test_client_that_pings_without_reading_is_closed_and_nobody_else(
    raw: RawClient, open_stream: Any, services: Any, scaled: Any
) -> None:
    other = await open_stream()
    await other.until("heartbeat")
    _, writer = await raw.shake_hands()
    stop = asyncio.get_running_loop().time() + scaled(20)
    flood = frame(TEXT, b'{"type": "ping", "id": "' + b"x" * 900 + b'"}') * 500
    try:
        while asyncio.get_running_loop().time() < stop and len(services.broadcaster) != 1:
            writer.write(flood)
            await asyncio.wait_for(writer.drain(), 1)
    except (ConnectionError, TimeoutError):
        pass
    for _ in range(round(scaled(100))):
        if len(services.broadcaster) == 1:
            break
        await asyncio.sleep(0.05)
    writer.close()
    assert len(services.broadcaster) == 1
    await other.send({"type": "ping", "id": 7})
    assert (await other.until("pong"))["id"] == 7
