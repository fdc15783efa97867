"""Handing a gigabyte over: the call, what the server grows by, and what the worker holds of it.

A kernel of its own (a fresh process) calls ``jp.train`` on an array of 1.02 GB, with a real server
on the same disk. Beside it: other ways to write the same array to the same disk. Each is told by
its median and by its worst: a person waits for the call that comes, not for the best of several.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

from .server import TOKEN, RunningServer, running_server
from .table import Figure

ROWS, COLUMNS = 1_000_000, 128
TIMES = 5
_KERNEL = """
import json, pickle, sys, time
import joblib, numpy as np, psutil
import jupyter_progress as jp
from pathlib import Path
from sklearn.dummy import DummyClassifier
folder, rows, columns, times = Path(sys.argv[1]), *map(int, sys.argv[2:])
own = psutil.Process()
X = np.random.default_rng(0).random((rows, columns))
y = (X[:, 0] > 0.5).astype(np.int64)
ways = {
    "jp.train": lambda path: runs.append(jp.train(DummyClassifier(), X, y, display=False)),
    "numpy.save": lambda path: np.save(path.open("wb"), X),
    "joblib.dump": lambda path: joblib.dump(X, path),
    "pickle.dump": lambda path: pickle.dump(X, path.open("wb"), protocol=5),
}
runs, took, spent = [], {way: [] for way in ways}, {way: [] for way in ways}
jp.train(DummyClassifier(), X[:1000], y[:1000], display=False).wait()
before = own.memory_info().rss
for turn in range(times):
    X[0, 0] = turn / times  # another content each time
    # In turns: what the disk and others do meanwhile is the same for all.
    for way, write in ways.items():
        began, cpu = time.perf_counter(), time.process_time()
        write(folder / f"{way}-{turn}")
        took[way].append(time.perf_counter() - began)
        spent[way].append(time.process_time() - cpu)
        (folder / f"{way}-{turn}").unlink(missing_ok=True)  # five turns would be 20 GB
    runs[-1].wait()
grown = own.memory_info().rss - before
began = time.perf_counter()
run = jp.train(DummyClassifier(), X, y, display=False)
again = time.perf_counter() - began
run.wait()
states = [run.state for run in runs]
print(json.dumps({"took": took, "spent": spent, "again": again, "grown": grown, "runs": states}))
"""


def measure() -> list[Figure]:
    """Seconds of the call and of other ways; bytes of the server, the kernel and the worker."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with running_server(folder, True) as server:
            told, grown = _call(server, folder)
        return [*_time_figures(told), *_memory_figures(told, grown)]


def _call(server: RunningServer, folder: Path) -> tuple[dict[str, Any], int]:
    process = psutil.Process(server.pid)
    token = folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    environment = {
        **os.environ,
        "JUPYTER_PROGRESS_DATA_DIR": str(folder / "data" / "progress"),
        "JUPYTER_PROGRESS_URL": server.url,
        "JUPYTER_PROGRESS_TOKEN_FILE": str(token),
    }
    before = process.memory_info().rss
    sizes = [str(number) for number in (ROWS, COLUMNS, TIMES)]
    command = [sys.executable, "-W", "ignore", "-c", _KERNEL, str(folder), *sizes]
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(asked.stdout.splitlines()[-1]), process.memory_info().rss - before


def _time_figures(told: dict[str, Any]) -> list[Figure]:
    here, cpu = told["took"].pop("jp.train"), told["spent"].pop("jp.train")
    figures = []
    for called, of in (("median", statistics.median), ("worst", max)):
        which = f"{called} of {len(here)}"
        for way, took in told["took"].items():
            figures.append(Figure(f"jp.train, the call, {which}", of(here), "s", way, of(took)))
        for way, spent in told["spent"].items():
            figures.append(Figure(f"its processor time, {which}", of(cpu), "s", way, of(spent)))
    return [*figures, Figure("the same array again, the call", told["again"], "s")]


def _memory_figures(told: dict[str, Any], grown: int) -> list[Figure]:
    size = ROWS * COLUMNS * 8 / 1e9
    peaks = [run["resources"]["peak_memory"] for run in told["runs"]]
    loads = [
        stage["elapsed_s"]
        for run in told["runs"]
        for stage in run["stages"]
        if stage["id"] == "load_data"
    ]
    return [
        Figure("the server's memory grows by", grown / 1e9, "GB", "the array", size),
        Figure("the kernel's memory grows by", told["grown"] / 1e9, "GB", "the array", size),
        Figure("the worker's peak, mapped rows aside", max(peaks) / 1e9, "GB", "the array", size),
        Figure("load_data in the worker, median", statistics.median(loads), "s"),
        Figure("load_data in the worker, worst", max(loads), "s"),
    ]
