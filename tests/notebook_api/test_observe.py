"""``jp.observe``: a plain fit in this process is shown, and stays what it is."""

from __future__ import annotations

import copy
import pickle
import re
import threading
import time
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
import xgboost
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_classifier
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

import jupyter_progress as jp
from jupyter_progress.errors import InvalidRequest, RunCancelled
from jupyter_progress.store.control import append_control
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.training.fitting.boosting import Margins
from tests.tracking.conftest import facts_of, only_run, series_of, wait_until
from tests.training.conftest import one_thread  # noqa: F401 - used by every test
from tests.training.search_estimators import CountedTree
from tests.training.test_fitting import data, predictions

T = 24
S = {"random_state": 1}
QUIET = {"verbosity": -1}
# Short fits do not converge.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SHOWN = [
    RandomForestClassifier(T, **S),
    RandomForestClassifier(T, **S, n_jobs=2, oob_score=True, class_weight="balanced"),
    RandomForestClassifier(T, random_state=np.random.RandomState(4)),
    RandomForestRegressor(T, **S),
    ExtraTreesClassifier(T, **S),
    BaggingClassifier(n_estimators=T, **S),
    BaggingClassifier(n_estimators=T, max_features=0.5, oob_score=True, **S),
    GradientBoostingClassifier(n_estimators=T, **S),
    HistGradientBoostingClassifier(max_iter=T, **S),
    AdaBoostClassifier(n_estimators=T, **S),
    MLPClassifier(max_iter=T, **S),
    SGDClassifier(max_iter=T, **S),
    LogisticRegression(),
    xgboost.XGBClassifier(n_estimators=T, n_jobs=1),
    lightgbm.LGBMClassifier(n_estimators=T, n_jobs=1, **QUIET),
    make_pipeline(StandardScaler(), RandomForestClassifier(T, **S)),
]
# Enough for every change; the others are of the same few ways.
QUICK = (0, 1, 5, 8, 11, 12, 15)
CASES = [
    case if place in QUICK else pytest.param(case, marks=pytest.mark.slow)
    for place, case in enumerate(SHOWN)
]
NOT_SHOWN = [SVC(), VotingClassifier([("a", LogisticRegression()), ("b", SVC())])]


@pytest.fixture
def runs(own_data_dir: Path) -> DataDirectory:
    return DataDirectory(own_data_dir).ensure()


def notes_of(directory: Any) -> list[str]:
    return [facts["text"] for facts in facts_of(directory, "activity_update")]


def params_of(estimator: Any) -> str:
    return re.sub("0x[0-9A-F]+", "", repr(estimator.get_params()))


@pytest.mark.parametrize(
    "estimator", [*CASES, *NOT_SHOWN], ids=lambda e: str(e).replace("\n", "")[:60]
)
def test_observed_fit_is_the_plain_one_and_its_score_is_shown(
    estimator: Any, runs: DataDirectory
) -> None:
    X, y = data(is_classifier(estimator))
    plain = clone(estimator).fit(X[:300], y[:300])
    watched = clone(estimator)
    with jp.observe(watched, X[300:], y[300:], display=False) as run:
        assert watched.fit(X[:300], y[:300]) is watched
    assert params_of(watched) == params_of(plain)
    score = plain.score(X[300:], y[300:])
    assert np.array_equal(predictions(plain, X), predictions(watched, X))
    assert getattr(plain, "oob_score_", None) == getattr(watched, "oob_score_", None)
    assert set(vars(plain)) == set(vars(watched))

    state = run.state
    assert (state.status, state.stages_completed) == ("completed", ["train"])
    name = "live_accuracy" if is_classifier(estimator) else "live_score"
    assert state.metrics[name] == pytest.approx(score)
    assert state.live_score is not None
    assert state.live_score.value == pytest.approx(score)
    says_so = any("shows no inner progress" in text for text in notes_of(only_run(runs)))
    assert says_so == any(estimator is shown for shown in NOT_SHOWN)


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(60, **S),
        pytest.param(RandomForestClassifier(60, **S, n_jobs=2), marks=pytest.mark.slow),
        pytest.param(RandomForestRegressor(60, **S), marks=pytest.mark.slow),
        pytest.param(BaggingClassifier(n_estimators=60, **S), marks=pytest.mark.slow),
        pytest.param(
            make_pipeline(StandardScaler(), ExtraTreesClassifier(150, bootstrap=True, **S)),
            marks=pytest.mark.slow,
        ),
    ],
    ids=lambda e: str(e).replace("\n", "")[:60],
)
def test_members_are_scored_before_the_fit_ends(estimator: Any, runs: DataDirectory) -> None:
    X, y = data(is_classifier(estimator), rows=16_000 if is_classifier(estimator) else 4_000)
    cut = len(y) - 500
    with jp.observe(estimator, X[cut:], y[cut:], max_overhead=1.0, display=False):
        estimator.fit(X[:cut], y[:cut])
    name = "live_accuracy" if is_classifier(estimator) else "live_score"
    points = series_of(only_run(runs))[name]
    assert len(points) >= 5
    steps = [step for step, _ in points]
    assert steps == sorted(set(steps))
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    assert steps[-1] == last.n_estimators
    assert points[-1][1] == pytest.approx(estimator.score(X[cut:], y[cut:]))
    # A score on the way is that of a forest of so many trees, or it would be far off.
    assert points[-2][1] == pytest.approx(points[-1][1], abs=0.1)


def test_exception_in_the_fit_reaches_the_user_and_fails_the_run(runs: DataDirectory) -> None:
    X, y = data(True)
    with (
        pytest.raises(ValueError, match="inconsistent numbers"),
        jp.observe(RandomForestClassifier(T), display=False) as run,
    ):
        run._estimator.fit(X, y[:10])
    assert run.state.status == "failed"
    assert run.state.error is not None
    assert run.state.error["type"] == "ValueError"
    assert run.state.error["stage"] == "train"


def test_interrupted_cell_leaves_a_cancelled_run(runs: DataDirectory) -> None:
    class Interrupted(BaseEstimator):
        def fit(self, X: Any, y: Any) -> Any:
            raise KeyboardInterrupt

    estimator = Interrupted()
    with pytest.raises(KeyboardInterrupt), jp.observe(estimator, display=False) as run:
        estimator.fit([[0]], [0])
    assert run.state.status == "cancelled"
    assert Interrupted.fit.__qualname__.endswith("Interrupted.fit")
    assert not hasattr(Interrupted.fit, "__wrapped__")


def test_two_fits_in_one_block_are_two_stages(runs: DataDirectory) -> None:
    X, y = data(True)
    estimator = GradientBoostingClassifier(n_estimators=T, **S)
    with jp.observe(estimator, X[300:], y[300:], display=False) as run:
        estimator.fit(X[:150], y[:150])
        estimator.set_params(n_estimators=2 * T)
        estimator.fit(X[:300], y[:300])
    assert run.state.stages_completed == ["train", "train 2"]
    assert run.state.metrics["live_accuracy"] == estimator.score(X[300:], y[300:])
    assert len(notes_of(only_run(runs))) == len(set(notes_of(only_run(runs))))
    assert not any("none of this run's stages" in text for text in notes_of(only_run(runs)))


def test_block_without_a_fit_says_so(runs: DataDirectory) -> None:
    X, y = data(True)
    estimator = LogisticRegression()
    with jp.observe(estimator, display=False) as run:
        clone(estimator).fit(X, y)  # another object
    assert run.state.status == "completed"
    assert any("was not fitted in the block" in text for text in notes_of(only_run(runs)))


def test_fit_in_another_thread_is_shown(runs: DataDirectory) -> None:
    X, y = data(True)
    estimator = HistGradientBoostingClassifier(max_iter=T, **S)
    with jp.observe(estimator, X[300:], y[300:], display=False) as run:
        thread = threading.Thread(target=estimator.fit, args=(X[:300], y[:300]))
        thread.start()
        thread.join()
    assert run.state.stages_completed == ["train"]
    assert run.state.metrics["live_accuracy"] == estimator.score(X[300:], y[300:])


def test_nothing_is_left_in_the_class_its_clones_copies_and_pickles(runs: DataDirectory) -> None:
    before = RandomForestClassifier.fit
    estimator = RandomForestClassifier(T, **S)
    with jp.observe(estimator, display=False):
        others = [
            clone(estimator), copy.copy(estimator), copy.deepcopy(estimator),
            pickle.loads(pickle.dumps(estimator)),
        ]  # fmt: skip
        with jp.observe(others[0], display=False):
            others[0].fit(*data(True))
    assert RandomForestClassifier.fit is before
    assert "fit" not in vars(RandomForestClassifier)
    for other in others[1:]:
        assert set(vars(other)) == set(vars(RandomForestClassifier()))
        assert type(other) is RandomForestClassifier


def test_sample_weights_and_own_callbacks_are_passed_on(runs: DataDirectory) -> None:
    X, y = data(True)
    weights = np.linspace(0.1, 2.0, len(y))
    rounds: list[int] = []
    for estimator, more in (
        (RandomForestClassifier(T, **S), {}),
        (HistGradientBoostingClassifier(max_iter=T, **S), {}),
        (
            lightgbm.LGBMClassifier(n_estimators=T, n_jobs=1, **QUIET),
            {"callbacks": [lambda env: rounds.append(env.iteration)]},
        ),
        (
            GradientBoostingClassifier(n_estimators=T, **S),
            {"monitor": lambda stage, *_: stage == 5},
        ),
    ):
        plain = clone(estimator).fit(X, y, sample_weight=weights, **more)
        with jp.observe(estimator, X, y, display=False):
            estimator.fit(X, y, sample_weight=weights, **more)
        assert np.array_equal(predictions(plain, X), predictions(estimator, X))
    assert len(rounds) == 2 * T


@pytest.mark.parametrize(
    ("estimator", "members"),
    [
        (RandomForestClassifier(6_000, **S, oob_score=True), "estimators_"),
        (HistGradientBoostingClassifier(max_iter=100_000, **S), "_predictors"),
    ],
    ids=lambda e: type(e).__name__,
)
@pytest.mark.filterwarnings("ignore:Some inputs do not have OOB scores")
def test_stop_keeps_what_there_is(estimator: Any, members: str, runs: DataDirectory) -> None:
    X, y = data(True)
    stopped = clone(estimator)
    with jp.observe(stopped, X[300:], y[300:], display=False) as run:
        timer = threading.Timer(0.4, ask, (runs, "stop"))
        timer.start()
        assert stopped.fit(X[:300], y[:300]) is stopped
    kept = len(getattr(stopped, members))
    size = "max_iter" if members == "_predictors" else "n_estimators"
    assert 0 < kept < estimator.get_params()[size]
    plain = clone(estimator).set_params(**{size: kept}).fit(X[:300], y[:300])
    assert np.array_equal(predictions(plain, X), predictions(stopped, X))
    assert getattr(plain, "oob_score_", None) == getattr(stopped, "oob_score_", None)
    assert run.state.status == "completed"
    assert run.state.result is not None
    assert run.state.result["stopped"]


def test_cancel_ends_a_fit_that_shows_nothing(runs: DataDirectory) -> None:
    class Endless(ClassifierMixin, BaseEstimator):
        def fit(self, X: Any, y: Any) -> Any:
            while True:
                time.sleep(0.01)

    estimator = Endless()
    run = jp.observe(estimator, display=False).start()
    threading.Timer(0.3, ask, (runs, "stop")).start()
    threading.Timer(0.8, ask, (runs, "cancel")).start()
    with pytest.raises(RunCancelled), run:
        estimator.fit([[0], [1]], [0, 1])
    assert run.state.status == "cancelled"
    told = notes_of(only_run(runs))
    assert any("cannot be ended with what it has so far" in text for text in told)


def ask(runs: DataDirectory, action: str) -> None:
    append_control(only_run(runs), "kernel-00000001", action, "me")


def test_fit_that_goes_on_shows_its_steps(runs: DataDirectory) -> None:
    X, y = data(True)
    estimator = GradientBoostingClassifier(n_estimators=100_000, **S)
    run = jp.observe(estimator, X[300:], y[300:], display=False).start()
    seen: list[Any] = []

    def look() -> None:
        wait_until(lambda: (run.state.step or 0) > 5, 20)
        seen.append(run.state)
        ask(runs, "cancel")

    thread = threading.Thread(target=look)
    thread.start()
    with pytest.raises(RunCancelled), run:
        estimator.fit(X[:300], y[:300])
    thread.join()
    assert seen[0].current_stage == "train"
    assert seen[0].total_steps == 100_000
    assert seen[0].live_accuracy is not None


def test_cancel_that_comes_during_a_look_is_no_stop(
    runs: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y = data(True)
    estimator = GradientBoostingClassifier(n_estimators=100_000, **S)
    run = jp.observe(estimator, X[300:], y[300:], display=False).start()
    add_up_to = Margins.add_up_to

    def cancelled_meanwhile(margins: Margins, stages: int) -> None:
        add_up_to(margins, stages)
        if run.asked is None:
            ask(runs, "cancel")
            wait_until(lambda: run.asked == "cancel", 20)

    monkeypatch.setattr(Margins, "add_up_to", cancelled_meanwhile)
    with pytest.raises(RunCancelled), run:
        estimator.fit(X[:300], y[:300])
    assert run.state.status == "cancelled"


class Nearest:
    """Owes nothing to scikit-learn."""

    def fit(self, X: Any, y: Any) -> Any:
        self.classes_ = np.unique(y)
        self.means_ = np.array([X[y == kind].mean(axis=0) for kind in self.classes_])
        return self

    def predict(self, X: Any) -> Any:
        return self.classes_[((X[:, None] - self.means_) ** 2).sum(axis=2).argmin(axis=1)]


def test_class_that_owes_nothing_to_a_library_is_scored_at_its_end(runs: DataDirectory) -> None:
    X, y = data(True)
    estimator = Nearest()
    with jp.observe(estimator, X[300:], y[300:], display=False) as run:
        estimator.fit(X[:300], y[:300])
    assert run.state.live_accuracy == np.mean(estimator.predict(X[300:]) == y[300:])


@pytest.mark.parametrize("where", ["__init__", "count"])
def test_what_goes_wrong_in_looking_is_told_and_reaches_no_fit(
    where: str, runs: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_options: Any) -> None:
        raise AttributeError("no such attribute any more")

    monkeypatch.setattr(f"jupyter_progress.training.fitting.observed_trees.Trees.{where}", broken)
    monkeypatch.setattr(threading, "excepthook", lambda _args: None)
    X, y = data(True)
    estimator = RandomForestClassifier(T, **S)
    with jp.observe(estimator, X, y, display=False) as run:
        assert estimator.fit(X, y) is estimator
    assert run.state.status == "completed"
    assert len(estimator.estimators_) == T
    assert any("no such attribute any more" in text for text in notes_of(only_run(runs)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((RandomForestClassifier,), r"RandomForestClassifier\(\)"),
        ((3,), "no fit"),
        ((SVC(), [[1]]), "y_val: is missing"),
        ((SVC(), [[1]], [1, 2]), "2 targets for 1 rows"),
    ],
)
def test_bad_call_is_told_in_words(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        jp.observe(*arguments)


def test_bad_options_are_told_in_words() -> None:
    with pytest.raises(InvalidRequest, match="did you mean 'accuracy'"):
        jp.observe(SVC(), scoring="acuracy")
    with pytest.raises(InvalidRequest, match="expected a share"):
        jp.observe(SVC(), max_overhead=3)


def test_search_in_the_kernel_has_its_leaderboard_and_its_own_results(
    runs: DataDirectory,
) -> None:
    rows, targets = load_iris(return_X_y=True)
    search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=3)
    with jp.observe(search, display=False) as run:
        search.fit(rows, targets)
    plain = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=3)
    plain.fit(rows, targets)
    assert vars(search).keys() == vars(plain).keys()
    means = search.cv_results_["mean_test_score"]
    assert np.array_equal(means, plain.cv_results_["mean_test_score"])
    directory = only_run(runs)
    done = facts_of(directory, "candidate_completed")
    assert [fact["mean"] for fact in done] == list(means)
    assert len(facts_of(directory, "fold_completed")) == 6
    assert run.state.status == "completed"
    assert run.state.search is not None
    assert run.state.search.best.mean == search.best_score_


@pytest.mark.filterwarnings("ignore:One or more of the:UserWarning")
def test_stop_of_a_search_refits_the_best_candidate_so_far(runs: DataDirectory) -> None:
    rows, targets = load_iris(return_X_y=True)
    depths = list(range(1, 61))
    search = GridSearchCV(CountedTree(wait_s=0.1), {"max_depth": depths}, cv=2)

    def stop_at_the_second() -> None:
        wait_until(lambda: len(facts_of(only_run(runs), "candidate_completed")) >= 2, 60)
        ask(runs, "stop")

    stopper = threading.Thread(target=stop_at_the_second)
    with jp.observe(search, display=False) as run:
        stopper.start()
        search.fit(rows, targets)
    stopper.join()
    means = search.cv_results_["mean_test_score"]
    assert 2 <= np.isfinite(means).sum() < len(depths)
    assert search.best_score_ == np.nanmax(means)
    assert search.best_estimator_.max_depth == depths[int(np.nanargmax(means))]
    assert run.state.can_stop is True
    assert run.state.result["stopped"]
