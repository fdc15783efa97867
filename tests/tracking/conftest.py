"""Runs of this process's own code, and what they leave on disk."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_progress.core.events import JournalLine
from jupyter_progress.store.journal import read_journal
from jupyter_progress.store.layout import DataDirectory, RunDirectory


@pytest.fixture
def data(own_data_dir: Path) -> DataDirectory:
    return DataDirectory(own_data_dir).ensure()


def only_run(data: DataDirectory) -> RunDirectory:
    """The one run that there is."""
    (run_id,) = data.run_ids()
    return data.run(run_id)


def lines_of(directory: RunDirectory, prefix: str = "kernel-") -> list[JournalLine]:
    """All lines of the journals whose writer begins so."""
    lines: list[JournalLine] = []
    for path in sorted(directory.journals.glob(f"{prefix}*.jsonl")):
        part = read_journal(path)
        assert part.damaged == []
        lines += part.lines
    return lines


def facts_of(directory: RunDirectory, event_type: str, prefix: str = "kernel-") -> list[dict]:
    """What the events of a type say."""
    return [line.data for line in lines_of(directory, prefix) if line.type == event_type]


def types_of(directory: RunDirectory) -> list[str]:
    """The durable types in order, without the feed's."""
    volatile = ("training_progress", "metrics_appended", "activity_update")
    return [line.type for line in lines_of(directory) if line.type not in volatile]


def series_of(directory: RunDirectory, prefix: str = "kernel-") -> dict[str, list]:
    """All points of each series."""
    series: dict[str, list] = {}
    for facts in facts_of(directory, "metrics_appended", prefix):
        for name, points in facts["series"].items():
            series.setdefault(name, []).extend(points)
    return series


def wait_until(is_so: Callable[[], bool], timeout_s: float) -> None:
    """Wait for something."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {timeout_s} s")
        time.sleep(0.005)
