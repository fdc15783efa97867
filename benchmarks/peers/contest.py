"""What every contestant of the fan-out is told on its standard input, and how it answers.

One JSON object a line. A contestant first says where it listens, ``{"url": …}``; then it is told
``{"do": "flood", "events": n}`` or ``{"do": "pace", "events": n, "per_s": r}`` and answers with the
moments of its sends, by the clock that all processes of the machine share.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any

EVENT_BYTES = 600
END = "#end#"
VOCABULARY = [
    "accuracy",
    "loss",
    "rows",
    "step",
    "fold",
    "tree",
    "depth",
    "rate",
    "score",
    "seconds",
    "memory",
    "stage",
    "best",
]
_DRAWN = random.Random(0)
TEXT = " ".join(f"{_DRAWN.choice(VOCABULARY)} {_DRAWN.random():.4f}" for _ in range(1000))


def mark(index: int, events: int) -> str:
    """What a reader recognises an event by; the last one of a flood says that it is the last."""
    return END if index == events - 1 else f"#{index}#"


def event(index: int, events: int) -> dict[str, Any]:
    """An activity as the stream carries it, 600 bytes of JSON."""
    text = mark(index, events)
    message: dict[str, Any] = {
        "type": "activity_update",
        "offset": index + 1,
        "time": "2026-01-01T00:00:00.000Z",
        "run_id": None,
        "data": {"id": f"server-0.{index}", "level": "info", "kind": "note", "text": text},
    }
    message["data"]["text"] += words(index, EVENT_BYTES - len(as_json(message)))
    return message


def words(index: int, length: int) -> str:
    """Words and figures that differ from event to event, as a feed's do: no run of one letter."""
    begin = 37 * index % (len(TEXT) - length)
    return TEXT[begin : begin + length]


def as_json(value: object) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def frame(payload: bytes) -> bytes:
    """An unmasked text frame around 126 to 65,535 bytes (RFC 6455, section 5.2)."""
    return b"\x81\x7e" + len(payload).to_bytes(2, "big") + payload


def say(answer: dict[str, Any]) -> None:
    """Answer the one who measures."""
    print(json.dumps(answer), flush=True)


def orders() -> Any:
    """What is asked for, one after the other."""
    for line in sys.stdin:
        yield json.loads(line)


def obey(order: dict[str, Any], send: Callable[[int, int], None]) -> dict[str, Any]:
    """Carry out an order with a function that sends event ``index`` of ``events`` to everybody."""
    events = order["events"]
    pause_s = 1 / order["per_s"] if order["do"] == "pace" else 0.0
    sent = []
    for index in range(events):
        sent.append(time.monotonic())
        send(index, events)
        if pause_s:
            time.sleep(max(0.0, sent[0] + (index + 1) * pause_s - time.monotonic()))
    return {"sent": sent}


async def obey_async(order: dict[str, Any], send: Any, sleep: Any) -> dict[str, Any]:
    """As :func:`obey`, where sending is a coroutine."""
    events = order["events"]
    pause_s = 1 / order["per_s"] if order["do"] == "pace" else 0.0
    sent = []
    for index in range(events):
        sent.append(time.monotonic())
        await send(index, events)
        await sleep(max(0.0, sent[0] + (index + 1) * pause_s - time.monotonic()) if pause_s else 0)
    return {"sent": sent}
