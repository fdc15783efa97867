"""Every classifier and regressor of scikit-learn, alone and in a pipeline, through all stages.

The saved model must predict, bit for bit, what plain ``fit`` on the run's training rows predicts,
on the same number of threads.
"""

from __future__ import annotations

import inspect
import warnings
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import all_estimators
from threadpoolctl import threadpool_info

from jupyter_progress.core.requests import RunRequest, Split, check_run_request
from jupyter_progress.core.state import RunState
from jupyter_progress.models.persistence import load_model
from jupyter_progress.notebook.handle import RunHandle
from jupyter_progress.notebook.local_backend import LocalBackend
from jupyter_progress.store.layout import DataDirectory, RunDirectory

from .runs import state_of, train_here, upload

ALL = dict(all_estimators(["classifier", "regressor"]))
TWO_CLASSIFIERS = [("a", LogisticRegression()), ("b", DecisionTreeClassifier())]
TWO_REGRESSORS = [("a", Ridge()), ("b", DecisionTreeRegressor())]
MEMBERS: dict[str, Any] = {
    "CCA": {"n_components": 1},
    "ClassifierChain": {"estimator": LogisticRegression()},
    "FixedThresholdClassifier": {"estimator": LogisticRegression()},
    "MultiOutputClassifier": {"estimator": LogisticRegression()},
    "MultiOutputRegressor": {"estimator": Ridge()},
    "OneVsOneClassifier": {"estimator": LogisticRegression()},
    "OneVsRestClassifier": {"estimator": LogisticRegression()},
    "OutputCodeClassifier": {"estimator": LogisticRegression()},
    "PLSCanonical": {"n_components": 1},
    "RegressorChain": {"estimator": Ridge()},
    "SelfTrainingClassifier": {"estimator": LogisticRegression()},
    "StackingClassifier": {"estimators": TWO_CLASSIFIERS},
    "StackingRegressor": {"estimators": TWO_REGRESSORS},
    "TunedThresholdClassifierCV": {"estimator": LogisticRegression()},
    "VotingClassifier": {"estimators": TWO_CLASSIFIERS},
    "VotingRegressor": {"estimators": TWO_REGRESSORS},
}  # fmt: skip
# These are for several targets at once.
SEVERAL_TARGETS = {
    "ClassifierChain", "MultiOutputClassifier", "MultiOutputRegressor", "MultiTaskElasticNet",
    "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV", "RegressorChain",
}  # fmt: skip
TWO_CLASSES = {"FixedThresholdClassifier", "TunedThresholdClassifierCV"}
ONE_COLUMN = {"IsotonicRegression"}
UNDEFINED_SOMEWHERE = {"IsotonicRegression"}  # predicts NaN out of the range that it has seen


def make(name: str) -> Any:
    estimator = ALL[name](**MEMBERS.get(name, {}))
    known = estimator.get_params(deep=False)
    random_states = [key for key in estimator.get_params() if key.endswith("random_state")]
    estimator.set_params(**dict.fromkeys(random_states, 0))
    if "n_estimators" in known:
        estimator.set_params(n_estimators=12)
    return estimator


def data_for(name: str, estimator: Any) -> tuple[pd.DataFrame, pd.Series | pd.DataFrame]:
    load = load_iris if is_classifier(estimator) else load_diabetes
    X, y = load(return_X_y=True, as_frame=True)
    if name in TWO_CLASSES:
        X, y = X[y < 2], y[y < 2]
    if not is_classifier(estimator):
        X, y = X[:200] + 1.0, y[:200]  # above 0, which some regressors ask for
    if name in ONE_COLUMN:
        X = X[["bmi"]]
    if name == "CategoricalNB":
        X = X.round().astype(int)
    if name in SEVERAL_TARGETS:
        y = several_of(y, estimator)
    return X, y


def several_of(y: pd.Series, estimator: Any) -> pd.DataFrame:
    """Two targets made of one: whether a class is above each bound, or numbers and their roots."""
    if is_classifier(estimator):
        return pd.DataFrame({"above 0": (y > 0).astype(int), "above 1": (y > 1).astype(int)})
    return pd.DataFrame({"itself": y, "root": np.sqrt(y)})


ONE_TARGET = sorted(set(ALL) - SEVERAL_TARGETS)
# The others take as long as all the rest of the tests.
QUICK = {"LogisticRegression", "RandomForestClassifier"}
NAMES = [
    name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in sorted(ALL)
]
WITH_JOBS = [name for name in ONE_TARGET if "n_jobs" in inspect.signature(ALL[name]).parameters]


def trained(
    data_dir: DataDirectory, estimator: Any, X: Any, y: Any, preprocess: Literal["auto", "none"]
) -> tuple[RunDirectory, RunState]:
    """A whole run of a copy of an estimator, in this process."""
    request = check_run_request(
        RunRequest(
            dataset={"source": "upload", "id": upload(data_dir, {"X": X, "y": y})},
            estimator={"upload": upload(data_dir, clone(estimator))},
            split=Split(),
            preprocess=preprocess,
        )
    )
    run = train_here(data_dir, request)
    state = state_of(run)
    assert state.status == "completed"
    assert state.result is not None
    return run, state


def check_parity(run: RunDirectory, data_dir: DataDirectory, plain: Any, X: Any, y: Any) -> None:
    """The run's model predicts what a plain fit on its training rows predicts, bit for bit."""
    model = load_model(run.model_dir, key=data_dir.key())
    train = np.load(run.split_file)["train"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = clone(plain).fit(X.iloc[train], y.iloc[train])
    for method in ("predict", "predict_proba", "decision_function"):
        if hasattr(plain, method):
            said = np.asarray(getattr(model, method)(X))
            expected = np.asarray(getattr(plain, method)(X))
            assert np.array_equal(said, expected, equal_nan=said.dtype.kind == "f"), method


def in_hand(run: RunDirectory, data_dir: DataDirectory, state: RunState) -> RunHandle:
    backend = LocalBackend(data_dir.path)
    return RunHandle(run.run_id, backend=backend, state=state, display=False)


def threads_here() -> dict[str, int]:
    found: dict[str, int] = {}
    for library in threadpool_info():
        kind = library["user_api"]
        found[kind] = max(found.get(kind, 0), library["num_threads"])
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_model_is_the_one_that_plain_fit_gives(name: str, data_dir: DataDirectory) -> None:
    estimator = make(name)
    X, y = data_for(name, estimator)
    run, state = trained(data_dir, estimator, X, y, "none")
    assert state.result is not None
    measured = state.result["test"]["accuracy" if is_classifier(estimator) else "r2"]
    assert (measured is None) == (name in UNDEFINED_SOMEWHERE)
    # Last bits depend on it, so it is recorded; the plain fit is made by as many.
    assert state.result["threads"] == threads_here()
    check_parity(run, data_dir, estimator, X, y)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_pipeline_is_the_one_that_plain_fit_gives_where_nothing_is_to_be_preprocessed(
    name: str, data_dir: DataDirectory
) -> None:
    scaler = FunctionTransformer() if name == "CategoricalNB" else MinMaxScaler()
    pipeline = make_pipeline(scaler, make(name))
    X, y = data_for(name, pipeline)
    run, state = trained(data_dir, pipeline, X, y, "auto")
    assert state.result is not None
    assert state.result["preprocess"] == []
    check_parity(run, data_dir, pipeline, X, y)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WITH_JOBS)
def test_model_is_the_same_with_two_jobs(name: str, data_dir: DataDirectory) -> None:
    estimator = make(name).set_params(n_jobs=2)
    X, y = data_for(name, estimator)
    run, _state = trained(data_dir, estimator, X, y, "none")
    check_parity(run, data_dir, estimator, X, y)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name",
    [
        "RandomForestClassifier",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("HistGradientBoostingRegressor", "LinearSVC", "VotingRegressor")
        ),
    ],
)
def test_what_auto_did_is_one_step_of_a_plain_pipeline(name: str, data_dir: DataDirectory) -> None:
    estimator = make(name)
    X, y = data_for(name, estimator)
    X = X.assign(town=np.where(X.iloc[:, 0] > X.iloc[:, 0].median(), "Bern", "Rome"))
    X.iloc[::7, 1] = np.nan
    run, state = trained(data_dir, estimator, X, y, "auto")
    handle = in_hand(run, data_dir, state)
    assert "town" in str(state.result["preprocess"])
    check_parity(run, data_dir, make_pipeline(handle.preprocessing, estimator), X, y)


@pytest.mark.filterwarnings("ignore")
def test_run_that_preprocessed_nothing_says_so(data_dir: DataDirectory) -> None:
    estimator = make("LogisticRegression")
    X, y = data_for("LogisticRegression", estimator)
    run, state = trained(data_dir, estimator, X, y, "auto")
    handle = in_hand(run, data_dir, state)
    check_parity(run, data_dir, make_pipeline(handle.preprocessing, estimator), X, y)


@pytest.mark.parametrize(
    "name", ["RandomForestClassifier", pytest.param("StackingClassifier", marks=pytest.mark.slow)]
)
@pytest.mark.filterwarnings("ignore")
def test_unset_random_states_are_drawn_once_and_recorded(
    name: str, data_dir: DataDirectory
) -> None:
    estimator = make(name)
    states = [key for key in estimator.get_params() if key.endswith("random_state")]
    estimator.set_params(**dict.fromkeys(states, None))
    X, y = data_for(name, estimator)
    run, state = trained(data_dir, estimator, X, y, "none")
    drawn = state.result["random_state"]
    assert set(drawn) == set(states)
    assert all(isinstance(value, int) for value in drawn.values())
    check_parity(run, data_dir, estimator.set_params(**drawn), X, y)
    _again, other = trained(
        data_dir, clone(estimator).set_params(**dict.fromkeys(states)), X, y, "none"
    )
    assert other.result["random_state"] != drawn


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["RandomForestClassifier", "Ridge", "KNeighborsClassifier"])
def test_estimator_that_takes_several_targets_is_fitted_as_plain_python_does(
    name: str, data_dir: DataDirectory
) -> None:
    estimator = make(name)
    X, y = data_for(name, estimator)
    y = several_of(y, estimator)
    run, state = trained(data_dir, estimator, X, y, "none")
    check_parity(run, data_dir, estimator, X, y)
    model = load_model(run.model_dir, key=data_dir.key())
    test = np.load(run.split_file)["test"]
    said, true = np.asarray(model.predict(X.iloc[test])), y.iloc[test].to_numpy()
    assert state.result is not None
    scores = state.result["test"]
    if is_classifier(estimator):
        assert scores["accuracy"] == pytest.approx(np.mean((said == true).all(axis=1)))
        each = [f1_score(true[:, i], said[:, i], average="macro") for i in range(2)]
        assert scores["f1_macro"] == pytest.approx(np.mean(each))
    else:
        assert scores["r2"] == pytest.approx(r2_score(true, said))
    assert state.result["confusion_matrix"] is None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kinds", [("bool", "int64"), ("Int64", "Int64"), ("boolean", "boolean")])
def test_targets_of_types_that_a_frame_makes_objects_of_are_fitted_as_plain_python_does(
    kinds: tuple[str, str], data_dir: DataDirectory
) -> None:
    estimator = make("RandomForestClassifier")
    X, y = data_for("RandomForestClassifier", estimator)
    y = several_of(y, estimator).astype(dict(zip(["above 0", "above 1"], kinds, strict=True)))
    run, _state = trained(data_dir, estimator, X, y, "none")
    check_parity(run, data_dir, estimator, X, y)
