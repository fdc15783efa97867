"""What the store is tested with: real directories, and journals with a clock set by hand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_progress.core.state import RunState
from jupyter_progress.store.indexer import Indexer
from jupyter_progress.store.journal import JournalWriter, tell
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.store.log import Log
from jupyter_progress.store.telling import Committed

SCALE = float(os.environ.get("JUPYTER_PROGRESS_TEST_TIMEOUT_SCALE", "1"))
START = 1_790_000_000.0
STAGES = [{"id": "load", "title": "Load"}, {"id": "train", "title": "Train", "estimated_s": 5.0}]


def wait_until(holds: Callable[[], object], within_s: float = 5.0) -> float:
    """Wait for something; returns how long it took."""
    begun = time.monotonic()
    while not holds():
        took = time.monotonic() - begun
        assert took < within_s * SCALE, f"not within {within_s * SCALE:g} s"
        time.sleep(0.005)
    return time.monotonic() - begun


class Bench:
    """A data directory, and a clock that stands still unless it is moved."""

    def __init__(self, path: Path) -> None:
        self.data = DataDirectory(path / "progress").ensure()
        self.now = START
        self._runs = 0
        self._writers: list[JournalWriter] = []

    def clock(self) -> float:
        self.now += 0.25
        return self.now

    def run(self) -> RunDirectory:
        self._runs += 1
        return self.data.create_run(f"20260921-130000-{self._runs:08x}", {"name": "digits"})

    def writer(self, run: RunDirectory, name: str) -> JournalWriter:
        return self.open(run.journal(name))

    def server(self, slot: int) -> JournalWriter:
        path = self.data.server_journal(slot)
        path.parent.mkdir(parents=True, exist_ok=True)
        return self.open(path)

    def open(self, path: Path) -> JournalWriter:
        writer = JournalWriter(path, clock=self.clock)
        self._writers.append(writer)
        return writer

    def close(self) -> None:
        for writer in self._writers:
            writer.close()

    # -- a run as its writers journal it

    def queue(self, run: RunDirectory, name: str = "digits", **facts: Any) -> int:
        writer = self.writer(run, "server-0")
        data = {"name": name, "spec": {}, "who": "ada", **facts}
        return tell(writer, run.run_id, "training_queued", data, name, "ada")

    def begin(self, run: RunDirectory, queued: int = 0) -> JournalWriter:
        worker = self.writer(run, "worker-1")
        follows = {"server-0": queued} if queued else None
        started = {"name": "digits", "stages": STAGES}
        tell(worker, run.run_id, "training_started", started, "digits", follows=follows)
        return worker

    def train(self, worker: JournalWriter, steps: int = 20) -> None:
        worker.append("stage_started", {"stage": "train", "index": 1})
        for step in range(steps):
            worker.log_metrics(step, {"live_accuracy": step / steps})
            report = {"stage": "train", "step": step, "stage_progress": 100 * step / steps}
            worker.append("training_progress", {**report, "live_accuracy": step / steps})
        worker.append("stage_completed", {"stage": "train", "elapsed_s": 5.0}, flush=True)

    def complete(self, run: RunDirectory, worker: JournalWriter) -> int:
        data = {"result": {"test": {"accuracy": 0.96}}, "elapsed_time": 6.0}
        return tell(worker, run.run_id, "training_completed", data, "digits")

    def whole_run(self, steps: int = 20) -> RunDirectory:
        run = self.run()
        worker = self.begin(run, self.queue(run))
        self.train(worker, steps)
        self.complete(run, worker)
        return run


class Index:
    """An indexer that goes round by round, and what it has said."""

    def __init__(self, bench: Bench, path: Path | str = ":memory:", **options: Any) -> None:
        self.log = Log.open(path, now=START)
        self.told: list[Committed] = []
        self.indexer = Indexer(
            bench.data, self.log, on_commit=self.told.append, **{"own_server": 0, **options}
        )
        self.reader = self.indexer.reader

    def settle(self, rounds: int = 3) -> Index:
        """Rounds until nothing is left to take in, and a few more."""
        self.indexer.wake()
        while rounds:
            rounds -= not self.indexer.index_once()
        return self

    def close(self) -> None:
        self.indexer.stop()
        self.log.close()

    def types(self) -> list[str]:
        return [event.type for event in self.reader.events(0, 10_000)]

    def states(self) -> dict[str, RunState]:
        return {state.run_id: state for state in self.reader.runs(limit=1000)[0]}

    def identities(self) -> list[tuple[str, str, int]]:
        events = self.reader.events(0, 10_000)
        assert [event.offset for event in events] == list(range(1, len(events) + 1))
        return [(event.origin, event.writer, event.sequence) for event in events]
