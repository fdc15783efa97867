"""What stages took in earlier runs, and what they are likely to take in this one.

``train`` goes by what fits of the same class cost (``costs``): those of the same data and of near
parameters tell the most, and each fold of an earlier search is such a fit. Where a run of the same
class on data of a known size was seen, another stage is expected to take the same time per cell of
data. ``save_model`` goes by how many objects the model is made of, for that decides how it is
saved, and takes thirty times as long for each where it is not pickled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from ..core.stages import PIPELINE, PlannedStage
from ..models.parts import PARTS_LIMIT, SKOPS_TO_PICKLE
from .cost_features import driving_params
from .costs import Fit, expect
from .timings_file import append_run, read_runs
from .workload import Workload

_RECENT = 5
_FITS_KEPT = 48  # of one search
_FIXED = ("initialize",)  # takes what it takes, however large the data
_BY_CLASS = ("preprocess", "train", "evaluate", "save_model")  # others depend on the data alone
_NINE_IN_TEN = 1.645
_USUAL_ERROR = 0.3  # of a stage's logarithm, before runs have shown it; counts as two of them
_ERROR_OF_SCALE = 0.25  # what a tenfold size adds, by half


@dataclass(frozen=True)
class Expected:
    """What something is likely to take, and what it takes nine times in ten; seconds."""

    seconds: float
    low: float
    high: float

    @classmethod
    def within(cls, seconds: float, error: float) -> Expected:
        """By a standard deviation of the logarithm."""
        factor = math.exp(_NINE_IN_TEN * error)
        return cls(round(seconds, 3), round(seconds / factor, 3), round(seconds * factor, 3))


@dataclass(frozen=True)
class _Seen:
    """What an earlier run lets a stage of this one take; not alike where it was saved otherwise."""

    seconds: float
    factor: float = 1.0
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
        self._runs = read_runs(path)

    def estimate(self, stage: str, workload: Workload) -> float | None:
        """Seconds that a stage is likely to take, or None where nothing like it was seen."""
        expected = self.expected(stage, workload)
        if expected is not None:
            return expected.seconds
        return next((planned.estimated_s for planned in PIPELINE if planned.id == stage), None)

    def expected(self, stage: str, workload: Workload) -> Expected | None:
        """What a stage is likely to take, by earlier runs; None where none tells."""
        if stage == "train" and workload.rows and not workload.is_search:
            learned = self._by_cost(workload)
            if learned is not None:
                return learned
        scaled = _saving if stage == "save_model" else _scaled
        found = [seen for run in self._runs if (seen := scaled(run, stage, workload)) is not None]
        # Where runs of this very kind were seen, nothing that has to be converted counts.
        found = [seen for seen in found if seen.is_alike] or found
        return _middle_of(found[-_RECENT:]) if found else None

    def fits(self, estimator: str) -> list[Fit]:
        """All fits of a class that earlier runs have told of, the oldest first."""
        return [fit for run in self._runs for fit in _fits_of(run, estimator)]

    def plan(self, workload: Workload) -> list[PlannedStage]:
        """The eight stages, each with its estimate."""
        return [
            PlannedStage(id=stage.id, title=stage.title, **self.told(stage.id, workload))
            for stage in PIPELINE
        ]

    def known(self, stages: Sequence[str], workload: Workload) -> dict[str, list[float]]:
        """What earlier runs tell of some stages: ``{stage: [seconds, low, high]}``."""
        found = {stage: self.expected(stage, workload) for stage in stages}
        return {
            stage: [each.seconds, each.low, each.high]
            for stage, each in found.items()
            if each is not None
        }

    def told(self, stage: str, workload: Workload) -> dict[str, Any]:
        """The estimate as events tell it: ``estimated_s`` and ``estimated_range``."""
        expected = self.expected(stage, workload)
        if expected is None:
            usual = next((planned for planned in PIPELINE if planned.id == stage), None)
            seconds, between = (usual.estimated_s, usual.estimated_range) if usual else (None, None)
            return {"estimated_s": seconds, "estimated_range": between}
        between = [expected.low, expected.high]
        return {"estimated_s": expected.seconds, "estimated_range": between}

    def add(
        self,
        workload: Workload,
        stages: dict[str, float],
        fits: Sequence[Fit] = (),
        peak_memory: int | None = None,
    ) -> None:
        """Keep what a completed run's stages took, the fits of its search, and its memory."""
        every = max(1, math.ceil(len(fits) / _FITS_KEPT))
        run = {
            "class": workload.estimator,
            "source": workload.source,
            "cells": workload.cells,
            "rows": workload.rows,
            "columns": workload.columns,
            "members": workload.members,
            "parts": workload.parts,
            "params": driving_params(workload.params),
            "searched": workload.searched,
            "fits": [
                [fit.params, fit.rows, round(fit.seconds, 5), fit.weight] for fit in fits[::every]
            ],
            "stages": stages,
            "peak_memory": peak_memory,
        }
        append_run(self._path, run)

    def _by_cost(self, workload: Workload) -> Expected | None:
        known = self.fits(workload.estimator)
        if not known:
            return None
        known.sort(key=lambda fit: fit.source == workload.source)  # the same data last: it counts
        coming = Fit(
            driving_params(workload.params),
            workload.rows or 1,
            workload.columns or 1,
            workload.source,
        )
        costs = expect(known, [coming], workload.estimator)
        error = math.sqrt(max(0.0, costs.covariance[0, 0]) + costs.noise**2)
        return Expected.within(math.exp(costs.mean[0]), error)


def _fits_of(run: dict[str, Any], estimator: str) -> list[Fit]:
    """The fits of a class that a run tells of: its search's, or its own."""
    try:
        columns, source = float(run["columns"]), str(run["source"])
        rows, params, name = float(run["rows"]), dict(run["params"]), f"{id(run)}"
        if run.get("searched"):
            if run["searched"] != estimator:
                return []
            return [
                Fit(
                    {**params, **own}, float(size), columns, source, name, at, float(took), float(n)
                )
                for at, (own, size, took, n) in enumerate(run["fits"])
                if took > 0 and n > 0
            ]
        took = float(run["stages"]["train"])
        if run["class"] != estimator or took <= 0:
            return []
        return [Fit(params, rows, columns, source, name, seconds=took)]
    except (KeyError, TypeError, ValueError):
        return []  # of an older version, or of somebody's own making


def _middle_of(found: list[_Seen]) -> Expected:
    """The middle of what runs tell, and how far they are apart."""
    middle = median(seen.seconds for seen in found)
    if middle <= 0:
        return Expected(0.0, 0.0, 0.0)
    off = [math.log(max(seen.seconds, 1e-4) / max(middle, 1e-4)) for seen in found]
    spread = (2 * _USUAL_ERROR**2 + sum(each * each for each in off)) / (2 + len(found))
    nearest = min(abs(math.log(max(seen.factor, 1e-9))) for seen in found)
    error = math.sqrt(spread * (1 + 1 / len(found))) + _ERROR_OF_SCALE * nearest / math.log(10)
    return Expected.within(middle, error)


def _scaled(run: dict[str, Any], stage: str, workload: Workload) -> _Seen | None:
    seconds = run["stages"].get(stage)
    if not isinstance(seconds, int | float):
        return None
    if stage in _FIXED:
        return _Seen(float(seconds))
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
    return _Seen(seconds * factor, factor)


def _saving(run: dict[str, Any], stage: str, workload: Workload) -> _Seen | None:
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
        return _Seen(as_pickle.seconds * more, more)
    if was_pickled:
        return _Seen(seconds * more * SKOPS_TO_PICKLE, more, is_alike=False)
    if is_pickled:
        return _Seen(seconds * more / SKOPS_TO_PICKLE, more, is_alike=False)
    # skops' time goes with the objects, be they large or small.
    times = more if workload.parts is None else workload.parts / before
    return _Seen(seconds * times, times)


def _times_members(run: dict[str, Any], workload: Workload) -> float:
    before = run.get("members")
    return (workload.members or before) / before if before else 1.0
