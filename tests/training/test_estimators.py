"""Estimators by name: what is built, and what is refused before anything is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.base import clone
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from jupyter_progress.errors import (
    EstimatorNotAllowed,
    InvalidParameter,
    InvalidRequest,
    UnknownEstimator,
    UnsuitableEstimator,
)
from jupyter_progress.training.catalogue import datasets, estimators, load_dataset
from jupyter_progress.training.estimators import build_estimator, task_of

FOREST = "sklearn.ensemble.RandomForestClassifier"
TREE = {"class": "sklearn.tree.DecisionTreeClassifier", "params": {"max_depth": 2}}


def build(name: str, allowed: tuple[str, ...] = ("sklearn", "xgboost"), **params: Any) -> Any:
    return build_estimator({"class": name, "params": params}, allowed)


def test_estimator_has_the_parameters_that_were_given() -> None:
    forest = build(FOREST, n_estimators=7, max_features=None, bootstrap=False)
    assert isinstance(forest, RandomForestClassifier)
    assert (forest.n_estimators, forest.max_features, forest.bootstrap) == (7, None, False)
    assert task_of(forest) == "classification"
    assert task_of(build("sklearn.linear_model.Ridge")) == "regression"
    assert isinstance(build_estimator({"class": FOREST}), RandomForestClassifier)


def test_parameter_may_be_an_estimator() -> None:
    bagging = build("sklearn.ensemble.BaggingClassifier", estimator=TREE)
    assert isinstance(bagging, BaggingClassifier)
    assert isinstance(bagging.estimator, DecisionTreeClassifier)
    assert bagging.estimator.max_depth == 2


def test_named_steps_are_pairs_and_the_result_can_be_cloned() -> None:
    voting = build("sklearn.ensemble.VotingClassifier", estimators=[["a", TREE], ["b", TREE]])
    assert isinstance(clone(voting), VotingClassifier)
    steps = [["scale", {"class": "sklearn.preprocessing.StandardScaler"}], ["tree", TREE]]
    pipeline = build("sklearn.pipeline.Pipeline", steps=steps)
    assert isinstance(clone(pipeline), Pipeline)
    assert isinstance(pipeline[0], StandardScaler)


@pytest.mark.parametrize(
    ("name", "error", "told"),
    [
        ("os.system", EstimatorNotAllowed, "only classes of sklearn, xgboost are allowed"),
        ("builtins.eval", EstimatorNotAllowed, "allow-list"),
        ("sklearnish.Foo", EstimatorNotAllowed, "allow-list"),
        ("sklearn.tests.test_base.MyEstimator", EstimatorNotAllowed, "allow-list"),
        ("sklearn.conftest.pytest_configure", EstimatorNotAllowed, "allow-list"),
        ("sklearn.utils.os.system", UnknownEstimator, "no module 'sklearn.utils.os'"),
        ("sklearn.ensemble._forest.np.ndarray", UnknownEstimator, "no module"),
        ("sklearn.ensemble._forest.DecisionTreeClassifier", None, ""),
        ("sklearn.ensemble._forest.Integral", EstimatorNotAllowed, "is really numbers's"),
        ("sklearn.ensemble.RandomForestClassifer", UnknownEstimator, f"did you mean '{FOREST}'"),
        ("sklearn.RandomForestClassifier", UnknownEstimator, f"did you mean '{FOREST}'"),
        ("RandomForestClassifier", UnknownEstimator, f"did you mean '{FOREST}'"),
        ("ensemble.RandomForestClassifier", EstimatorNotAllowed, f"did you mean '{FOREST}'"),
        ("sklearn.nothing.Here", UnknownEstimator, "no module 'sklearn.nothing'"),
        (f"{FOREST}.fit", UnknownEstimator, "no module"),
        ("sklearn..tree.X", UnknownEstimator, "no dotted class name"),
        ("sklearn.utils.Bunch", UnsuitableEstimator, "cannot be fitted"),
        ("sklearn.base.BaseEstimator", UnsuitableEstimator, "cannot be fitted"),
        ("sklearn.cluster.KMeans", UnsuitableEstimator, "neither a classifier nor a regressor"),
        ("sklearn.preprocessing.StandardScaler", UnsuitableEstimator, "neither"),
    ],
)
def test_class_that_cannot_be_trained_is_refused(name: str, error: Any, told: str) -> None:
    if error is None:
        assert build(name) is not None
        return
    with pytest.raises(error, match=told) as refused:
        build(name)
    assert refused.value.field == "estimator.class"


@pytest.mark.parametrize(
    ("params", "field", "told"),
    [
        ({"n_estimator": 5}, "n_estimator", "did you mean 'n_estimators'"),
        ({"zzz": 5}, "zzz", "is no parameter of RandomForestClassifier; expected: "),
        ({"n_estimators": -5}, "n_estimators", r"int in the range \[1, inf\)"),
        ({"n_estimators": "many"}, "n_estimators", "must be an int"),
        ({"max_depth": {"a": 1}}, "max_depth", "must be an int"),
        ({"criterion": TREE}, "criterion", "must be a str among"),
    ],
)
def test_parameter_that_does_not_fit_is_named(params: Any, field: str, told: str) -> None:
    with pytest.raises(InvalidParameter, match=told) as refused:
        build(FOREST, **params)
    assert refused.value.field == f"estimator.params.{field}"


def test_nested_estimator_is_held_to_the_same_rules() -> None:
    bagging = "sklearn.ensemble.BaggingClassifier"
    with pytest.raises(EstimatorNotAllowed) as refused:
        build(bagging, estimator={"class": "subprocess.Popen", "params": {"args": "id"}})
    assert refused.value.field == "estimator.params.estimator.class"
    with pytest.raises(InvalidParameter) as refused_value:
        build(bagging, estimator={**TREE, "params": {"max_depth": -1}})
    assert refused_value.value.field == "estimator.params.estimator.params.max_depth"
    with pytest.raises(InvalidRequest, match="expected"):
        build(bagging, estimator={**TREE, "other": 1})


def test_required_parameter_and_cache_folder_are_told() -> None:
    with pytest.raises(InvalidParameter, match="estimators"):
        build("sklearn.ensemble.VotingClassifier")
    steps = [["tree", TREE]]
    assert build("sklearn.pipeline.Pipeline", steps=steps, memory=None).memory is None
    with pytest.raises(InvalidParameter, match="memory: cannot be set here"):
        build("sklearn.pipeline.Pipeline", steps=steps, memory="/somewhere")


def test_package_that_is_not_installed_is_told_with_where_to_install_it() -> None:
    with pytest.raises(UnknownEstimator, match=r"-m pip install not_there_at_all"):
        build("not_there_at_all.Model", allowed=("not_there_at_all",))


def test_package_outside_of_the_allow_list_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Model: ...\n")
    script = (
        "from jupyter_progress.training.estimators import build_estimator\n"
        "try:\n    build_estimator({'class': 'evil.Model'})\n"
        "except Exception as error:\n    print(type(error).__name__)\n"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "EstimatorNotAllowed\n"
    assert not (tmp_path / "ran").exists()


def test_class_of_an_allowed_package_that_only_mentions_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "allowed_package"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from sklearn.svm import SVC\nfrom subprocess import Popen"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(EstimatorNotAllowed, match="is really subprocess's"):
        build("allowed_package.Popen", allowed=("allowed_package",))
    with pytest.raises(EstimatorNotAllowed, match=r"is really sklearn\.svm\._classes's"):
        build("allowed_package.SVC", allowed=("allowed_package",))
    monkeypatch.delitem(sys.modules, "allowed_package")


def test_every_listed_estimator_can_be_named_in_a_request() -> None:
    listed = estimators()
    assert len(listed) > 80
    by_class = {found["class"]: found for found in listed}
    assert by_class[FOREST]["task"] == "classification"
    assert by_class[FOREST]["params"]["n_estimators"] == 100
    assert by_class[FOREST]["params"]["max_depth"] is None
    for name, found in by_class.items():
        try:
            estimator = build(name)
        except InvalidParameter as error:
            # Those that wrap another estimator and have no default for it.
            assert "missing" in error.problem or "Got None" in error.problem, name  # noqa: PT017
        else:
            assert task_of(estimator) == found["task"]


def test_listed_data_sets_are_as_they_are_listed() -> None:
    for found in datasets():
        X, y = load_dataset(found["name"])
        assert X.shape == (found["rows"], found["columns"])
        assert len(y) == found["rows"]
        assert found["task"] in ("classification", "regression")
