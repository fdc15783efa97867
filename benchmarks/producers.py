"""What one call costs a training loop: a logged point, a tracked iteration, an append to a journal.

A point's cost is all in: the processor time of the whole process, threads included, until all is
on disk. Peers are measured where they are installed; those that take a thousand times as long get
fewer points.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from jupyter_progress.store.journal import JournalWriter
from jupyter_progress.tracking.run import Run
from jupyter_progress.tracking.track import track

from .table import Figure, best_of
from .trackers import TRACKERS

CALLS = 200_000


def measure() -> list[Figure]:
    """Microseconds a call, with the peers beside it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loop = _each(range(CALLS))
        with Run("bench", display=False, data_dir=folder / "progress") as run:
            log = run.log
            called = _per_call(lambda: [log(loss=0.5, step=i) for i in range(CALLS)])
            spent = _all_in(lambda: [log(loss=0.5, step=i) for i in range(CALLS)], run)
            tracked = min(_each(track(range(CALLS))) for _ in range(3))
        figures = [Figure("run.log(), the call", called, "µs", "bare loop", loop)]
        figures.append(Figure("run.log(), all in", spent, "µs"))
        for tracker in TRACKERS:
            if importlib.util.find_spec(tracker.needs):
                took = tracker.measure(folder)
                figures.append(Figure("run.log(), all in", spent, "µs", tracker.name, took))
        figures.append(Figure("jp.track, an iteration", tracked, "µs", *_tqdm(loop)))
        return [*figures, *_journal(folder, loop)]


def _all_in(work: Callable[[], object], run: Run) -> float:
    """Processor time a call of the whole process, until the journal is on disk."""
    took = []
    for _ in range(3):
        began = time.process_time()
        work()
        run._record.journal.flush()  # type: ignore[union-attr]  # there is no public way to wait
        took.append(time.process_time() - began)
    return 1e6 * min(took) / CALLS


def _journal(folder: Path, loop: float) -> list[Figure]:
    writer = JournalWriter(folder / "bench.jsonl")
    try:
        append = _per_call(lambda: [writer.append("note", {"n": i}) for i in range(CALLS)])
    finally:
        writer.close()
    return [Figure("JournalWriter.append", append, "µs", "bare loop", loop)]


def _per_call(work: Callable[[], object]) -> float:
    return 1e6 * best_of(3, work) / CALLS


def _each(items: Iterable[int]) -> float:
    began = time.perf_counter()
    for _ in items:
        pass
    return 1e6 * (time.perf_counter() - began) / CALLS


def _tqdm(loop: float) -> tuple[str, float]:
    try:
        from tqdm import tqdm
    except ImportError:
        return "bare loop", loop
    with Path(os.devnull).open("w") as nowhere:
        return "tqdm", min(_each(tqdm(range(CALLS), file=nowhere)) for _ in range(3))
