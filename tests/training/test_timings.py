"""What stages are expected to take, from lines of earlier runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_progress.models.parts import PARTS_LIMIT
from jupyter_progress.training.timings import Timings
from jupyter_progress.training.workload import Workload

FOREST = Workload(
    estimator="sklearn.RandomForestClassifier",
    source="sklearn:digits",
    cells=115_008,
    members=300,
    parts=2_100,
)
MANY = PARTS_LIMIT + 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "timings.jsonl"


def seen(path: Path, workload: Workload, **stages: float) -> Timings:
    Timings(path).add(workload, stages)
    return Timings(path)


def test_training_goes_with_cells_and_members(path: Path) -> None:
    timings = seen(path, FOREST, train=2.0)
    assert timings.estimate("train", replace(FOREST, cells=2 * 115_008, members=600)) == 8.0


def test_model_that_will_be_pickled_is_not_expected_to_take_what_skops_took(path: Path) -> None:
    timings = seen(path, FOREST, save_model=2.0)
    large = timings.estimate("save_model", replace(FOREST, members=2_500, parts=MANY))
    assert large is not None
    assert 0.3 < large < 1.4  # it took 0.7 s; 2,500 trees by skops would take 17 s


def test_plan_made_before_the_fit_tells_from_the_members_how_a_model_will_be_saved(
    path: Path,
) -> None:
    timings = seen(path, FOREST, save_model=2.0)
    assert timings.estimate("save_model", replace(FOREST, members=600, parts=None)) == 4.0
    large = timings.estimate("save_model", replace(FOREST, members=2_500, parts=None))
    assert large is not None
    assert large < 1.4


def test_model_that_skops_will_hold_is_expected_to_take_longer_than_its_pickle(path: Path) -> None:
    timings = seen(path, replace(FOREST, members=2_500, parts=MANY), save_model=0.7)
    small = timings.estimate("save_model", FOREST)
    assert small is not None
    assert 1.0 < small < 4.0


def test_runs_saved_in_the_same_way_count_alone(path: Path) -> None:
    for _ in range(3):
        seen(path, FOREST, save_model=9.0)
    timings = seen(path, replace(FOREST, members=2_500, parts=MANY), save_model=0.7)
    assert timings.estimate("save_model", replace(FOREST, members=2_500, parts=MANY)) == 0.7


def test_skops_takes_as_long_as_there_are_objects_however_much_data_there_was(path: Path) -> None:
    timings = seen(path, FOREST, save_model=2.0)
    assert timings.estimate("save_model", replace(FOREST, cells=100 * 115_008)) == 2.0


def test_run_of_which_it_is_not_known_how_it_was_saved_tells_nothing_of_saving(path: Path) -> None:
    timings = seen(path, replace(FOREST, parts=None), save_model=20.0)
    assert timings.estimate("save_model", FOREST) == 0.5
