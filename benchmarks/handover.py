"""Handing a gigabyte over: the call, what the server grows by, and what the worker holds of it.

A kernel of its own (a fresh process) calls ``jp.train`` on an array of 1.02 GB, with a real server
on the same disk. Beside it: other ways to write the same array to the same disk.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from .server import TOKEN, RunningServer, running_server
from .table import Figure

ROWS, COLUMNS = 1_000_000, 128
TIMES = 3
_KERNEL = """
import json, sys, time
import numpy as np, psutil
import jupyter_progress as jp
from sklearn.dummy import DummyClassifier
rows, columns, times = map(int, sys.argv[1:])
own = psutil.Process()
X = np.random.default_rng(0).random((rows, columns))
y = (X[:, 0] > 0.5).astype(np.int64)
jp.train(DummyClassifier(), X[:1000], y[:1000], display=False).wait()
before, calls, cpu, runs = own.memory_info().rss, [], [], []
for n in range(times):
    X[0, 0] = n / times  # another content each time
    began, spent = time.perf_counter(), time.process_time()
    run = jp.train(DummyClassifier(), X, y, display=False)
    calls.append(time.perf_counter() - began)
    cpu.append(time.process_time() - spent)
    runs.append(run.wait().state)
grown = own.memory_info().rss - before
again = time.perf_counter()
run = jp.train(DummyClassifier(), X, y, display=False)
again = time.perf_counter() - again
run.wait()
print(json.dumps({"calls": calls, "cpu": cpu, "again": again, "grown": grown, "runs": runs}))
"""


def measure() -> list[Figure]:
    """Seconds of the call and of other ways; bytes of the server, the kernel and the worker."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with running_server(folder, True) as server:
            told, grown = _call(server, folder)
        return [*_time_figures(folder, told), *_memory_figures(told, grown)]


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
    command = [sys.executable, "-W", "ignore", "-c", _KERNEL, str(ROWS), str(COLUMNS), str(TIMES)]
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(asked.stdout.splitlines()[-1]), process.memory_info().rss - before


def _time_figures(folder: Path, told: dict[str, Any]) -> list[Figure]:
    X = np.random.default_rng(0).random((ROWS, COLUMNS))
    here = min(told["calls"])
    what = f"jp.train of {X.nbytes / 1e9:.2f} GB, the call"
    figures = [Figure(what, here, "s")]
    for beside, write in _others(X).items():
        took, spent = [], []
        for turn in range(TIMES):
            # Each into a file of its own, which stays: as what is handed over does.
            path = folder / f"{beside}-{turn}"
            began, cpu = time.perf_counter(), time.process_time()
            write(path)
            took.append(time.perf_counter() - began)
            spent.append(time.process_time() - cpu)
        figures.append(Figure(what, here, "s", beside, min(took)))
        figures.append(
            Figure("the same, processor time", min(told["cpu"]), "s", beside, min(spent))
        )
    return [*figures, Figure("the same array again, the call", told["again"], "s")]


def _others(X: np.ndarray) -> dict[str, Callable[[Path], object]]:
    import joblib

    def pickled(path: Path) -> None:
        with path.open("wb") as file:
            pickle.dump(X, file, protocol=5)

    return {
        "numpy.save": lambda path: np.save(path.open("wb"), X),
        "joblib.dump": lambda path: joblib.dump(X, path),
        "pickle.dump": pickled,
    }


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
        Figure(
            "the worker's peak, mapped file included", max(peaks) / 1e9, "GB", "the array", size
        ),
        Figure("load_data in the worker", min(loads), "s"),
    ]
