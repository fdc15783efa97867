"""A real server: its start with and without the extension, warm requests, its event loop."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from .table import Figure, best_of

TOKEN = "a-token-for-measuring-only"
WARM_REQUESTS = 15
STARTS = 4
LOOKS = 100  # while large bodies come


def measure() -> list[Figure]:
    """Seconds to the first answer; milliseconds of warm requests; lag during a run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _time(folder, True)  # reads all files from the disk, so that no turn pays for that
        turns = [(_time(folder, False), _time(folder, True)) for _ in range(STARTS)]
        without, having = (min(took) for took in zip(*turns, strict=True))
        figures = [Figure("server start with the extension", having, "s", "without it", without)]
        with running_server(folder, True) as server:
            return figures + _large_bodies(server.url) + _requests(server.url)


def _requests(url: str) -> list[Figure]:
    # Of 2,000,000 trees: it is there to be going on, and is cancelled in the end.
    first = ask(url, "POST", "runs", training_of(2_000_000))
    while (state := ask(url, "GET", f"runs/{first['run_id']}"))["status"] == "queued":
        time.sleep(0.2)
    took, lags = [], []
    for _ in range(WARM_REQUESTS):
        began = time.perf_counter()
        waiting = ask(url, "POST", "runs", training_of(10))
        took.append(time.perf_counter() - began)
        ask(url, "POST", f"runs/{waiting['run_id']}/cancel", {})
        lags.append(ask(url, "GET", "health").get("event_loop_lag") or 0.0)
        time.sleep(0.3)
    reading = best_of(20, lambda: ask(url, "GET", f"runs/{state['run_id']}"))
    ask(url, "POST", f"runs/{first['run_id']}/cancel", {})
    return [
        Figure("POST runs, warm, median", 1e3 * statistics.median(took), "ms"),
        Figure("GET runs/{id}", 1e3 * reading, "ms"),
        Figure("event loop lag during a run, median", 1e3 * statistics.median(lags), "ms"),
    ]


def _large_bodies(url: str) -> list[Figure]:
    """What others wait for an answer while one client sends the worst bodies of a megabyte."""
    run = ask(url, "POST", "runs", {"kind": "external", "name": "elsewhere"})["run_id"]
    lists, points = [[]] * 199_000, [[step, 0.25] for step in range(20_000)]
    series = {"type": "metrics_appended", "time": "2026-01-01T00:00:00Z", "data": {}}
    series["data"] = {"series": {"loss": points}}
    events = [{"sequence": number + 1, **series} for number in range(3)]
    bodies = {
        "PATCH runs/{id} with 340,000 lists": ("PATCH", f"runs/{run}", {"name": [[]] * 340_000}),
        "PATCH runs/{id} with 199,000 lists": ("PATCH", f"runs/{run}", {"name": lists}),
        "POST predict with 199,000 rows": ("POST", "models/m/predict", {"rows": lists}),
        "POST events with 60,000 points": (
            "POST", f"runs/{run}/events", {"writer": "a", "events": events},
        ),
    }  # fmt: skip
    figures = []
    for what, (method, path, body) in bodies.items():
        encoded = json.dumps(body, separators=(",", ":")).encode()
        slowest = _slowest_status(url, lambda m=method, p=path, e=encoded: _send(url, m, p, e))
        figures.append(
            Figure(f"GET status, slowest of {LOOKS}, beside {what}", 1e3 * slowest, "ms")
        )
    return figures


def _slowest_status(url: str, meanwhile: Callable[[], object]) -> float:
    done = threading.Event()

    def flood() -> None:
        while not done.is_set():
            meanwhile()

    flooding = threading.Thread(target=flood)
    flooding.start()
    try:
        took = []
        for _ in range(LOOKS):
            began = time.perf_counter()
            ask(url, "GET", "status")
            took.append(time.perf_counter() - began)
    finally:
        done.set()
        flooding.join()
    return max(took)


def training_of(trees: int, **params: object) -> dict[str, object]:
    """A forest on the digits, as it is asked for."""
    forest = "sklearn.ensemble.RandomForestClassifier"
    return {
        "dataset": {"source": "sklearn", "name": "digits"},
        "estimator": {"class": forest, "params": {"n_estimators": trees, **params}},
    }


def ask(url: str, method: str, path: str, body: object = None) -> dict[str, object]:
    """A request of the REST interface, answered."""
    return json.loads(_send(url, method, path, None if body is None else json.dumps(body).encode()))


def _send(url: str, method: str, path: str, body: bytes | None) -> bytes:
    request = Request(
        f"{url}jupyter-progress/api/v1/{path}", method=method, data=body,
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
    )  # fmt: skip
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.read()
    except HTTPError as refused:
        if refused.code >= 500 or method == "GET":
            raise
        return refused.read()


def _time(folder: Path, extension: bool) -> float:
    """Seconds from the command to the first answer."""
    began = time.perf_counter()
    with running_server(folder, extension):
        return time.perf_counter() - began


@dataclass(frozen=True)
class RunningServer:
    """A Jupyter server that answers."""

    url: str
    pid: int


@contextmanager
def running_server(
    folder: Path, extension: bool, *more: str, program: str = "jupyter_server"
) -> Iterator[RunningServer]:
    """A server of its own, with the extension or without it; ``program`` may be ``jupyterlab``."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JPY_", "JUPYTER"))}
    own = {
        "JUPYTER_TOKEN": TOKEN,
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
    }
    words = [
        sys.executable, "-m", program, "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
        "--allow-root", "--ServerApp.open_browser=False", f"--ServerApp.root_dir={folder}",
        f"--ServerApp.jpserver_extensions=jupyter_progress={extension}", *more,
    ]  # fmt: skip
    process = subprocess.Popen(
        words, env={**kept, **own}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = _wait(folder / "runtime" / f"jpserver-{process.pid}.json", process)
        yield RunningServer(url, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait(entry: Path, process: subprocess.Popen[bytes]) -> str:
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            url = str(json.loads(entry.read_text())["url"])
            urlopen(f"{url}api?token={TOKEN}", timeout=5).close()
        except (OSError, ValueError):
            time.sleep(0.02)
        else:
            return url
