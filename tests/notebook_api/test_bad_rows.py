"""What belongs to rows and cannot be right is told in the cell, before anything is started."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import MultiTaskLasso, Ridge
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import jupyter_progress as jp
from jupyter_progress.notebook.class_weight import check_covers, parameter_of, with_class_weight
from jupyter_progress.notebook.local_backend import LocalBackend

pytestmark = pytest.mark.usefixtures("alone")
FOREST = RandomForestClassifier(5)
X = np.arange(40.0).reshape(20, 2)
Y = np.array([0, 1] * 10)
FRAME = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "w": 1.0, "label": Y})
ONES = np.ones(20)


def weights(**changes: float) -> np.ndarray:
    found = ONES.copy()
    for place, value in changes.items():
        found[int(place[1:])] = value
    return found


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "weight below 0": ({"sample_weight": weights(_3=-1)}, "1 negative value.*least is -1"),
    "weight missing": ({"sample_weight": weights(_3=np.nan)}, "1 values that are missing"),
    "weight infinite": ({"sample_weight": weights(_3=np.inf)}, "missing or infinite"),
    "weights of 0 alone": ({"sample_weight": 0 * ONES}, "0 for every row"),
    "too few weights": ({"sample_weight": ONES[:19]}, "has 19 values for 20 rows"),
    "one weight": ({"sample_weight": 1.0}, r"shape \(\); expected \(rows,\)"),
    "a table of weights": ({"sample_weight": X}, r"shape \(20, 2\)"),
    "weights in words": ({"sample_weight": ["a"] * 20}, "expected numbers"),
    "weights of any kind": ({"sample_weight": [None, {}] * 10}, "no numbers"),
    "complex weights": ({"sample_weight": ONES + 1j}, "expected numbers"),
    "weights of dates": ({"sample_weight": pd.date_range("2026", periods=20)}, "expected numbers"),
    "weights in a column of an array": ({"sample_weight": "w"}, "needs a DataFrame"),
    "weights that are bytes": ({"sample_weight": b"w" * 20}, "type bytes"),
    "masked weight": ({"sample_weight": np.ma.masked_equal(np.arange(20), 3)}, "missing"),
    "one group": ({"groups": np.zeros(20)}, "1 group, which are never divided"),
    "two groups for three parts": ({"groups": Y}, r"split\.validation.*group"),
    "a group that is missing": ({"groups": [None, *"abcdefghijklmnopqrs"]}, "missing for 1 of 20"),
    "groups of mixed types": ({"groups": np.array([1, "a"] * 10, object)}, "mixes types"),
    "too many groups": ({"groups": np.arange(21)}, "has 21 values for 20 rows"),
    "groups in their order": ({"groups": np.arange(20), "split": {"shuffle": False}}, "at random"),
    "class weight of an unknown kind": ({"class_weight": 5}, "'balanced' or a dictionary"),
    "class weight in words": ({"class_weight": "even"}, "'balanced'"),
    "class weight of no class": ({"class_weight": {}}, "is empty"),
    "class weight that is text": ({"class_weight": {0: "a"}}, r"for 0 is 'a' \(str\).*a number"),
    "class weight below 0": ({"class_weight": {0: 1, 1: -1}}, "for 1 is -1"),
    "class weight missing": ({"class_weight": {0: np.nan}}, "for 0 is nan"),
    "class weight that is yes": ({"class_weight": {0: True}}, "for 0 is True"),
    "class weight of another class": (
        {"class_weight": {99: 1}},
        "has the key 99, which is no class of y; expected of 0, 1",
    ),
    "scorer of targets and predictions": ({"scoring": accuracy_score}, "make_scorer"),
    "scorer of two arguments": ({"scoring": lambda model, X: 0.5}, "make_scorer"),
    "scorer that is a class": ({"scoring": dict}, "is the class dict"),
    "scorer that answers text": ({"scoring": lambda model, X, y: "good"}, "returned an str"),
    "scorer that answers nothing": ({"scoring": lambda model, X, y: None}, "returned None"),
    "scorer that answers a list": ({"scoring": lambda model, X, y: [0.5]}, "returned a list"),
    "scorer that answers yes": ({"scoring": lambda model, X, y: True}, "returned a bool"),
    "going on in words": ({"start_anyway": "yes"}, "start_anyway"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_belongs_to_rows_is_refused_in_the_cell(case: str, alone: LocalBackend) -> None:
    options, words = BAD[case]
    before = alone.data.run_ids(), set(alone.data.uploads.iterdir())
    with pytest.raises(jp.errors.InvalidRequest, match=words):
        jp.train(FOREST, X, Y, **options)
    assert (alone.data.run_ids(), set(alone.data.uploads.iterdir())) == before


CALLS: dict[str, tuple[Any, str]] = {
    "weights where fit takes none": (
        lambda: jp.train(KNeighborsClassifier(), X, Y, sample_weight=ONES),
        "fit of KNeighborsClassifier has no sample_weight",
    ),
    "weights where the last step takes none": (
        lambda: jp.train(
            make_pipeline(StandardScaler(), KNeighborsClassifier()), X, Y, sample_weight=ONES
        ),
        "Pipeline of KNeighborsClassifier",
    ),
    "weights by a column that is not there": (
        lambda: jp.train(FOREST, FRAME, target="label", sample_weight="ww"),
        "did you mean 'w'",
    ),
    "weights for a data set": (
        lambda: jp.train(FOREST, {"source": "sklearn", "name": "iris"}, sample_weight=ONES),
        "sample_weight and groups out",
    ),
    "weights of one's own for a file": (
        lambda: jp.train(FOREST, "x.csv", target="label", sample_weight=ONES),
        "no file|name of a column",
    ),
    "load that is no function": (lambda: jp.train(FOREST, load=5), "function without arguments"),
    "load beside rows": (lambda: jp.train(FOREST, X, Y, load=dict), "together with rows"),
    "load with arguments": (lambda: jp.train(FOREST, load=lambda path: path), "functools.partial"),
    "load of what cannot be sent": (
        lambda: jp.train(FOREST, load=functools.partial(id, threading.Lock())),
        "load: cannot be sent to a worker.*within it",
    ),
    "scorer of what cannot be sent": (
        lambda: jp.train(FOREST, X, Y, scoring=Locked()),
        "scoring: cannot be sent to a worker",
    ),
    "class weight of a regressor": (
        lambda: jp.train(DummyRegressor(), X, X[:, 0], class_weight="balanced"),
        "this is a regressor",
    ),
    "class weight without the parameter": (
        lambda: jp.train(GradientBoostingClassifier(), X, Y, class_weight="balanced"),
        "compute_sample_weight",
    ),
    "class weight of a class without parameters": (
        lambda: jp.train(Bare(), X, Y, class_weight="balanced"),
        "is no parameter of Bare",
    ),
    "class weight of a name": (
        lambda: jp.train("sklearn.svm.SVC", X, Y, class_weight="balanced"),
        "goes into params",
    ),
    "targets in a cube": (
        lambda: jp.train(FOREST, X, np.zeros((20, 2, 2))),
        r"y: has the shape \(20, 2, 2\); expected \(rows,\), or \(rows, targets\)",
    ),
    "no column of targets": (
        lambda: jp.train(FOREST, X, np.zeros((20, 0))),
        r"y: has the shape \(20, 0\); expected \(rows,\), or \(rows, targets\)",
    ),
    "several targets, one of one class": (
        lambda: jp.train(FOREST, X, FRAME[["label", "w"]]),
        r"y\[:, 1\]: holds one class only",
    ),
    "several targets, one of words": (
        lambda: jp.train(Ridge(), X, pd.DataFrame({"a": Y, "b": ["word"] * 20})),
        r"y\[:, 1\]: holds .*a regressor expects numbers",
    ),
    "several targets for an estimator of one": (
        lambda: jp.train(SVC(), X, np.c_[Y, Y]),
        r"SVC, which is for one target, and each row has 2; expected .*MultiOutputClassifier\(SVC",
    ),
    "one target for an estimator of several": (
        lambda: jp.train(MultiTaskLasso(), X, Y),
        "several targets at once, and each row has one; expected y of shape",
    ),
    "test rows of fewer targets": (
        lambda: jp.train(FOREST, X, np.c_[Y, Y], test=(X, Y)),
        r"test\[1\]: has 1 for each row; the training rows have 2",
    ),
    "early stopping with several targets": (
        lambda: jp.train(FOREST, X, np.c_[Y, Y], early_stopping=3),
        "early_stopping: is not possible with RandomForestClassifier of 2 targets",
    ),
    "a list of targets without one": (
        lambda: jp.train(FOREST, FRAME, target=[]),
        "target: is empty; expected the names",
    ),
    "a list of targets with a wrong one": (
        lambda: jp.train(FOREST, FRAME, target=["label", "lable"]),
        r"target\[1\]: 'lable' is no column of X",
    ),
    "a list of targets for a file, of numbers": (
        lambda: jp.train(FOREST, __file__, target=[1]),
        r"target\[0\]: .*expected",
    ),
    "nothing at all": (lambda: jp.train(FOREST), "X: is missing"),
}


class Bare:
    """Owes nothing to scikit-learn."""

    _estimator_type = "classifier"

    def fit(self, X: Any, y: Any) -> Bare:
        return self

    def predict(self, X: Any) -> Any:
        return np.zeros(len(X))


class Locked:
    def __init__(self) -> None:
        self.lock = threading.Lock()

    def __call__(self, model: Any, X: Any, y: Any) -> float:
        return 0.5


@pytest.mark.parametrize("case", CALLS)
def test_call_is_refused_in_the_cell(case: str, alone: LocalBackend) -> None:
    call, words = CALLS[case]
    with pytest.raises(jp.errors.InvalidRequest, match=words):
        call()
    assert alone.data.run_ids() == []


def test_class_weight_is_set_where_the_estimator_has_it() -> None:
    balanced = with_class_weight(SVC(), "balanced", "classifier")
    assert balanced.class_weight == "balanced"
    chosen = with_class_weight(make_pipeline(StandardScaler(), SVC()), {0: 2.0}, "classifier")
    assert chosen.steps[-1][1].class_weight == {0: 2.0}
    search = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {})
    assert parameter_of(search) == "estimator__svc__class_weight"
    assert parameter_of(DummyClassifier()) is None
    check_covers({0: 2.0}, Y)
    check_covers({0: 2.0, 1: 1, 2: 1}, Y)
    given = SVC()
    with_class_weight(given, "balanced", "classifier")
    assert given.class_weight is None  # a copy has it
