"""What runs have held in memory is known to the next one like them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from jupyter_progress.core.requests import RunRequest, Split
from jupyter_progress.errors import DoesNotFit
from jupyter_progress.notebook.checks import Rows
from jupyter_progress.notebook.handover import upload_rows
from jupyter_progress.notebook.local_backend import LocalBackend
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.training.capacity import WORKER_BYTES, Room, check_memory
from jupyter_progress.training.peaks import likely_peak, workload_of
from jupyter_progress.training.timings import Timings
from jupyter_progress.training.timings_file import read_runs

from .hostile import Hostile
from .runs import start, upload, wait_for_end

GB = 1_000_000_000
FOREST = workload_of(RandomForestClassifier(50), 1000, 100)


def seen(path: Path, *peaks: int | None) -> Path:
    for peak in peaks:
        Timings(path).add(FOREST, {"train": 1.0}, peak_memory=peak)
    return path


def test_memory_goes_with_the_cells_and_by_the_least_of_the_last_runs(tmp_path: Path) -> None:
    path = seen(tmp_path / "timings.jsonl", 2 * GB, *[9 * GB, 7 * GB, None, 8 * GB, 9 * GB, 9 * GB])
    same, twice = likely_peak(path, FOREST), likely_peak(path, replace(FOREST, cells=200_000))
    assert same == 7 * GB - (400 << 20) + WORKER_BYTES
    assert twice == 2 * (7 * GB - (400 << 20)) + WORKER_BYTES


def test_only_runs_that_are_alike_tell_of_memory(tmp_path: Path) -> None:
    path = seen(tmp_path / "timings.jsonl", 9 * GB)
    for other in (
        workload_of(RandomForestClassifier(51), 1000, 100),
        workload_of(RandomForestClassifier(50, n_jobs=2), 1000, 100),
        workload_of(SVC(), 1000, 100),
        workload_of(GridSearchCV(RandomForestClassifier(50), {"max_depth": [1]}), 1000, 100),
        replace(FOREST, cells=400_001),
    ):
        assert likely_peak(path, other) is None, other
    # What an interpreter holds is no matter of the data: nothing small is made much of.
    assert likely_peak(seen(tmp_path / "small.jsonl", 300 << 20), FOREST) == WORKER_BYTES


def test_refusal_says_that_it_goes_by_earlier_runs() -> None:
    with pytest.raises(DoesNotFit, match=r"9\.00 GB of memory, going by earlier runs of this"):
        check_memory(0, 1, Room(4 * GB, 8 * GB), "X", 9 * GB)
    check_memory(0, 1, Room(10 * GB, 16 * GB), "X", 9 * GB)
    with pytest.raises(DoesNotFit, match="of memory; 4"):
        check_memory(9 * GB, 1, Room(4 * GB, 8 * GB), "X", GB)


def test_all_that_a_split_divides_is_counted(data_dir: DataDirectory) -> None:
    asked: list[Any] = []

    class Noting(LocalBackend):
        def check_fits(self, *given: Any) -> None:
            asked.append(given)
            super().check_fits(*given)

    backend = Noting(data_dir.path)
    request = RunRequest(dataset={"source": "upload"}, estimator={"upload": "0" * 32})
    rows = Rows(np.ones((1000, 100)), np.ones(1000))
    held_out = {"test": Rows(np.ones((500, 100)), np.ones(500))}
    upload_rows(backend, request, SVC(), rows, held_out, {"sample_weight": np.ones(1000)})
    backend.close()
    (_request, count, divided, workload) = asked[0]
    assert (count, workload.cells) == (1000, 100_000)
    assert 816_000 <= divided < 818_000


@pytest.mark.slow
def test_real_run_leaves_what_its_processes_have_held(data_dir: DataDirectory, scaled: Any) -> None:
    estimator = Hostile("hold")
    request = RunRequest(
        dataset={"source": "sklearn", "name": "iris"},
        estimator={"upload": upload(data_dir, estimator)},
        split=Split(),
    )
    state = wait_for_end(start(data_dir, request), scaled(60))
    assert state.status == "completed", state.error
    (kept,) = read_runs(data_dir.timings)
    assert 800_000_000 < kept["peak_memory"] < 1_600_000_000
    found = likely_peak(data_dir.timings, workload_of(estimator, 150, 4))
    assert found is not None
    with pytest.raises(DoesNotFit, match="going by earlier runs"):
        check_memory(4800, 1, Room(WORKER_BYTES + 100_000, GB), "X", found)
