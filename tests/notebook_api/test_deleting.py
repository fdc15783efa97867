"""A run that is deleted without a server is forgotten by everybody, also by a server of later."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

import jupyter_progress as jp
from jupyter_progress.notebook import backend as backends
from jupyter_progress.notebook.local_backend import LocalBackend

from ..jupyter_process import JupyterProcess

STUMP = "sklearn.tree.DecisionTreeClassifier"


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalBackend]:
    """This process has no server, and the data directory that a server of later will have."""
    backend = LocalBackend(tmp_path / "data" / "progress")
    monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(backend.data.path))
    monkeypatch.setattr(backends, "_backend", backend)
    yield backend
    backend.close()


def stump(name: str) -> Any:
    run = jp.train(STUMP, {"source": "sklearn", "name": "iris"}, name=name, display=False)
    return run.wait()


def ids(runs: Any) -> set[str]:
    return {run["run_id"] if isinstance(run, dict) else run.run_id for run in runs}


@pytest.mark.slow
def test_deleted_run_is_a_ghost_nowhere(beside: LocalBackend, tmp_path: Path, scaled: Any) -> None:
    deleted, removed, kept = stump("deleted"), stump("removed by hand"), stump("kept")
    panel = jp.Panel()
    deleted.delete()
    assert ids(jp.runs()) == {removed.run_id, kept.run_id}
    with pytest.raises(jp.errors.UnknownRun):
        jp.get_run(deleted.run_id)
    with pytest.raises(jp.errors.UnknownRun):
        deleted.status  # noqa: B018
    assert "deleted" in repr(deleted)
    assert deleted.run_id not in ids(panel.state["runs"])

    shutil.rmtree(beside.data.runs / removed.run_id)
    deadline = time.monotonic() + scaled(10)
    while removed.run_id in ids(jp.runs()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ids(jp.runs()) == {kept.run_id} == ids(panel.state["runs"])

    server = JupyterProcess(tmp_path)
    try:
        server.start()
        known = server.wait_for_run(kept.run_id, "completed")
        assert known["name"] == "kept"
        assert ids(server.get("runs")["runs"]) == {kept.run_id}
        for gone in (deleted, removed):
            with pytest.raises(HTTPError, match="404"):
                server.get(f"runs/{gone.run_id}")
        shutil.rmtree(beside.data.runs / kept.run_id)
        while server.get("runs")["runs"] and time.monotonic() < deadline + scaled(20):
            time.sleep(0.05)
        with pytest.raises(HTTPError, match="404"):
            server.get(f"runs/{kept.run_id}")
    finally:
        server.stop()
