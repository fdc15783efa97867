"""Real runs in a data directory, and the commands that are asked about them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.cli import main
from jupyter_progress.core.reading_requests import read_request
from jupyter_progress.core.requests import RunRequest, check_run_request
from jupyter_progress.store.layout import DATA_DIR_VARIABLE, DataDirectory, RunDirectory
from jupyter_progress.training.launch import start_keeper
from jupyter_progress.training.submit import create_run

from ..conftest import TIMEOUT_SCALE

IRIS = {"source": "sklearn", "name": "iris"}
FOREST = "sklearn.ensemble.RandomForestClassifier"


class Runs:
    """A data directory in which runs are started without a server."""

    def __init__(self, folder: Path) -> None:
        self.data = DataDirectory(folder).ensure()
        self._keepers: list[Any] = []

    def create(self, name: str, **more: Any) -> RunDirectory:
        asked = {"dataset": IRIS, "estimator": {"class": FOREST}, **more}
        request = check_run_request(read_request({"name": name, **asked}, RunRequest))
        return create_run(self.data, request, who="ada", writer="kernel-00000001")

    def start(self, name: str, params: dict[str, Any], **more: Any) -> RunDirectory:
        estimator = {"class": FOREST, "params": params}
        run = self.create(name, **{"estimator": estimator, **more})
        self._keepers.append(start_keeper(run, self.data))
        return run

    def finish(self, run: RunDirectory) -> RunDirectory:
        self.wait(lambda: run.exit() is not None)
        return run

    def wait(self, holds: Callable[[], object], within_s: float = 60.0) -> None:
        deadline = time.monotonic() + within_s * TIMEOUT_SCALE
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def close(self) -> None:
        for keeper in self._keepers:
            keeper.wait(30 * TIMEOUT_SCALE)


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    made = Runs(tmp_path_factory.mktemp("cli") / "progress")
    yield made
    made.close()


@pytest.fixture(scope="session")
def finished(runs: Runs) -> RunDirectory:
    """A run that has completed."""
    return runs.finish(
        runs.start("flowers", {"n_estimators": 20, "random_state": 0}, tags=["garden"])
    )


@pytest.fixture(scope="session")
def failed(runs: Runs, finished: RunDirectory) -> RunDirectory:
    """A run that has failed."""
    return runs.finish(runs.start("no trees", {"n_estimators": -1}))


@pytest.fixture
def command(
    runs: Runs, own_data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Callable[..., tuple[int, str, str]]:
    """Give a command; answers its exit status and what it printed."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(runs.data.path))
    monkeypatch.setenv("COLUMNS", "100")
    # No server of this machine's user is found.
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(own_data_dir.parent / "runtime"))

    def give(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(list(words))
        except SystemExit as ended:  # argparse refuses so
            status = int(ended.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return give
