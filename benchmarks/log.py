"""The way from journals into the log and out of it: points taken in, a long series, a long list."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from jupyter_progress.core.run_query import RunQuery, read_run_query
from jupyter_progress.store.indexer import Indexer
from jupyter_progress.store.journal import JournalWriter, tell
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.store.log import Log
from jupyter_progress.store.reader import LogReader

from .table import Figure, best_of

POINTS = 1_000_000
POINTS_A_LINE = 500  # what a loop that logs 10,000 points a second gathers in one flush
SHOWN = 1_000
RUNS = 10_000
PAGE = 50
QUERIES = {
    "by words": read_run_query(q="run 99"),
    "above a score": read_run_query(metric=["test.accuracy>0.5"]),
    "by name": read_run_query(sort="name"),
    "by a test score": read_run_query(sort="-test.accuracy"),
    "by a logged metric, above another": read_run_query(
        sort="metrics.loss", metric=["test.accuracy>0.5"]
    ),
}
ENDED = {"result": {"test": {"accuracy": 0.9}}, "elapsed_time": 1.0}


def measure() -> list[Figure]:
    """Points a second into a log on disk (``synchronous=FULL``), and milliseconds to read it."""
    with tempfile.TemporaryDirectory() as folder:
        figures = _points(Path(folder) / "points")
        return figures + _runs(Path(folder) / "runs")


def _points(folder: Path) -> list[Figure]:
    data = DataDirectory(folder).ensure()
    run = data.create_run("20260101-000000-00000001", {"name": "long"})
    _begin(run)
    _write_points(run.journal("worker-1"))
    log = Log.open(folder / "log-0.db", now=time.time())
    indexer = Indexer(data, log, on_commit=lambda committed: None, own_server=0)
    began = time.perf_counter()
    while indexer.index_once():
        pass
    took = time.perf_counter() - began
    reading = best_of(20, lambda: indexer.reader.series(run.run_id, ["loss"], max_points=SHOWN))
    kept = len(indexer.reader.series(run.run_id, ["loss"], max_points=SHOWN)["loss"])
    plain = _plain_read(run.journal("worker-1"))
    indexer.stop()
    log.close()
    return [
        Figure("points a second from a journal into the log", POINTS / took, "/s"),
        Figure(f"{POINTS:,} points read as {kept:,} extremes", 1e3 * reading, "ms",
               "the journal read and parsed", 1e3 * plain),
    ]  # fmt: skip


def _write_points(path: Path) -> None:
    """A journal as a writer leaves it, without the time that a million calls would take."""
    writer = JournalWriter(path)
    for start in range(0, POINTS, POINTS_A_LINE):
        points = [[step, step % 997 / 997] for step in range(start, start + POINTS_A_LINE)]
        writer.append("metrics_appended", {"series": {"loss": points}})
    writer.close()


def _plain_read(path: Path) -> float:
    began = time.perf_counter()
    for line in path.read_text().splitlines():
        json.loads(line)
    return time.perf_counter() - began


def _runs(folder: Path) -> list[Figure]:
    data = DataDirectory(folder).ensure()
    for number in range(RUNS):
        run = data.create_run(f"20260101-000000-{number:08x}", {"name": f"run {number}"})
        _begin(run, name=f"run {number}", is_over=True)
    log = Log.open(folder / "log-0.db", now=time.time())
    indexer = Indexer(data, log, on_commit=lambda committed: None, own_server=0)
    began = time.perf_counter()
    while indexer.index_once():
        pass
    rebuilt = time.perf_counter() - began
    pages = []
    before = None
    for _ in range(RUNS // PAGE):
        began = time.perf_counter()
        _, before = indexer.reader.runs(limit=PAGE, before=before)
        pages.append(time.perf_counter() - began)
    found = {words: _slowest_page(indexer.reader, query) for words, query in QUERIES.items()}
    indexer.stop()
    log.close()
    pages.sort()
    return [
        Figure(f"{RUNS:,} runs by pages of {PAGE}: the slowest page", 1e3 * pages[-1], "ms",
               "the median one", 1e3 * pages[len(pages) // 2]),
        *(Figure(f"{RUNS:,} runs, {words}: a page and its count", 1e3 * slowest, "ms")
          for words, slowest in found.items()),
        Figure(f"a log of {RUNS:,} runs rebuilt", rebuilt, "s"),
    ]  # fmt: skip


def _slowest_page(reader: LogReader, query: RunQuery) -> float:
    """Of the first four pages, each at its best: seconds."""
    slowest, before = 0.0, None
    for _ in range(4):
        asked = before

        def read(asked: str | None = asked) -> str | None:
            reader.count_runs(query)
            return reader.runs(query, PAGE, asked)[1]

        slowest = max(slowest, best_of(5, read))
        before = read()
    return slowest


def _begin(run: RunDirectory, *, name: str = "long", is_over: bool = False) -> None:
    writer = JournalWriter(run.journal("worker-1"))
    started = {"name": name, "stages": [{"id": "train", "title": "Train"}]}
    tell(writer, run.run_id, "training_started", started, name, flush=False)
    if is_over:
        writer.append("metrics_appended", {"series": {"loss": [[1, int(run.run_id[-3:], 16)]]}})
        tell(writer, run.run_id, "training_completed", ENDED, name, flush=False)
    writer.close()
