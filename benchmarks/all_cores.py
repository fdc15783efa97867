"""How late the loops of the server and of a kernel are while a run trains on all processors."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from .server import TOKEN, ask, running_server, training_of
from .table import Figure

WINDOW_S = 0.1  # the shortest between two samples of the health
FOR_S = 20.0
BAGGING = {
    # What joblib trains in processes: rows go to them, and members come back.
    "class": "sklearn.ensemble.BaggingClassifier",
    "params": {
        "estimator": {"class": "sklearn.linear_model.LogisticRegression"},
        "n_estimators": 500_000,
        "n_jobs": -1,
    },
}
# In the kernel: the worst of each window, by the loop that runs its cells and its comms.
NOTICE = f"""
import asyncio, json, time
lags = []
async def notice():
    while True:
        worst, until = 0.0, time.monotonic() + {WINDOW_S}
        while time.monotonic() < until:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            worst = max(worst, time.monotonic() - before - 0.005)
        lags.append(1e3 * worst)
noticing = asyncio.get_event_loop().create_task(notice())
"""


def measure() -> Iterator[Figure]:
    """The 99th percentile of the worst in each tenth of a second, in milliseconds."""
    often = f"--JupyterProgress.sample_interval_s={WINDOW_S}"
    with tempfile.TemporaryDirectory() as name, running_server(Path(name), True, often) as server:
        for what, request in {
            "a forest with `n_jobs=-1`": training_of(2_000_000, n_jobs=-1),
            "bagging by processes with `n_jobs=-1`": {**training_of(1), "estimator": BAGGING},
        }.items():
            run_id = str(ask(server.url, "POST", "runs", request)["run_id"])
            while ask(server.url, "GET", f"runs/{run_id}")["current_stage"] != "train":
                time.sleep(0.1)
            time.sleep(2.0)  # its processes are there
            with watching_kernel(Path(name), run_id) as kernel:
                late = {"the server": _lags_of_server(server.url), "a kernel": kernel.lags()}
                cells = kernel.empty_cells()
            ask(server.url, "POST", f"runs/{run_id}/cancel", {})
            while ask(server.url, "GET", f"runs/{run_id}")["status"] != "cancelled":
                time.sleep(0.1)
            for whose, lags in late.items():
                said = f"event loop lag of {whose} beside {what}, p99 of {len(lags)} worst in 0.1 s"
                yield Figure(said, p99(lags), "ms")
            yield Figure(f"an empty cell beside {what}, p99 of {len(cells)}", p99(cells), "ms")


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    return sorted(values)[int(0.99 * (len(values) - 1))]


def _lags_of_server(url: str) -> list[float]:
    lags: dict[str, float] = {}
    until = time.monotonic() + FOR_S
    while time.monotonic() < until:
        health = ask(url, "GET", "health")
        lags[str(health["time"])] = 1e3 * float(health.get("event_loop_lag") or 0.0)
        time.sleep(WINDOW_S / 2)
    return list(lags.values())


class WatchingKernel:
    """A kernel that shows a run, and notices how late its event loop is."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, code: str) -> str:
        """Run a cell; what it printed."""
        printed: list[str] = []

        def hook(message: dict) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        self._client.execute_interactive(code, timeout=60, output_hook=hook)
        return "".join(printed)

    def lags(self) -> list[float]:
        """The worst of each window so far, in milliseconds."""
        found: list[float] = json.loads(self.run("print(json.dumps(lags))"))
        return found

    def empty_cells(self) -> list[float]:
        """What each of a hundred empty cells took to be answered, in milliseconds."""
        took = []
        for _ in range(100):
            began = time.perf_counter()
            self.run("")
            took.append(1e3 * (time.perf_counter() - began))
        return took


@contextmanager
def watching_kernel(folder: Path, run_id: str) -> Iterator[WatchingKernel]:
    """A kernel of its own, which shows a run of the server in this folder."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(
        env={
            **os.environ,
            "JUPYTER_TOKEN": TOKEN,
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
        }
    )
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        kernel = WatchingKernel(client)
        kernel.run(f"import jupyter_progress as jp\njp.get_run({run_id!r})")
        kernel.run(NOTICE)
        yield kernel
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
