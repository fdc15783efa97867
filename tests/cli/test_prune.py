"""``jupyter progress prune``: what it would remove, what it removes, and whose limits it holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_progress.cli.prune import size_text
from jupyter_progress.models.registry import Registry
from jupyter_progress.store.layout import DATA_DIR_VARIABLE, DataDirectory, RunDirectory
from jupyter_progress.tracking.run import Run

from .conftest import Runs

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def own_runs(command: Command, own_data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three runs that have ended, in a data directory of their own."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(own_data_dir))
    made = []
    for n in range(3):
        with Run(f"loop {n}", display=False) as run:
            run.log(loss=0.5)
        made.append(run.run_id)
    return made


def test_nothing_goes_with_the_defaults(command: Command, own_runs: list[str]) -> None:
    assert command("prune") == (0, "Nothing is beyond the limits.\n", "")


def test_dry_run_tells_what_a_real_one_then_removes(
    command: Command, own_runs: list[str], own_data_dir: Path
) -> None:
    _, told, _ = command("prune", "--max-runs", "1", "--dry-run", "--json")
    planned = json.loads(told)
    assert planned["dry_run"] is True
    assert [removal["id"] for removal in planned["removed"]] == own_runs[:2]
    assert planned["size_bytes"] == sum(r["size_bytes"] for r in planned["removed"]) > 0
    assert DataDirectory(own_data_dir).run_ids() == own_runs
    _, told, _ = command("prune", "--max-runs", "1", "--dry-run")
    assert told.splitlines()[0].startswith(f"run {own_runs[0]} (loop 0): ")
    assert told.splitlines()[-1].startswith("would free ")
    status, told, _ = command("prune", "--max-runs", "1")
    assert (status, told.splitlines()[-1][:6]) == (0, "freed ")
    assert DataDirectory(own_data_dir).run_ids() == own_runs[2:]
    _, told, _ = command("runs", "--json")
    assert [run["run_id"] for run in json.loads(told)["runs"]] == own_runs[2:]


def test_limits_are_those_of_the_configuration(
    command: Command, own_runs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    config = tmp_path / "jupyter_server_config.json"
    config.write_text(json.dumps({"JupyterProgress": {"max_runs": 2}}))
    _, told, _ = command("prune", "--dry-run", "--json")
    assert [removal["id"] for removal in json.loads(told)["removed"]] == own_runs[:1]
    _, told, _ = command("prune", "--dry-run", "--json", "--max-runs", "0")
    assert json.loads(told)["removed"] == []


@pytest.mark.slow
def test_run_whose_model_is_in_service_stays(
    command: Command, runs: Runs, finished: RunDirectory, failed: RunDirectory
) -> None:
    registry = Registry(runs.data.models, runs.data.key())
    version = registry.register(
        "kept", finished.path, run_id=finished.run_id, result=None, time="2026-01-01T00:00:00Z"
    )
    registry.deploy("kept", version, "2026-01-01T00:00:00Z")
    _, told, _ = command("prune", "--max-bytes", "1", "--dry-run", "--json")
    ids = {removal["id"] for removal in json.loads(told)["removed"]}
    assert failed.run_id in ids
    assert finished.run_id not in ids


@pytest.mark.parametrize("words", ["--max-runs=-1", "--keep-days=nan", "--max-bytes=1e9"])
def test_limits_that_cannot_be_right_are_refused(command: Command, words: str) -> None:
    status, _, told = command("prune", words)
    assert status == 2
    assert "of at least 0" in told


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (3_565_158, "3.4 MiB"), (5 << 50, "5120.0 TiB")],
)
def test_sizes_are_told_in_units(size_bytes: int, text: str) -> None:
    assert size_text(size_bytes) == text
