"""The seed, a real server, and what tells of it: shared by all faults."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.client.discovery import ServerAddress
from jupyter_progress.store.layout import DataDirectory

from ..jupyter_process import TOKEN, JupyterProcess
from ..store.bench import Bench
from .invariant import Logged, check_log, check_rebuilt, differences, read_log
from .proxy import ChaosProxy
from .witness import Witness, wait_until

SEED = int(os.environ.get("FAULTS_SEED", "0"))
# Extensions of Jupyter's own that take their time to start.
BARE = [
    f"--ServerApp.jpserver_extensions={name}=False"
    for name in ("jupyterlab", "notebook", "notebook_shim", "jupyter_lsp")
]
FOREST = "sklearn.ensemble.RandomForestClassifier"


def request(trees: int) -> dict[str, Any]:
    """A training on real data that takes about as long as it has trees."""
    params = {"n_estimators": trees, "random_state": 0}
    return {
        "dataset": {"source": "sklearn", "name": "digits"},
        "estimator": {"class": FOREST, "params": params},
    }


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> str:
    """What a test draws its faults from; shown where it fails."""
    name = request.node.name
    print(f"repeat with: make faults SEED={SEED}  (only this: pytest -k {name})")
    return f"{SEED}-{name}"


@pytest.fixture
def drawn(seed: str) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


class Site:
    """A real Jupyter server with its data directory, and the log of its slot."""

    def __init__(self, folder: Path, *arguments: str, slot: int = 0, **environment: str) -> None:
        self.jupyter = JupyterProcess(
            folder, arguments=[*BARE, *arguments], environment=environment
        ).start()
        shared = environment.get("JUPYTER_PROGRESS_DATA_DIR")
        self.data = DataDirectory(shared or self.jupyter.data_dir)
        self.slot = slot

    @property
    def address(self) -> ServerAddress:
        return ServerAddress(self.jupyter.url, TOKEN)

    @property
    def database(self) -> Path:
        return self.data.path / f"log-{self.slot}.db"

    @property
    def logged(self) -> Logged:
        return read_log(self.database)

    def settle(self, *witnesses: Witness, within_s: float = 15.0) -> Logged:
        """Wait until all journals are logged and all witnesses are at the end; the log then."""

        def is_settled() -> bool:
            logged = self.logged
            missing, foreign = differences(self.data, logged, self.slot)
            return not missing and not foreign and all(w.has_seen(logged) for w in witnesses)

        wait_until(is_settled, within_s, "journals, log and views at the same place")
        return self.logged

    def hold(self, *witnesses: Witness, within_s: float = 15.0) -> Logged:
        """Wait as :meth:`settle`, then hold all of it to the invariant."""
        logged = self.settle(*witnesses, within_s=within_s)
        for witness in witnesses:
            witness.check(logged)
        check_log(self.data, self.logged, self.slot)
        check_rebuilt(self.data, self.logged, self.slot)
        return logged


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "jupyter")
    yield site
    site.jupyter.stop()


@pytest.fixture
def watch() -> Iterator[Callable[..., Witness]]:
    """Makes witnesses; they are stopped with the test."""
    made: list[Witness] = []

    def make(address: ServerAddress, **more: object) -> Witness:
        made.append(Witness(address, **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for witness in made:
        witness.stop()


@pytest.fixture
def chaos(seed: str) -> Iterator[Callable[[ServerAddress], ChaosProxy]]:
    """Puts a proxy that breaks connections before a server."""
    made: list[ChaosProxy] = []

    def make(address: ServerAddress) -> ChaosProxy:
        made.append(ChaosProxy(address, seed))
        return made[-1]

    yield make
    for proxy in made:
        print("fates:", *proxy.fates[:40], sep="\n  ")
        proxy.stop()
