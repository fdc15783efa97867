"""From ``run.log()`` in another process to a frame at a subscriber of a real server; idle cost."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import psutil
from websockets.asyncio.client import connect

from .server import TOKEN, running_server
from .table import Figure

POINTS = 300
VIEWERS = 10
IDLE_S = 15
# Logs a point whose value is the moment of the call, by the clock that all processes share.
PRODUCER = """
import sys, time
import jupyter_progress as jp
with jp.Run("latency", display=False) as run:
    for step in range(int(sys.argv[1])):
        time.sleep(0.037)
        run.log(sent=time.monotonic(), step=step)
    time.sleep(1)
"""


def measure() -> list[Figure]:
    """Milliseconds from the call to the frame; the server's CPU while ten viewers look on."""
    with tempfile.TemporaryDirectory() as name, running_server(Path(name), True) as server:
        delays = asyncio.run(_delays(server.url, Path(name)))
        idle = asyncio.run(_idle(server.url, server.pid))
    delays.sort()
    return [
        Figure("run.log() to a subscriber's frame, median", delays[len(delays) // 2], "ms"),
        Figure("run.log() to a subscriber's frame, p99", delays[int(0.99 * len(delays))], "ms"),
        Figure(f"CPU of a server with {VIEWERS} idle viewers", 100 * idle, "%"),
    ]


def _stream(url: str) -> connect:
    address = url.replace("http", "ws", 1) + "jupyter-progress/api/v1/stream"
    return connect(
        address, additional_headers={"Authorization": f"token {TOKEN}"}, proxy=None, max_size=None
    )


async def _delays(url: str, folder: Path) -> list[float]:
    env = {**os.environ, "JUPYTER_DATA_DIR": str(folder / "data")}
    delays: list[float] = []
    async with _stream(url) as stream:
        producer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PRODUCER, str(POINTS), env=env
        )
        while True:
            for message in json.loads(await stream.recv()):
                now = time.monotonic()
                if message["type"] == "metrics_appended":
                    points = message["data"]["series"].get("sent", [])
                    delays += [1e3 * (now - sent) for _, sent in points]
                if message["type"] == "training_completed":
                    await producer.wait()
                    return delays


async def _idle(url: str, pid: int) -> float:
    """The share of a processor that the server takes."""
    streams = [await _stream(url) for _ in range(VIEWERS)]
    reading = [asyncio.ensure_future(_read_all(stream)) for stream in streams]
    await asyncio.sleep(2)
    process = psutil.Process(pid)
    before = process.cpu_times()
    await asyncio.sleep(IDLE_S)
    after = process.cpu_times()
    for task, stream in zip(reading, streams, strict=True):
        task.cancel()
        await stream.close()
    return (after.user + after.system - before.user - before.system) / IDLE_S


async def _read_all(stream: object) -> None:
    async for _ in stream:  # type: ignore[attr-defined]
        pass
