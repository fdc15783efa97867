"""Where a run is said to have stalled: in a stage of its own attempt."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_progress.training.plain_journal import PlainJournal
from jupyter_progress.training.stall_report import StallReport

from .runs import digits, submit


@pytest.fixture
def idle_pid() -> Iterator[int]:
    with subprocess.Popen(["sleep", "600"]) as idle:
        yield idle.pid
        idle.kill()


@pytest.mark.parametrize(
    ("after", "stage"), [({}, "train"), ({"worker-1": 1}, None), ({"worker-1": 0}, "train")]
)
def test_attempt_that_stalls_before_its_first_stage_is_in_no_stage_of_an_earlier_one(
    data_dir, idle_pid: int, after: dict[str, int], stage: str | None
) -> None:
    run = submit(data_dir, digits())
    worker = PlainJournal(run.journal("worker-1"))
    worker.append("stage_started", {"stage": "train"})
    worker.close()
    told: list[tuple[str, dict[str, Any]]] = []
    report = StallReport(run, lambda *event: told.append(event), 0.0, 5.0, after)
    for now_s in (1.0, 2.0, 60.0):
        report.look(now_s, idle_pid, cpu=0.0, printed_bytes=0)
    ((kind, facts),) = told
    assert kind == "training_stalled"
    assert facts["stage"] == stage
