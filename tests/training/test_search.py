"""A watched search gives what scikit-learn gives, to the last bit, and tells of every fold."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    KFold,
    RandomizedSearchCV,
    _search,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from jupyter_progress.training.searching.kinds import can_be_watched
from jupyter_progress.training.searching.spool import Spool, SpoolReader
from jupyter_progress.training.searching.watching import SearchWatch, StopsNothing, watched

from .runs import wait_until
from .search_estimators import CountedTree, fits_in

X, Y = load_iris(return_X_y=True)
TREE = DecisionTreeClassifier(random_state=0)
DEPTHS = {"max_depth": [1, 2, 3, 4], "min_samples_leaf": [1, 5]}
FAILS = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.FitFailedWarning",
    "ignore:One or more of the:UserWarning",
)


class Told:
    """What a watch has told."""

    def __init__(self) -> None:
        self.facts: list[tuple[str, dict[str, Any]]] = []
        self.reports: list[Any] = []
        self.warnings: list[str] = []

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The facts of one kind."""
        return [facts for found, facts in self.facts if found == kind]


class Asks(StopsNothing):
    """Asks what a test sets."""

    def __init__(self) -> None:
        self.skips: list[tuple[int | None, str]] = []

    def take_skips(self) -> list[tuple[int | None, str]]:
        taken, self.skips = self.skips, []
        return taken


def watch_of(
    search: Any, folder: Path, told: Told, asks: StopsNothing | None = None
) -> SearchWatch:
    return SearchWatch(
        search,
        folder / "search",
        tell=lambda kind, facts: told.facts.append((kind, facts)),
        report=told.reports.append,
        asked=asks or StopsNothing(),
        warn=told.warnings.append,
    )


def fit_watched(search: Any, folder: Path, asks: StopsNothing | None = None, **more: Any) -> Told:
    """Fit a search, watched."""
    told = Told()
    with watched(watch_of(search, folder, told, asks)):
        search.fit(X, Y, **more)
    return told


def check_same(found: Any, plain: Any) -> None:
    """Two fitted searches have the same results, attributes and best estimator."""
    assert vars(found).keys() == vars(plain).keys()
    assert found.cv_results_.keys() == plain.cv_results_.keys()
    for name, expected in plain.cv_results_.items():
        got = found.cv_results_[name]
        assert type(got) is type(expected), name
        if "time" in name:
            assert np.shape(got) == np.shape(expected)
            continue
        # Estimators among the parameters are equal to themselves alone.
        shown = repr if name.startswith("param") else lambda values: values
        np.testing.assert_equal(shown(list(got)), shown(list(expected)), err_msg=name)
    for name in ("best_index_", "best_score_", "multimetric_", "n_splits_"):
        np.testing.assert_equal(getattr(found, name, None), getattr(plain, name, None))
    assert repr(getattr(found, "best_params_", None)) == repr(getattr(plain, "best_params_", None))
    if plain.refit:
        left, right = (pickle.dumps(s.best_estimator_) for s in (found, plain))
        assert left == right


SEARCHES = {
    "grid": GridSearchCV(TREE, DEPTHS, cv=3, return_train_score=True),
    "grid-failing": GridSearchCV(
        CountedTree(fails_at=2), {"max_depth": [1, 2, 3]}, cv=3, error_score=-1.0
    ),
    "grid-failing-nan": GridSearchCV(
        CountedTree(fails_at=2), {"max_depth": [2, 3]}, cv=3, scoring={"a": "accuracy"}, refit="a"
    ),
    "grid-pipeline": GridSearchCV(
        make_pipeline(StandardScaler(), KNeighborsClassifier()),
        {"kneighborsclassifier": [KNeighborsClassifier(3), TREE]},
        cv=KFold(4, shuffle=True, random_state=2),
    ),
    "grid-many-metrics": GridSearchCV(
        TREE, DEPTHS, cv=3, scoring=["accuracy", "f1_macro"], refit="f1_macro"
    ),
    "grid-own-choice": GridSearchCV(
        TREE, DEPTHS, cv=3, scoring=["accuracy", "f1_macro"],
        refit=lambda results: int(np.argmin(results["mean_test_accuracy"])),
    ),
    "grid-no-refit": GridSearchCV(
        TREE, DEPTHS, cv=3, scoring=["accuracy", "f1_macro"], refit=False
    ),
    "grid-own-scores": GridSearchCV(
        TREE, DEPTHS, cv=3, refit="right",
        scoring=lambda est, rows, y: {
            "right": accuracy_score(y, est.predict(rows)), "rows": len(rows),
        },
    ),
    "randomized": RandomizedSearchCV(TREE, DEPTHS, n_iter=5, cv=3, random_state=1),
    "halving-grid": HalvingGridSearchCV(TREE, DEPTHS, cv=3, random_state=1, factor=2),
    "halving-random": HalvingRandomSearchCV(
        TREE, DEPTHS, cv=3, random_state=1, factor=2, n_candidates=6, aggressive_elimination=True,
        max_resources=60,
    ),
    "halving-depth": HalvingGridSearchCV(
        TREE, {"min_samples_leaf": [1, 3, 5, 9]}, cv=3, resource="max_depth", max_resources=4,
        factor=2,
    ),
}  # fmt: skip


# In processes of its own one search shows what all do; the others take their time.
BY_JOBS = [
    *((name, None) for name in SEARCHES),
    ("grid-many-metrics", 2),
    *(pytest.param(name, 2, marks=pytest.mark.slow) for name in SEARCHES if "many" not in name),
]


@FAILS
@pytest.mark.parametrize(("name", "n_jobs"), BY_JOBS)
def test_watched_search_is_the_plain_one(name: str, n_jobs: int | None, tmp_path: Path) -> None:
    from sklearn.base import clone

    search = clone(SEARCHES[name]).set_params(n_jobs=n_jobs)
    assert can_be_watched(search)
    told = fit_watched(search, tmp_path)
    plain = clone(SEARCHES[name]).set_params(n_jobs=n_jobs).fit(X, Y)
    check_same(search, plain)
    assert not told.warnings
    _check_facts(told, search)
    assert _search.delayed.__module__ == "sklearn.utils.parallel"


def _check_facts(told: Told, search: Any) -> None:
    """Every fold and candidate is told once, with scikit-learn's own numbers."""
    results = search.cv_results_
    named = search.refit if isinstance(search.refit, str) else None
    first = next(key for key in results if key.startswith("mean_test_")).removeprefix("mean_test_")
    metric = named or first
    folds, candidates = told.of("fold_completed"), told.of("candidate_completed")
    places = [(fact["candidate"], fact["fold"]) for fact in folds]
    rows, splits = len(results["params"]), search.n_splits_
    assert sorted(places) == [(c, f) for c in range(rows) for f in range(splits)]
    for fact in folds:
        score = results[f"split{fact['fold']}_test_{metric}"][fact["candidate"]]
        assert fact["score"] == (score if np.isfinite(score) else None)
        assert fact["fit_s"] >= 0
    assert [fact["step"] for fact in folds] == list(range(1, rows * splits + 1))
    assert folds[-1]["total_steps"] == rows * splits
    assert sorted(fact["candidate"] for fact in candidates) == list(range(rows))
    for fact in candidates:
        mean = results[f"mean_test_{metric}"][fact["candidate"]]
        assert fact["mean"] == (mean if np.isfinite(mean) else None)
    if not callable(search.refit) and f"rank_test_{metric}" in results and search.refit:
        best = [fact["candidate"] for fact in candidates if fact["best"]][-1]
        assert best == search.best_index_


KILLED = """
import sys
from pathlib import Path
from tests.training.test_search import X, Y, Told, counted_search, watch_of
from jupyter_progress.training.searching.watching import watched
search = counted_search(sys.argv[1], int(sys.argv[2]))
with watched(watch_of(search, Path(sys.argv[1]), Told())):
    search.fit(X, Y)
"""


def counted_search(folder: str | Path, n_jobs: int, wait_s: float = 0.1) -> GridSearchCV:
    """A search over six depths, nine tenths of a second or more, whose fits are counted."""
    counted = Path(folder, "fits")
    counted.mkdir(exist_ok=True)
    tree = CountedTree(folder=str(counted), wait_s=wait_s)
    return GridSearchCV(tree, {"max_depth": [1, 2, 3, 4, 5, 6]}, cv=3, n_jobs=n_jobs)


@pytest.mark.slow  # as a run, under a keeper, this is in test_search_runs
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_killed_search_does_not_fit_its_finished_folds_again(n_jobs: int, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), str(n_jobs)], cwd=root, start_new_session=True
    )
    counted = tmp_path / "fits"
    wait_until(lambda: counted.is_dir() and fits_in(counted) >= 8, 60, "the eighth fit")
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    begun = fits_in(counted)
    assert begun < 18
    search = counted_search(tmp_path, n_jobs)
    told = fit_watched(search, tmp_path)
    # What was in the making when it was killed is fitted again, and the best at last.
    assert fits_in(counted) - begun <= 18 - begun + n_jobs + 1
    assert [fact["step"] for fact in told.of("fold_completed")] == list(range(1, 19))
    check_same(search, counted_search(tmp_path, n_jobs, wait_s=0.1).fit(X, Y))


def test_folds_of_other_rows_or_parameters_are_fitted(tmp_path: Path) -> None:
    counted = tmp_path / "fits"
    for wait_s, seed, fits in ((0.0, 0, 19), (0.0, 0, 1), (0.001, 0, 19), (0.0, 1, 19)):
        before = fits_in(counted) if counted.exists() else 0
        search = counted_search(tmp_path, 1, wait_s)
        search.cv = KFold(3, shuffle=True, random_state=seed)
        fit_watched(search, tmp_path)
        assert fits_in(counted) - before == fits


class AsksOnce(Asks):
    """Stops a search, or gives up candidates, once a candidate is complete."""

    def __init__(self, told: Told, stops: bool = False, skips: tuple[int | None, ...] = ()) -> None:
        super().__init__()
        self._told, self._stops = told, stops
        self._skips: list[int | None] = list(skips)

    @property
    def to_stop(self) -> bool:
        return self._stops and bool(self._told.of("candidate_completed"))

    def take_skips(self) -> list[tuple[int | None, str]]:
        if not self._told.of("candidate_completed"):
            return []
        taken, self._skips = self._skips, []
        return [(number, "ada") for number in taken]


GIVEN_UP = pytest.mark.filterwarnings("ignore:One or more of the:UserWarning")


@GIVEN_UP
@pytest.mark.parametrize(
    ("name", "n_jobs"),
    [
        *((name, 1) for name in ("grid", "grid-own-choice", "grid-own-scores", "grid-no-refit")),
        ("halving-grid", 1),
        pytest.param("grid", 2, marks=pytest.mark.slow),
    ],
)
def test_stopped_search_keeps_the_best_of_what_is_whole(
    name: str, n_jobs: int, tmp_path: Path
) -> None:
    from sklearn.base import clone

    search = clone(SEARCHES[name])
    slow = CountedTree(wait_s=0.15)
    grid = {"max_depth": [3, 1, 2, 4, 5, 6, 7, 8]}
    search.set_params(estimator=slow, param_grid=grid, n_jobs=n_jobs)
    told = Told()
    watch = watch_of(search, tmp_path, told)
    watch.asked = AsksOnce(told, stops=True)
    begun = time.monotonic()
    with watched(watch):
        search.fit(X, Y)
    assert watch.is_stopped
    whole = [f["candidate"] for f in told.of("candidate_completed") if not f["skipped"]]
    assert 1 <= len(whole) < 8
    assert time.monotonic() - begun < 8 * 3 * 0.15 / n_jobs + 20  # and that on a busy machine
    if search.refit or not search.multimetric_:
        assert search.best_index_ in whole
    if search.refit:
        assert search.best_estimator_.max_depth == search.best_params_["max_depth"]
        assert search.predict(X[:3]).shape == (3,)
    metric = next(key for key in search.cv_results_ if key.startswith("mean_test_"))
    assert np.isfinite(search.cv_results_[metric][whole]).all()
    assert np.isnan(search.cv_results_[metric]).sum() == 8 - len(whole)


@GIVEN_UP
def test_skipped_candidate_is_given_up_in_mid_fold(tmp_path: Path) -> None:
    search = counted_search(tmp_path, 1, wait_s=0.12)
    told = Told()
    watch = watch_of(search, tmp_path, told)
    watch.asked = AsksOnce(told, skips=(None, 4, 0, 99))
    with watched(watch):
        search.fit(X, Y)
    done = {fact["candidate"]: fact for fact in told.of("candidate_completed")}
    assert sorted(n for n, fact in done.items() if fact["skipped"]) == [1, 4]
    assert np.flatnonzero(np.isnan(search.cv_results_["mean_test_score"])).tolist() == [1, 4]
    # Who is given up is told so at once, not when it would have been its turn.
    order = [fact["candidate"] for fact in told.of("candidate_completed")]
    assert order.index(4) < order.index(2)
    assert told.warnings == [
        "candidate 1 (max_depth=2) is given up, as ada asked",
        "candidate 4 (max_depth=5) is given up, as ada asked",
        "candidate 0 was over before it could be given up, as ada asked",
    ]
    assert fits_in(tmp_path / "fits") == 4 * 3 + 1 + 1  # one fold of candidate 1 had begun
    plain = GridSearchCV(search.estimator, {"max_depth": [1, 3, 4, 6]}, cv=3).fit(X, Y)
    assert search.best_params_ == plain.best_params_


def test_search_whose_folder_is_deleted_goes_on_and_is_told(tmp_path: Path) -> None:
    search = counted_search(tmp_path, 1, wait_s=0.02)
    told = Told()

    def delete(report: Any) -> None:
        shutil.rmtree(tmp_path / "search", ignore_errors=True)

    watch = watch_of(search, tmp_path, told)
    watch.report = delete
    with watched(watch):
        search.fit(X, Y)
    check_same(search, counted_search(tmp_path, 1, wait_s=0.02).fit(X, Y))
    assert len(told.of("fold_completed")) == 18
    assert len(told.of("candidate_completed")) == 6


def test_what_goes_wrong_in_telling_never_reaches_the_fit(tmp_path: Path) -> None:
    search = counted_search(tmp_path, 1, wait_s=0.0)
    told = Told()
    watch = watch_of(search, tmp_path, told)

    def fail(_kind: str, _facts: dict[str, Any]) -> None:
        raise OSError("no room")

    watch.tell = fail
    with watched(watch):
        search.fit(X, Y)
    check_same(search, counted_search(tmp_path, 1, wait_s=0.0).fit(X, Y))
    assert told.warnings == ["the search is not shown whole: OSError: no room"]


def test_another_search_at_the_same_time_is_left_alone(tmp_path: Path) -> None:
    other = GridSearchCV(TREE, DEPTHS, cv=3)

    def fit_other(_report: Any) -> None:
        if not hasattr(other, "cv_results_"):
            other.fit(X, Y)

    search, told = counted_search(tmp_path, 1, wait_s=0.02), Told()
    watch = watch_of(search, tmp_path, told)
    watch.report = fit_other
    with watched(watch):
        search.fit(X, Y)
    check_same(other, GridSearchCV(TREE, DEPTHS, cv=3).fit(X, Y))
    assert len(told.of("fold_completed")) == 18


def test_noting_a_fold_costs_less_than_a_millisecond(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    result = {"fit_error": None, "test_scores": 0.5, "n_test_samples": 50, "fit_time": 0.1}
    line = {"key": "k" * 20, "candidate": 3, "fold": 1, "result": result}
    spool.append(line)  # makes the file
    begun_s = time.process_time()
    for _ in range(1000):
        spool.is_given_up(3)
        spool.append(line)
    assert (time.process_time() - begun_s) / 1000 < 0.001
    assert len(SpoolReader(tmp_path).poll()) == 1001


def test_line_that_was_cut_short_loses_only_itself(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append({"key": "a"})
    [path] = tmp_path.glob("*.jsonl")
    with path.open("ab") as file:
        file.write(b'\n{"key": "b", "resu')
    reader = SpoolReader(tmp_path)
    assert reader.poll() == [{"key": "a"}]
    spool.append({"key": "c"})
    assert reader.poll() == [{"key": "c"}]
