"""The seven commands about runs, as a person types them: with a server, and with none."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..jupyter_process import SCALE, JupyterProcess

FOREST = {
    "dataset": {"source": "sklearn", "name": "digits"},
    "estimator": {
        "class": "sklearn.ensemble.RandomForestClassifier",
        "params": {"n_estimators": 60_000, "random_state": 0},
    },
}
EFFECT_S = 2.0 * SCALE  # within two seconds a control takes effect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 * SCALE)]


@pytest.fixture(params=["with a server", "without one"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    server = JupyterProcess(tmp_path, arguments=["--JupyterProgress.max_concurrent_runs=2"])
    found = Place(server)
    try:
        found.begin()
        if request.param == "without one":
            server.kill()
        yield found
    finally:
        found.end()
        server.stop()


class Place:
    """A terminal of the user whose runs these are; no variable names the data directory."""

    def __init__(self, server: JupyterProcess) -> None:
        self.server = server
        self.environment = server.environ()
        self.runs = server.data_dir / "runs"
        self.ids: list[str] = []

    def begin(self) -> None:
        """Two runs that take longer than the test."""
        self.server.start()
        for name in ("first", "second"):
            self.ids.append(self.server.ask("POST", "runs", {**FOREST, "name": name})["run_id"])
            self.server.wait_for_run(self.ids[-1], "running", limit_s=60 * SCALE)

    def end(self) -> None:
        """Leave nothing running behind; one that was stopped is on its way out."""
        for run_id in self.ids:
            if not (self.runs / run_id / "exit.json").exists():
                self._run("cancel", run_id)
                self.effect_s(run_id, time.time())

    def give(self, *words: str, status: int = 0) -> Any:
        ran = self._run(*words)
        assert ran.returncode == status, ran.stderr
        return json.loads(ran.stdout)

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "jupyter_progress.cli", *words, "--json"],
            env=self.environment, capture_output=True, text=True, timeout=60 * SCALE, check=False,
        )  # fmt: skip

    def until(self, run_id: str, holds: Any, within_s: float) -> dict[str, Any]:
        deadline = time.monotonic() + within_s
        while True:
            state = self.give("show", run_id)
            if holds(state):
                return dict(state)
            assert time.monotonic() < deadline, state
            time.sleep(0.2)

    def effect_s(self, run_id: str, since: float) -> float:
        """How long after a moment the run's processes were gone."""
        end = self.runs / run_id / "exit.json"
        while not end.exists():
            assert time.time() < since + 30 * SCALE
            time.sleep(0.02)
        return end.stat().st_mtime - since


def test_seven_commands_find_the_runs_by_themselves(place: Place) -> None:
    first, second = place.ids
    listed = place.give("runs")["runs"]
    assert {run["run_id"] for run in listed} == {first, second}
    place.until(first, lambda state: state["step"], 60 * SCALE)
    assert place.give("output", first) == {"text": ""}

    place.until(second, lambda state: state["step"], 60 * SCALE)
    place.give("cancel", second)
    assert place.effect_s(second, time.time()) < EFFECT_S
    assert place.give("watch", second, status=1)["status"] == "cancelled"

    worker = json.loads((place.runs / first / "worker.json").read_text())
    os.kill(worker["pid"], signal.SIGKILL)
    failed = place.until(first, lambda state: state["status"] == "failed", 10 * SCALE)
    assert failed["resumable"]
    assert place.give("resume", first)["attempt"] == 2
    place.until(first, lambda state: state["status"] == "running", 30 * SCALE)
    place.until(first, lambda state: state["step"], 60 * SCALE)
    assert place.give("stop", first)["status"] in ("stopping", "completed")
    done = place.give("watch", first)
    assert (done["status"], done["attempt"], done["result"]["stopped"]) == ("completed", 2, True)


def test_run_whose_keeper_was_killed_is_resumed_from_a_terminal(place: Place) -> None:
    first, second = place.ids
    place.give("cancel", second)
    keeper = json.loads((place.runs / first / "keeper.json").read_text())
    os.kill(keeper["pid"], signal.SIGKILL)
    failed = place.until(first, lambda state: state["status"] == "failed", 10 * SCALE)
    assert failed["error"]["reason"] == "keeper_killed"
    assert place.give("resume", first)["attempt"] == 2
    place.until(first, lambda state: state["status"] == "running", 30 * SCALE)
    place.give("cancel", first)
    assert place.effect_s(first, time.time()) < EFFECT_S
