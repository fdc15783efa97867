"""A process that is killed between any two steps leaves a log from which the next one goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.store.journal import tell

from .bench import Bench


def journals(bench: Bench) -> None:
    """A finished run, a failed one of two writers, a deleted one, and one that goes on."""
    bench.whole_run(steps=40)
    failed = bench.run()
    worker = bench.begin(failed, bench.queue(failed))
    worker.append("stage_started", {"stage": "train"}, flush=True)
    error = {"type": "SIGKILL", "message": "killed"}
    keeper = bench.writer(failed, "keeper")
    follows = {"worker-1": worker.last_sequence}
    keeper.append("training_failed", {"error": error}, follows=follows, flush=True)
    deleted = bench.whole_run(steps=3)
    tell(bench.server(0), "server-0", "run_deleted", {}, "digits", run_id=deleted.run_id)
    going_on = bench.run()
    bench.train(bench.begin(going_on, bench.queue(going_on)))
    bench.close()


def kill_at(folder: Path, first: int, stride: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.store.kills", str(folder), str(first), str(stride)]
    root = Path(__file__).parent.parent.parent
    ran = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_killed_between_steps_the_next_process_goes_on(bench: Bench, tmp_path: Path) -> None:
    journals(bench)
    found = kill_at(tmp_path, 37, 311)
    assert found["wrong"] == []
    assert found["kills"] > 8


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_between_nearly_any_two_steps(bench: Bench, tmp_path: Path) -> None:
    journals(bench)
    found = kill_at(tmp_path, 1, 31)
    assert found["wrong"] == []
    assert found["kills"] > 60
