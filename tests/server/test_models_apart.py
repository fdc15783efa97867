"""A model that runs code when it is opened: by whom it is opened, and by whom never."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.store.layout import DataDirectory

from ..jupyter_process import SCALE, JupyterProcess
from ..training.hostile import Traced
from ..training.runs import upload


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path / "jupyter").start()
    yield process
    process.stop()


@pytest.mark.slow
@pytest.mark.timeout(120 * SCALE)
def test_server_opens_no_model_and_no_estimator_whatever_is_asked(
    server: JupyterProcess, tmp_path: Path
) -> None:
    trace = tmp_path / "opened-by"
    spec = {"upload": upload(DataDirectory(server.data_dir), Traced("nothing", str(trace)))}
    asked: dict[str, Any] = {"dataset": {"source": "sklearn", "name": "iris"}, "estimator": spec}
    run_id = server.ask("POST", "runs", {**asked, "register_as": "m"})["run_id"]
    assert server.wait_for_run(run_id, "completed", "failed")["status"] == "completed"
    server.ask("POST", "models/m/deploy", {"version": 1})
    told = server.ask("POST", "models/m/predict", {"rows": [[1.0, 2.0, 3.0, 4.0]]})
    assert len(told["predictions"]) == 1
    for path in ("status", "models", "models/m", f"runs/{run_id}", f"runs/{run_id}/output"):
        server.get(path)
    opened_by = {int(line) for line in trace.read_text().split()}
    assert server.process is not None
    assert len(opened_by) >= 2  # the worker, and what serves
    assert server.process.pid not in opened_by
    manifest = (server.data_dir / "runs" / run_id / "model" / "manifest.json").read_text()
    assert '"cloudpickle"' in manifest
