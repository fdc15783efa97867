"""One event to a thousand subscribers: this project's stream beside others, on the same readers."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from .table import Figure

SUBSCRIBERS = int(os.environ.get("FANOUT_SUBSCRIBERS", "1000"))
ROUNDS = int(os.environ.get("FANOUT_ROUNDS", "3"))
STALLED = 20
PAIRS = 3  # of floods in turns, alone and beside subscribers that never read
TOKEN = "a-token-for-measuring-only"
PEERS = {
    "epoll_loop": ("a plain epoll loop", 1500, None),
    "picows_loop": ("picows", 1500, "picows"),
    "websockets_broadcast": ("websockets.broadcast", 800, "websockets"),
    "tornado_loop": ("a loop of tornado's write_message", 300, None),
    "fastapi_loop": ("a loop of FastAPI's send_json, told not to compress", 300, "fastapi"),
    "fastapi_loop --as-it-comes": ("a loop of FastAPI's send_json, as it comes", 100, "fastapi"),
}
OWN_EVENTS = 1200
JOINED_EVENTS = 6000
PACED = {"events": 60, "per_s": 10}


class Process:
    """A contestant or the readers: orders on its standard input, answers on its output."""

    def __init__(self, words: list[str], env: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=env, text=True,
        )  # fmt: skip

    def say(self, **order: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        while line := self.process.stdout.readline():
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError(f"{self.process.args} ended with status {self.process.wait(10)}")

    def ask(self, **order: Any) -> dict[str, Any]:
        self.say(**order)
        return self.hear()

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return psutil.Process(self.process.pid).memory_info().rss

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@dataclass
class Taken:
    """What one contestant showed, over the rounds."""

    rates: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)


def measure() -> list[Figure]:
    """Deliveries a second, delay, memory, and what a stalled subscriber costs."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    taken = {name: Taken() for name in [*PEERS, "own"]}
    joined: list[float] = []
    extra: dict[str, list[float]] = {"idle": [], "stalled": [], "beside": []}
    for _ in range(ROUNDS):
        for name, (_, events, needs) in PEERS.items():
            if needs is None or importlib.util.find_spec(needs):
                with _peer(name) as server, _readers() as readers:
                    url = server.hear()["url"]
                    readers.ask(do="connect", url=url, headers={}, count=SUBSCRIBERS)
                    taken[name].rates.append(_flood(server, readers, events))
                    taken[name].p99.append(_pace(server, readers))
        with _own() as server, _readers() as readers:
            _measure_own(server, readers, taken["own"], joined, extra)
    return _figures(taken, joined, extra)


def _measure_own(
    server: Process,
    readers: Process,
    taken: Taken,
    joined: list[float],
    extra: dict[str, list[float]],
) -> None:
    url = server.hear()["url"]
    headers = {"Authorization": f"token {TOKEN}"}
    # The first ones pay for what all share.
    readers.ask(do="connect", url=url, headers=headers, count=20)
    before = server.memory
    readers.ask(do="connect", url=url, headers=headers, count=SUBSCRIBERS - 20)
    extra["idle"].append((server.memory - before) / (SUBSCRIBERS - 20) / 1024)
    _flood(server, readers, OWN_EVENTS // 4)
    rate = _flood(server, readers, OWN_EVENTS)
    taken.rates.append(rate)
    taken.p99.append(_pace(server, readers))
    joined.append(_flood(server, readers, JOINED_EVENTS, do="pour"))
    for _ in range(PAIRS):
        alone = _flood(server, readers, OWN_EVENTS)
        before = server.memory
        readers.ask(do="stall", url=url, headers=headers, count=STALLED)
        beside = _flood(server, readers, OWN_EVENTS)
        extra["stalled"].append(max(0.0, (server.memory - before) / STALLED / 1024))
        extra["beside"].append(beside / alone)
        readers.ask(do="let_go")


def _flood(server: Process, readers: Process, events: int, do: str = "flood") -> float:
    """Deliveries a second, from the first send until the last subscriber has the last event."""
    readers.ask(do="flood")
    server.say(do=do, events=events)
    end = readers.hear()["end"]
    began = server.hear()["sent"][0]
    return events * SUBSCRIBERS / (end - began)


def _pace(server: Process, readers: Process) -> float:
    """The 99th percentile of the delay, in milliseconds."""
    readers.ask(do="settle", quiet_s=0.2)
    readers.ask(do="pace", events=PACED["events"])
    server.say(do="pace", **PACED)
    readers.hear()
    return float(readers.ask(do="delays", sent=server.hear()["sent"])["p99"])


def _figures(
    taken: dict[str, Taken], joined: list[float], extra: dict[str, list[float]]
) -> list[Figure]:
    def middle(values: list[float]) -> float:
        return statistics.median(values)

    own, epoll = taken["own"], taken["epoll_loop"]
    figures = []
    for name, (words, _, _) in PEERS.items():
        if taken[name].rates:
            figures.append(
                Figure(f"deliveries/s to {SUBSCRIBERS:,}, one event a frame",
                       middle(own.rates), "/s", words, middle(taken[name].rates))
            )  # fmt: skip
    figures.append(
        Figure("deliveries/s, joined where they come faster",
               middle(joined), "/s", "a plain epoll loop, one a frame", middle(epoll.rates))
    )  # fmt: skip
    for name, (words, _, _) in PEERS.items():
        if taken[name].p99:
            figures.append(
                Figure("p99 of delivery at 10 events/s",
                       middle(own.p99), "ms", words, middle(taken[name].p99))
            )  # fmt: skip
    return [
        *figures,
        Figure("memory of an idle subscriber", middle(extra["idle"]), "KiB"),
        Figure("memory of one that never reads", middle(extra["stalled"]), "KiB"),
        Figure(f"rate beside {STALLED} that never read", 100 * middle(extra["beside"]), "%"),
    ]


@contextlib.contextmanager
def _readers() -> Iterator[Process]:
    readers = Process(["-m", "benchmarks.readers"])
    try:
        yield readers
    finally:
        readers.end()


@contextlib.contextmanager
def _peer(name: str) -> Iterator[Process]:
    server = Process(["-m", *f"benchmarks.peers.{name}".split()])
    try:
        yield server
    finally:
        server.end()


@contextlib.contextmanager
def _own() -> Iterator[Process]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JPY_", "JUPYTER"))}
        own = {
            "JUPYTER_TOKEN": TOKEN,
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
        }
        extensions = ("jupyter_progress", "benchmarks.peers.jupyter_progress_stream")
        server = Process(
            ["-m", "jupyter_server", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
             "--ServerApp.allow_unauthenticated_access=False", "--allow-root",
             "--ServerApp.open_browser=False", f"--ServerApp.root_dir={folder}",
             *(f"--ServerApp.jpserver_extensions={one}=True" for one in extensions)],
            {**kept, **own},
        )  # fmt: skip
        try:
            yield server
        finally:
            server.end()
