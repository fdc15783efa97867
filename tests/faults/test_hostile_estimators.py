"""Estimators that do what none should, under a real server: it does not notice, the run says it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_progress.store.layout import DataDirectory, RunDirectory

from ..jupyter_process import SCALE
from ..training.hostile import Hostile
from ..training.runs import feed_of, upload
from .conftest import Site
from .test_disk import SmallDisk, small_disk  # noqa: F401 - a fixture
from .witness import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240 * SCALE)]
ANSWERED_WITHIN_S = 1.0
GROWS_BY_BYTES = 40 * 2**20


class Prober:
    """Asks a server for its status all the time, and looks at its memory.

    Parameters
    ----------
    site
        The server.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        assert site.jupyter.process is not None
        self._server = psutil.Process(site.jupyter.process.pid)
        site.jupyter.get("status")
        self._before = self._server.memory_info().rss
        self._most = self._before
        self._took: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._probe, daemon=True)
        self._thread.start()

    def _probe(self) -> None:
        while not self._ended.wait(0.05):
            begun_s = time.perf_counter()
            self._site.jupyter.get("status")
            self._took.append(time.perf_counter() - begun_s)
            self._most = max(self._most, self._server.memory_info().rss)

    def check(self) -> None:
        """Hold what was seen to what is promised."""
        self._ended.set()
        self._thread.join(30.0)
        slowest = max(self._took)
        print(f"{len(self._took)} answers, the slowest in {1000 * slowest:.0f} ms; memory grew by "
              f"{(self._most - self._before) / 2**20:.1f} MiB")  # fmt: skip
        assert len(self._took) > 20
        assert slowest < ANSWERED_WITHIN_S * SCALE
        assert self._most - self._before < GROWS_BY_BYTES


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "jupyter", "--JupyterProgress.stalled_after_s=3")
    yield site
    site.jupyter.stop()


def begin(site: Site, estimator: Hostile, **more: Any) -> RunDirectory:
    spec = {"upload": upload(DataDirectory(site.data.path), estimator)}
    asked = {"dataset": {"source": "sklearn", "name": "iris"}, "estimator": spec, **more}
    run_id = site.jupyter.ask("POST", "runs", asked)["run_id"]
    return site.data.run(run_id)


def texts(run: RunDirectory) -> str:
    return "\n".join(line["text"] for line in feed_of(run))


@pytest.mark.parametrize(
    ("deed", "status", "reason", "words"),
    [
        ("raise", "failed", "fit_failed", "no such luck"),
        ("gigabyte", "completed", None, "The training printed 1.00 GB; at most the newest"),
        ("fork", "completed", None, "finished in"),
        ("daemon", "completed", None, "1 process is left of what the training had started"),
        ("exit", "failed", "worker_crashed", "ended with exit code 3 in train"),
        ("hang", "failed", "time_limit", "its fit cannot be ended with what it has"),
    ],
)
def test_run_says_what_happened_and_the_server_does_not_notice(
    watched: Site, deed: str, status: str, reason: str | None, words: str
) -> None:
    prober = Prober(watched)
    more = {"time_limit": 20.0 * SCALE} if deed == "hang" else {}
    run = begin(watched, Hostile(deed), **more)
    state = watched.jupyter.wait_for_run(run.run_id, "completed", "failed", limit_s=90)
    assert (state["status"], (state["error"] or {}).get("reason")) == (status, reason)
    wait_until(run.exit_file.exists, 10, "the keeper's last word")
    assert words in texts(run) + str(state["error"])
    assert run.output.stat().st_size <= 10 * 2**20
    if deed == "hang":
        assert "nothing heard for" in texts(run)
    prober.check()
    log = watched.jupyter.log()
    assert "Traceback" not in log
    assert "ERROR" not in log
    watched.hold()


def test_fit_that_fills_the_disk_ends_once_there_is_room(
    small_disk: SmallDisk,  # noqa: F811
    tmp_path: Path,
) -> None:
    data = {"JUPYTER_PROGRESS_DATA_DIR": str(small_disk.path / "progress")}
    site = Site(tmp_path / "jupyter", **data)
    try:
        prober = Prober(site)
        filler = small_disk.path / "written by the fit"
        run = begin(site, Hostile("fill", str(filler)))
        wait_until(lambda: filler.exists() and small_disk.is_full, 60, "a full disk")
        time.sleep(3.0)
        assert site.jupyter.get(f"runs/{run.run_id}")["status"] == "running"
        prober.check()
        filler.unlink()
        state = site.jupyter.wait_for_run(run.run_id, "completed", "failed", limit_s=60)
        assert (state["status"], state["error"]["reason"]) == ("failed", "disk_full")
        assert state["error"]["stage"] == "train"
        wait_until(run.exit_file.exists, 20, "the keeper's last word")
        assert "Traceback" not in site.jupyter.log()
        site.hold()
    finally:
        site.jupyter.stop()
