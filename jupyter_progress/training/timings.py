"""What stages took in earlier runs, and what they are likely to take in this one.

One line for each completed run, in ``timings.jsonl`` of the data directory. Where a run of the
same class on data of a known size was seen, a stage is expected to take the same time per cell of
data, and ``train`` the same time per cell and member.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from ..core.stages import PIPELINE, PlannedStage
from .workload import Workload

_RECENT = 5
_READ_BYTES = 1 << 20
_KEEP_BYTES = 4 << 20
_FIXED = ("initialize",)  # takes what it takes, however large the data
_BY_CLASS = ("preprocess", "train", "evaluate", "save_model")  # others depend on the data alone


class Timings:
    """The earlier runs' stage times.

    Parameters
    ----------
    path
        ``timings.jsonl``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._runs = _read(path)

    def estimate(self, stage: str, workload: Workload) -> float | None:
        """Seconds that a stage is likely to take, or None where nothing like it was seen."""
        found = [
            seconds for run in self._runs if (seconds := _scaled(run, stage, workload)) is not None
        ]
        if found:
            return round(median(found[-_RECENT:]), 3)
        return next((planned.estimated_s for planned in PIPELINE if planned.id == stage), None)

    def plan(self, workload: Workload) -> list[PlannedStage]:
        """The eight stages, each with its estimate."""
        return [
            PlannedStage(
                id=stage.id, title=stage.title, estimated_s=self.estimate(stage.id, workload)
            )
            for stage in PIPELINE
        ]

    def add(self, workload: Workload, stages: dict[str, float]) -> None:
        """Keep what a completed run's stages took."""
        run = {
            "class": workload.estimator,
            "source": workload.source,
            "cells": workload.cells,
            "members": workload.members,
            "stages": stages,
        }
        line = json.dumps(run, separators=(",", ":")).encode() + b"\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)  # one write: lines of two runs do not mix
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
        if size > _KEEP_BYTES:
            self._drop_older()

    def _drop_older(self) -> None:
        kept = self._path.read_bytes()[-_READ_BYTES:]
        waiting = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        waiting.write_bytes(kept[kept.find(b"\n") + 1 :])
        waiting.replace(self._path)


def _scaled(run: dict[str, Any], stage: str, workload: Workload) -> float | None:
    seconds = run["stages"].get(stage)
    if not isinstance(seconds, int | float):
        return None
    if stage in _FIXED:
        return float(seconds)
    if stage in _BY_CLASS and run.get("class") != workload.estimator:
        return None
    if workload.cells is None:
        # The data are not loaded yet: only the same data tell anything.
        factor = 1.0 if run.get("source") == workload.source else None
    else:
        factor = workload.cells / run["cells"] if run.get("cells") else None
    if factor is None:
        return None
    before = run.get("members")
    if before and stage in ("train", "save_model", "evaluate"):
        factor *= (workload.members or before) / before
    return float(seconds) * factor


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _READ_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return []
    return list(_parsed(lines))


def _parsed(lines: Iterable[bytes]) -> Iterable[dict[str, Any]]:
    for line in lines:
        try:
            run = json.loads(line)
        except ValueError:
            continue  # the torn first line of what was read, or a damaged one
        if isinstance(run, dict) and isinstance(run.get("stages"), dict):
            yield run
