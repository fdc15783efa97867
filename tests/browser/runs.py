"""Runs for the screens, started as any program starts them: by REST, on real rows."""

from __future__ import annotations

import json
import urllib.error
from pathlib import Path
from typing import Any

from ..jupyter_process import JupyterProcess

GOING_ON = ("queued", "running", "stopping")
LONG, SHORT = 30_000, 40


def start_run(server: JupyterProcess, name: str, trees: int = SHORT, **more: Any) -> str:
    """Train gradient boosting on the digits; the run's id."""
    params = {
        "n_estimators": trees, "max_features": "sqrt", "subsample": 0.5, "random_state": 0
    }  # fmt: skip
    wanted = {
        "name": name,
        "dataset": {"source": "sklearn", "name": "digits"},
        "estimator": {
            "class": "sklearn.ensemble.GradientBoostingClassifier",
            "params": params,
        },
    }
    try:
        run_id: str = server.ask("POST", "runs", {**wanted, **more})["run_id"]
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode()) from error
    return run_id


def worker(server: JupyterProcess, run_id: str) -> int:
    """The process that trains a run."""
    file = Path(server.data_dir) / "runs" / run_id / "worker.json"
    return int(json.loads(file.read_text())["pid"])


def end_all_runs(server: JupyterProcess) -> None:
    """Cancel what still goes on."""
    for run in server.get("status")["runs"]:
        if run["status"] in GOING_ON:
            server.ask("POST", f"runs/{run['run_id']}/cancel")
            server.wait_for_run(run["run_id"], "cancelled", "completed", "failed")
