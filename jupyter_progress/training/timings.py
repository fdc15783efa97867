"""What stages took in earlier runs, and what they are likely to take in this one.

One line for each completed run, in ``timings.jsonl`` of the data directory. Where a run of the
same class on data of a known size was seen, a stage is expected to take the same time per cell of
data, and ``train`` the same time per cell and member. ``save_model`` goes by how many objects the
model is made of, for that decides how it is saved, and takes thirty times as long for each where it
is not pickled.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from ..core.stages import PIPELINE, PlannedStage
from ..models.parts import PARTS_LIMIT, SKOPS_TO_PICKLE
from .workload import Workload

_RECENT = 5
_READ_BYTES = 1 << 20
_KEEP_BYTES = 4 << 20
_FIXED = ("initialize",)  # takes what it takes, however large the data
_BY_CLASS = ("preprocess", "train", "evaluate", "save_model")  # others depend on the data alone


@dataclass(frozen=True)
class _Expected:
    """What an earlier run lets a stage of this one take; not alike where it was saved otherwise."""

    seconds: float
    is_alike: bool = True


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
        scaled = _saving if stage == "save_model" else _scaled
        found = [known for run in self._runs if (known := scaled(run, stage, workload)) is not None]
        # Where runs of this very kind were seen, nothing that has to be converted counts.
        found = [known for known in found if known.is_alike] or found
        if found:
            return round(median(known.seconds for known in found[-_RECENT:]), 3)
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
            "parts": workload.parts,
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


def _scaled(run: dict[str, Any], stage: str, workload: Workload) -> _Expected | None:
    seconds = run["stages"].get(stage)
    if not isinstance(seconds, int | float):
        return None
    if stage in _FIXED:
        return _Expected(float(seconds))
    if stage in _BY_CLASS and run.get("class") != workload.estimator:
        return None
    if workload.cells is None:
        # The data are not loaded yet: only the same data tell anything.
        factor = 1.0 if run.get("source") == workload.source else None
    else:
        factor = workload.cells / run["cells"] if run.get("cells") else None
    if factor is None:
        return None
    if stage in ("train", "evaluate"):
        factor *= _times_members(run, workload)
    return _Expected(seconds * factor)


def _saving(run: dict[str, Any], stage: str, workload: Workload) -> _Expected | None:
    """What saving takes, from a run of which it is known how its model was saved."""
    before = run.get("parts")
    if not isinstance(before, int) or before <= 0:
        return None
    as_pickle = _scaled(run, stage, workload)
    if as_pickle is None:
        return None
    more = _times_members(run, workload)
    seconds = float(run["stages"][stage])
    was_pickled = before > PARTS_LIMIT
    if workload.parts is None:
        # A model beyond the limit was not counted to its end: a smaller one may be beyond it too.
        is_pickled = before * more > PARTS_LIMIT or was_pickled
    else:
        is_pickled = workload.parts > PARTS_LIMIT
    if was_pickled and is_pickled:
        return _Expected(as_pickle.seconds * more)
    if was_pickled:
        return _Expected(seconds * more * SKOPS_TO_PICKLE, is_alike=False)
    if is_pickled:
        return _Expected(seconds * more / SKOPS_TO_PICKLE, is_alike=False)
    # skops' time goes with the objects, be they large or small.
    return _Expected(seconds * (more if workload.parts is None else workload.parts / before))


def _times_members(run: dict[str, Any], workload: Workload) -> float:
    before = run.get("members")
    return (workload.members or before) / before if before else 1.0


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
