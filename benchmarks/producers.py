"""What one call costs a training loop: an append, a logged metric, a tracked iteration."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from jupyter_progress.store.journal import JournalWriter
from jupyter_progress.tracking.run import Run
from jupyter_progress.tracking.track import track

from .table import Figure, best_of

CALLS = 100_000


def measure() -> list[Figure]:
    """Microseconds for each call, with a bare loop (or tqdm, where it is installed) beside it."""
    with tempfile.TemporaryDirectory() as folder:
        loop = _each(range(CALLS))
        figures = _journal(Path(folder), loop)
        with Run("bench", display=False, data_dir=Path(folder) / "progress") as run:
            took = _per_call(lambda: [run.log(loss=0.5, step=i) for i in range(CALLS)])
            figures.append(Figure("run.log(loss=…, step=…)", took, "µs", "bare loop", loop))
            tracked = _each(track(range(CALLS)))
        figures.append(Figure("jp.track, an iteration", tracked, "µs", *_peer(loop)))
    return figures


def _journal(folder: Path, loop: float) -> list[Figure]:
    writer = JournalWriter(folder / "bench.jsonl")
    try:
        append = _per_call(lambda: [writer.append("note", {"n": i}) for i in range(CALLS)])
        logged = _per_call(lambda: [writer.log_metrics(i, {"loss": 0.5}) for i in range(CALLS)])
    finally:
        writer.close()
    return [
        Figure("JournalWriter.append", append, "µs", "bare loop", loop),
        Figure("JournalWriter.log_metrics", logged, "µs", "bare loop", loop),
    ]


def _per_call(work: object) -> float:
    return 1e6 * best_of(3, work) / CALLS  # type: ignore[arg-type]


def _each(items: Iterable[int]) -> float:
    began = time.perf_counter()
    for _ in items:
        pass
    return 1e6 * (time.perf_counter() - began) / CALLS


def _peer(loop: float) -> tuple[str, float]:
    try:
        from tqdm import tqdm
    except ImportError:
        return "bare loop", loop
    with Path(os.devnull).open("w") as nowhere:
        return "tqdm", _each(tqdm(range(CALLS), file=nowhere))
