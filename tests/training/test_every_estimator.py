"""Every classifier and regressor of scikit-learn, through all eight stages.

The saved model must predict, bit for bit, what plain ``fit`` on the run's training rows predicts.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import all_estimators

from jupyter_progress.core.requests import RunRequest, Split, check_run_request
from jupyter_progress.errors import UnsuitableEstimator
from jupyter_progress.models.persistence import load_model
from jupyter_progress.store.layout import DataDirectory

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
# These are for several targets at once, which a run's data does not have.
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


def data_for(name: str, estimator: Any) -> tuple[pd.DataFrame, pd.Series]:
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
    return X, y


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(set(ALL) - SEVERAL_TARGETS))
def test_saved_model_is_the_one_that_plain_fit_gives(name: str, data_dir: DataDirectory) -> None:
    estimator = make(name)
    X, y = data_for(name, estimator)
    request = check_run_request(
        RunRequest(
            dataset={"source": "upload", "id": upload(data_dir, {"X": X, "y": y})},
            estimator={"upload": upload(data_dir, clone(estimator))},
            split=Split(),
            preprocess="none",
        )
    )
    run = train_here(data_dir, request)
    state = state_of(run)
    assert state.status == "completed"
    assert state.result is not None
    measured = state.result["test"]["accuracy" if is_classifier(estimator) else "r2"]
    assert (measured is None) == (name in UNDEFINED_SOMEWHERE)
    model = load_model(run.model_dir, key=data_dir.key())
    train = np.load(run.split_file)["train"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = clone(estimator).fit(X.iloc[train], y.iloc[train])
    assert np.array_equal(model.predict(X), plain.predict(X), equal_nan=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(SEVERAL_TARGETS))
def test_estimator_for_several_targets_fails_with_words(name: str, data_dir: DataDirectory) -> None:
    estimator = make(name)
    X, y = data_for(name, estimator)
    request = check_run_request(
        RunRequest(
            dataset={"source": "upload", "id": upload(data_dir, {"X": X, "y": y})},
            estimator={"upload": upload(data_dir, clone(estimator))},
        )
    )
    with pytest.raises(UnsuitableEstimator, match="several targets"):
        train_here(data_dir, request)
