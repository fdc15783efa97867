"""A bad call says at once what was wrong and what was expected, and starts nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.svm import SVC

import jupyter_progress as jp
from jupyter_progress.notebook.local_backend import LocalBackend

pytestmark = pytest.mark.usefixtures("alone")
FOREST = RandomForestClassifier(5)
X = np.arange(40.0).reshape(20, 2)
Y = np.array([0, 1] * 10)
FRAME = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "label": Y})

BAD: dict[str, tuple[tuple[Any, ...], dict[str, Any], str, str]] = {
    "class in place of an object": (
        (RandomForestClassifier, X, Y),
        {},
        "unsuitable_estimator",
        "made with",
    ),
    "no estimator": ((42, X, Y), {}, "unsuitable_estimator", "no fit"),
    "clusterer": ((KMeans(), X, Y), {}, "unsuitable_estimator", "neither classifier nor regressor"),
    "bad parameter": ((RandomForestClassifier(-1), X, Y), {}, "invalid_parameter", "n_estimators"),
    "cannot be pickled": (
        (RandomForestClassifier(class_weight=(i for i in [])), X, Y),
        {},
        "invalid_parameter",
        "class_weight",
    ),
    "lengths differ": ((FOREST, X, Y[:5]), {}, "invalid_request", "5 values and X has 20 rows"),
    "one dimension": ((FOREST, X[:, 0], Y), {}, "invalid_request", r"reshape\(-1, 1\)"),
    "no targets": ((FOREST, X), {}, "invalid_request", "y: is missing"),
    "NaN in the targets": (
        (FOREST, X, np.where(Y == 1, np.nan, 0.0)),
        {},
        "unsuitable_data",
        "10 missing",
    ),
    "one class": ((FOREST, X, np.zeros(20)), {}, "unsuitable_data", "one class only"),
    "fractions for a classifier": ((FOREST, X, X[:, 0] / 3), {}, "unsuitable_data", "regressor"),
    "words for a regressor": (
        (RandomForestRegressor(5), X, np.array(["a", "b"] * 10)),
        {},
        "unsuitable_data",
        "numbers",
    ),
    "no rows": ((FOREST, X[:0], Y[:0]), {}, "unsuitable_data", "no rows"),
    "no table": ((FOREST, {1, 2}, Y), {}, "invalid_request", "set"),
    "unknown column": (
        (FOREST, FRAME),
        {"target": "lable"},
        "unknown_column",
        "did you mean 'label'",
    ),
    "target and y": ((FOREST, FRAME, Y), {"target": "label"}, "invalid_request", "one of the two"),
    "missing file": ((FOREST, "no.csv"), {"target": "a"}, "file_not_readable", "no file 'no.csv'"),
    "file without a target": ((FOREST, "no.csv"), {}, "invalid_request", "target"),
    "unknown split key": (
        (FOREST, X, Y),
        {"split": {"tset": 0.2}},
        "unknown_key",
        "did you mean 'test'",
    ),
    "split of too much": (
        (FOREST, X, Y),
        {"split": {"test": 0.6, "validation": 0.4}},
        "invalid_request",
        "below 1",
    ),
    "split of the wrong type": ((FOREST, X, Y), {"split": 0.2}, "invalid_request", "float"),
    "share and rows": (
        (FOREST, X, Y),
        {"test": (X, Y), "split": {"test": 0.2}},
        "invalid_request",
        "one of the two",
    ),
    "no pair": ((FOREST, X, Y), {"validation": X}, "invalid_request", "pair"),
    "other columns": ((FOREST, X, Y), {"test": (X[:, :1], Y)}, "invalid_request", "has 1 columns"),
    "preprocess": ((FOREST, X, Y), {"preprocess": "all"}, "invalid_request", "'auto' or 'none'"),
    "overhead": ((FOREST, X, Y), {"max_overhead": 2}, "invalid_request", "max_overhead"),
    "overhead in words": (
        (FOREST, X, Y),
        {"max_overhead": "3 %"},
        "invalid_request",
        "expected a number",
    ),
    "tags": ((FOREST, X, Y), {"tags": "one"}, "invalid_request", r"\['one'\]"),
    "model name": ((FOREST, X, Y), {"register_as": "a/b"}, "invalid_request", "register_as"),
    "params twice": ((FOREST, X, Y), {"params": {"n_estimators": 3}}, "invalid_request", "params"),
    "unknown data set": (
        (FOREST, {"source": "sklearn", "name": "digit"}),
        {},
        "unknown_dataset",
        "digits",
    ),
    "class outside of the list": (("os.system", X, Y), {}, "estimator_not_allowed", "sklearn"),
    "unknown parameter": (
        ("sklearn.svm.SVC", X, Y),
        {"params": {"CC": 1}},
        "invalid_parameter",
        "CC",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_call_is_refused_in_the_cell(case: str, alone: LocalBackend) -> None:
    arguments, options, reason, words = BAD[case]
    with pytest.raises(jp.errors.InvalidRequest, match=words) as raised:
        jp.train(*arguments, **options)
    assert raised.value.reason == reason
    assert alone.data.run_ids() == []


def test_estimator_that_cannot_be_pickled_is_refused(alone: LocalBackend) -> None:
    class Locked(SVC):
        def __reduce__(self) -> Any:
            raise TypeError("cannot pickle a lock")

    with pytest.raises(jp.errors.UnsuitableEstimator, match="cannot pickle a lock"):
        jp.train(Locked(), X, Y)
    assert alone.data.run_ids() == []


def test_unknown_runs_models_and_statuses_are_named(alone: LocalBackend) -> None:
    for bad in ("nonsense", "../../etc", "20000101-000000-00000000"):
        with pytest.raises(jp.errors.UnknownRun):
            jp.get_run(bad)
    with pytest.raises(jp.errors.UnknownRun, match="no run yet"):
        jp.last_run()
    with pytest.raises(jp.errors.UnknownModel, match="'nothing'"):
        jp.load_model("nothing")
    with pytest.raises(jp.errors.InvalidRequest, match="completed"):
        jp.runs(status="done")
    with pytest.raises(jp.errors.InvalidRequest, match="run:"):
        jp.Panel(42)
    with pytest.raises(jp.errors.InvalidRequest, match="activity"):
        jp.Panel(show=["everything"])


def test_no_server_is_said_where_one_is_needed() -> None:
    with pytest.raises(jp.errors.ServerNotFound, match="jupyter lab"):
        jp.server()


def test_row_counts_are_those_of_scikit_learn(capsys: pytest.CaptureFixture[str]) -> None:
    from sklearn.model_selection import train_test_split

    from jupyter_progress.core.requests import Split
    from jupyter_progress.notebook.checks import row_counts

    for rows in range(10, 400, 7):
        for test, validation in ((0.2, 0.2), (0.33, 0.1), (0.5, 0.0), (0.0, 0.25), (0.15, 0.7)):
            rest, held = (
                train_test_split(range(rows), test_size=test) if test else (range(rows), [])
            )
            share = validation / (1 - test)
            kept, watched = train_test_split(rest, test_size=share) if validation else (rest, [])
            counted = row_counts(rows, Split(test=test, validation=validation))
            assert counted == (len(kept), len(watched), len(held))
