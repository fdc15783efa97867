"""Everything that a cell can ask, once with a real server and once without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

from jupyter_progress.client.discovery import ServerAddress
from jupyter_progress.notebook import backend as backends
from jupyter_progress.notebook.local_backend import LocalBackend
from jupyter_progress.notebook.server_backend import ServerBackend

from ..jupyter_process import TOKEN, JupyterProcess


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A real Jupyter server with the extension."""
    process = JupyterProcess(tmp_path_factory.mktemp("server"))
    try:
        yield process.start()
    finally:
        process.stop()


def local(folder: Path) -> SimpleNamespace:
    return SimpleNamespace(kind="local", backend=LocalBackend(folder), data_dir=folder, root=None)


def served(server: JupyterProcess, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    assert server.process is not None
    monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(server.data_dir))
    address = ServerAddress(server.url, TOKEN, server.process.pid)
    return SimpleNamespace(
        kind="server", backend=ServerBackend(address), data_dir=server.data_dir, root=server.root
    )


@pytest.fixture(scope="module", params=["local", "server"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A backend, of either kind, for a whole file of tests."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        if request.param == "local":
            found = local(tmp_path_factory.mktemp("local") / "progress")
        else:
            found = served(request.getfixturevalue("server"), monkeypatch)
        yield found
        close = getattr(found.backend, "close", None)
        if close is not None:
            close()


@pytest.fixture
def here(made: Any, own_data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """This process asks that backend."""
    monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(made.data_dir))
    monkeypatch.setattr(backends, "_backend", made.backend)
    return made


@pytest.fixture(scope="module")
def no_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBackend]:
    """A data directory without a server, for a whole file of tests."""
    backend = LocalBackend(tmp_path_factory.mktemp("alone") / "progress")
    yield backend
    backend.close()


@pytest.fixture
def alone(
    no_server: LocalBackend, own_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> LocalBackend:
    """This process has no server."""
    monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(no_server.data.path))
    monkeypatch.setattr(backends, "_backend", no_server)
    return no_server


@pytest.fixture(scope="session")
def digits() -> SimpleNamespace:
    frame = load_digits(as_frame=True).frame
    return SimpleNamespace(frame=frame, X=frame.drop(columns="target"), y=frame["target"])


@pytest.fixture(scope="module")
def finished(made: Any, digits: SimpleNamespace) -> Any:
    """A run of the user's own frame that has completed."""
    import jupyter_progress as jp

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(made.data_dir))
        monkeypatch.setattr(backends, "_backend", made.backend)
        run = jp.train(
            RandomForestClassifier(40, random_state=0), digits.X, digits.y,
            name="forty trees", tags=["kept"],
        )  # fmt: skip
        return run.wait()
