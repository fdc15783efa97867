"""What stages are expected to take, from lines of earlier runs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_progress.models.parts import PARTS_LIMIT
from jupyter_progress.training.costs import Fit
from jupyter_progress.training.timings import Timings
from jupyter_progress.training.timings_file import append_run, read_runs
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


SVC = Workload(
    estimator="sklearn.SVC", source="here", cells=60_000, rows=3_000, columns=20, params={"C": 1.0}
)


def test_fit_of_one_call_is_told_by_fits_like_it(path: Path) -> None:
    for C, took in ((0.1, 2.0), (1.0, 2.2), (10.0, 3.0)):
        timings = seen(path, replace(SVC, params={"C": C}), train=took)
    found = timings.expected("train", replace(SVC, params={"C": 3.0}))
    assert found is not None
    assert found.low < 2.6 < found.high < 10.0
    assert 2.0 < found.seconds < 3.5


def test_fit_on_twice_the_rows_is_expected_to_take_longer_and_is_less_sure(path: Path) -> None:
    timings = seen(path, SVC, train=2.0)
    alike, larger = (timings.expected("train", replace(SVC, rows=rows)) for rows in (3_000, 12_000))
    assert alike is not None
    assert larger is not None
    assert larger.seconds > 3 * alike.seconds
    assert larger.high / larger.low > alike.high / alike.low


def test_folds_of_a_search_tell_of_a_fit_on_its_own(path: Path) -> None:
    fits = [Fit({"C": C}, 2_000, 20, seconds=1.0 + C / 10) for C in (0.1, 1.0, 10.0)]
    search = replace(SVC, estimator="sklearn.GridSearchCV(sklearn.SVC)", searched="sklearn.SVC")
    Timings(path).add(search, {"train": 9.0}, fits)
    found = Timings(path).expected("train", replace(SVC, rows=2_000))
    assert found is not None
    assert found.seconds == pytest.approx(1.1, rel=0.3)


def test_of_a_large_search_a_bounded_number_of_fits_is_kept(path: Path) -> None:
    fits = [Fit({"C": 1.0 + at}, 2_000, 20, seconds=1.0) for at in range(1_000)]
    search = replace(SVC, searched="sklearn.SVC")
    Timings(path).add(search, {"train": 9.0}, fits)
    assert 20 < len(Timings(path).fits("sklearn.SVC")) <= 48
    assert path.stat().st_size < 6_000


def test_damaged_lines_are_set_aside_with_a_word_and_the_others_kept(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen(path, FOREST, train=2.0)
    with path.open("ab") as file:
        file.write(b'{"class":"sklearn.Rand\n\xff\xfe\x00 nothing\n[1,2]\n')
    seen(path, FOREST, train=4.0)
    capsys.readouterr()
    assert Timings(path).estimate("train", FOREST) == 3.0
    aside = path.with_name("timings.damaged.jsonl")
    assert len(aside.read_bytes().splitlines()) == 3
    assert Timings(path).estimate("train", FOREST) == 3.0
    assert capsys.readouterr().err == ""  # said once, by the first that saw it


def test_damage_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(b"nothing that was ever written here\n")
    assert Timings(path).estimate("train", FOREST) is None
    assert "timings.damaged.jsonl" in capsys.readouterr().err


def test_two_writers_at_once_lose_no_run(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from jupyter_progress.training.timings_file import append_run\n"
        "for at in range(200): append_run(Path(sys.argv[1]), {'who': sys.argv[2], 'stages': {}})\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in ("a", "b")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert len(read_runs(path)) == 400


def test_file_does_not_grow_without_bound(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_progress.training.timings_file.KEEP_BYTES", 20_000)
    monkeypatch.setattr("jupyter_progress.training.timings_file.READ_BYTES", 5_000)
    for took in range(400):
        append_run(path, {"class": "a", "stages": {"train": float(took)}})
    assert path.stat().st_size <= 20_000
    assert read_runs(path)[-1]["stages"]["train"] == 399.0
