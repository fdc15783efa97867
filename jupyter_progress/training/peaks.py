"""What a run is likely to hold in memory at its peak, by earlier runs of the same estimator.

Kept beside what their stages took. What an interpreter holds that has imported everything does not
grow with the data; the rest is taken to go with the cells. A run is refused by this only where each
of the earlier ones says so: the same class with the same parameters, on data that are not much
smaller.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ..store.layout import RunDirectory
from .capacity import WORKER_BYTES
from .cost_features import driving_params
from .plain_journal import lines_backwards
from .searching.kinds import search_in
from .timings_file import read_runs
from .workload import Workload, class_of, params_of

_RECENT: Final = 5
_LARGER: Final = 4.0  # how much more data than an earlier run's can be told of
# Importing takes this much at the most: what a run held beyond it was its data's and its model's.
_IMPORTED_BYTES: Final = 400 << 20


def peak_so_far(run: RunDirectory, after: Mapping[str, int]) -> int | None:
    """The most that the processes of an attempt have held by now, as its keeper has measured it.

    Parameters
    ----------
    after
        Where the journals stood when the attempt began.
    """
    for line in lines_backwards(run.journal("keeper")):
        if line["sequence"] <= after.get("keeper", 0):
            return None
        peak = (line["data"].get("resources") or {}).get("peak_memory")
        if isinstance(peak, int):
            return peak
    return None


def workload_of(estimator: Any, rows: int, columns: int) -> Workload:
    """What is known of a run before it is asked for: what fits, and how much data there are."""
    search = search_in(estimator)
    fitted = estimator if search is None else search.estimator
    return Workload(
        estimator=class_of(estimator),
        source="",
        cells=rows * columns,
        params=params_of(fitted),
        searched="" if search is None else class_of(fitted),
    )


def likely_peak(timings: Path, workload: Workload) -> int | None:
    """Bytes that a run needs by the least of what earlier ones did; None where none tells.

    Parameters
    ----------
    timings
        The data directory's ``timings.jsonl``.
    """
    found = [_scaled(run, workload) for run in read_runs(timings)]
    known = [peak for peak in found if peak is not None]
    return min(known[-_RECENT:], default=None)


def _scaled(run: Mapping[str, Any], workload: Workload) -> int | None:
    peak, cells = run.get("peak_memory"), run.get("cells")
    if not isinstance(peak, int) or not isinstance(cells, int) or not workload.cells or cells <= 0:
        return None
    named = {"class": workload.estimator, "searched": workload.searched}
    if any(run.get(key) != value for key, value in named.items()):
        return None
    if run.get("params") != driving_params(workload.params) or workload.cells > _LARGER * cells:
        return None
    beyond = max(0, peak - _IMPORTED_BYTES)
    return WORKER_BYTES + round(beyond * workload.cells / cells)
