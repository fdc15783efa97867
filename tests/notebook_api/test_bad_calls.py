"""A bad call says at once what was wrong and what was expected, and starts nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.svm import SVC

import jupyter_progress as jp
from jupyter_progress.notebook.local_backend import LocalBackend

pytestmark = pytest.mark.usefixtures("alone")
FOREST = RandomForestClassifier(5)
X = np.arange(40.0).reshape(20, 2)
Y = np.array([0, 1] * 10)
FRAME = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "label": Y})

NAN = float("nan")


class OwnFrame:
    """Looks like a frame, and nothing here can read it."""

    columns = ("a", "b")
    shape = (20, 2)

    def __repr__(self) -> str:
        raise RuntimeError("no repr either")


class BrokenFrame(OwnFrame):
    def to_pandas(self) -> Any:
        raise ImportError("needs pyarrow")


BAD: dict[str, tuple[tuple[Any, ...], dict[str, Any], str, str]] = {
    "class in place of an object": (
        (RandomForestClassifier, X, Y),
        {},
        "unsuitable_estimator",
        "made with",
    ),
    "no estimator": ((42, X, Y), {}, "unsuitable_estimator", "no fit"),
    "rows in the estimator's place": (
        (X, FOREST, Y),
        {},
        "unsuitable_estimator",
        r"an ndarray, .* comes first: jp\.train\(estimator, X, y\)",
    ),
    "number that no float holds": (
        (FOREST, [[10**400, i] for i in range(20)], Y),
        {},
        "unsuitable_data",
        "too large",
    ),
    "held-out number that no float holds": (
        (FOREST, X, Y),
        {"validation": ([[10**400, 1]] * 4, [0, 1, 0, 1])},
        "unsuitable_data",
        "too large",
    ),
    "overhead that no float holds": (
        (FOREST, X, Y),
        {"max_overhead": 10**400},
        "invalid_request",
        "max_overhead",
    ),
    "share that no float holds": (
        (FOREST, X, Y),
        {"split": {"test": 10**400}},
        "invalid_request",
        "split.test",
    ),
    "lists in cells": (
        (FOREST, pd.DataFrame({"a": [[1, 2]] * 20, "b": range(20)}), Y),
        {},
        "unsuitable_data",
        r"more than one value in a cell in column 'a' \(list\)",
    ),
    "dictionaries in cells": (
        (FOREST, pd.DataFrame({"a": [{"x": 1}] * 20}), Y),
        {},
        "unsuitable_data",
        "dict",
    ),
    "targets of 400 digits": (
        (FOREST, X, [10**400, 1] * 10),
        {},
        "unsuitable_data",
        "64 bits",
    ),
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
    "name of the wrong type": ((FOREST, X, Y), {"name": 42}, "invalid_request", "name: is 42"),
    "name of half a character": ((FOREST, X, Y), {"name": "a\udcff"}, "invalid_request", "name"),
    "tags that are none": ((FOREST, X, Y), {"tags": None}, "invalid_request", "tags: is None"),
    "tag of the wrong type": ((FOREST, X, Y), {"tags": [1]}, "invalid_request", r"tags\[0\]: is 1"),
    "tags in a dictionary": ((FOREST, X, Y), {"tags": {"a": 1}}, "invalid_request", "list of str"),
    "unknown scorer": (
        (FOREST, X, Y),
        {"scoring": "acuracy"},
        "invalid_request",
        "did you mean 'accuracy'",
    ),
    "scorer for regressors": ((FOREST, X, Y), {"scoring": "r2"}, "invalid_request", "regressors"),
    "scorer that is a number": (
        (FOREST, X, Y),
        {"scoring": 5},
        "invalid_request",
        "expected a string",
    ),
    "preprocess of an array": ((FOREST, X, Y), {"preprocess": X}, "invalid_request", "'none'"),
    "time limit of nothing": (
        (FOREST, X, Y),
        {"time_limit": 0},
        "invalid_request",
        "time_limit: is 0",
    ),
    "time limit in words": (
        (FOREST, X, Y),
        {"time_limit": "5 min"},
        "invalid_request",
        "time_limit",
    ),
    "time limit of NaN": ((FOREST, X, Y), {"time_limit": NAN}, "invalid_request", "finite"),
    "early stopping without validation rows": (
        (FOREST, X, Y),
        {"early_stopping": True, "split": None},
        "invalid_request",
        "goes by the score on validation rows, and there are none",
    ),
    "early stopping of one call": (
        (SVC(), X, Y),
        {"early_stopping": 3},
        "invalid_request",
        "SVC: its fit shows no steps",
    ),
    "early stopping by a name": (
        ("sklearn.svm.SVC", {"source": "sklearn", "name": "iris"}),
        {"early_stopping": 3},
        "invalid_request",
        "SVC: its fit shows no steps",
    ),
    "early stopping of another kind": (
        (FOREST, X, Y),
        {"early_stopping": "yes"},
        "invalid_request",
        "expected True, a number",
    ),
    "early stopping with a misspelt key": (
        (FOREST, X, Y),
        {"early_stopping": {"patiance": 3}},
        "unknown_key",
        "patiance: is not known; did you mean 'patience'",
    ),
    "early stopping without patience": (
        (FOREST, X, Y),
        {"early_stopping": {"patience": 0}},
        "invalid_request",
        "patience",
    ),
    "overhead of NaN": ((FOREST, X, Y), {"max_overhead": NAN}, "invalid_request", "finite"),
    "model name of the wrong type": (
        (FOREST, X, Y),
        {"register_as": 5},
        "invalid_request",
        "register_as: is 5",
    ),
    "display in words": ((FOREST, X, Y), {"display": "no"}, "invalid_request", "True or False"),
    "share of NaN": ((FOREST, X, Y), {"split": {"test": NAN}}, "invalid_request", "split.test"),
    "random state of None": (
        (FOREST, X, Y),
        {"split": {"random_state": None}},
        "invalid_request",
        "random_state: is None",
    ),
    "infinite rows": (
        (FOREST, np.full((10, 2), np.inf), [0, 1] * 5),
        {},
        "unsuitable_data",
        "X: holds infinite values in columns 0, 1",
    ),
    "infinite validation rows": (
        (FOREST, X, Y),
        {"validation": (np.full((10, 2), np.inf), [0, 1] * 5)},
        "unsuitable_data",
        r"validation\[0\]: holds infinite",
    ),
    "words for a number cruncher": (
        (SVC(), FRAME.assign(town="Bern")),
        {"target": "label", "preprocess": "none"},
        "unsuitable_data",
        "X: holds no numbers in column 'town'",
    ),
    "masked targets": (
        (FOREST, X, np.ma.masked_equal(np.arange(20) % 3, 2)),
        {},
        "unsuitable_data",
        "y: has 6 missing values",
    ),
    "one class left to train on": (
        (FOREST, X, [0] * 19 + [1]),
        {"split": {"test": 0.1, "validation": 0.0, "shuffle": False}},
        "unsuitable_data",
        "split: leaves",
    ),
    "names of two types": (
        (FOREST, FRAME[["a", "b"]].rename(columns={"a": 1}), Y),
        {},
        "unsuitable_data",
        "mixed types",
    ),
    "target in a list": ((FOREST, FRAME), {"target": ["lable"]}, "unknown_column", "'lable'"),
    "target twice": (
        (FOREST, pd.concat([FRAME, FRAME[["label"]]], axis=1)),
        {"target": "label"},
        "unsuitable_data",
        "names 2 columns",
    ),
    "target in place of y": ((FOREST, FRAME, "label"), {}, "invalid_request", "named by target="),
    "test rows of words": (
        (FOREST, X, Y),
        {"test": (X, np.array(["a", "b"] * 10))},
        "unsuitable_data",
        "training targets are numbers",
    ),
    "wrapper of no estimator": (
        (BaggingClassifier(42), X, Y),
        {},
        "unsuitable_estimator",
        "does not say what it is",
    ),
    "frame of an unknown library": ((FOREST, OwnFrame(), Y), {}, "invalid_request", "OwnFrame"),
    "frame that cannot be converted": (
        (FOREST, BrokenFrame(), Y),
        {},
        "invalid_request",
        "needs pyarrow",
    ),
    "rows in a generator": ((FOREST, (row for row in X), Y), {}, "invalid_request", "generator"),
    "rows of dictionaries": ((FOREST, [{"a": 1}] * 20, Y), {}, "invalid_request", "DataFrame"),
    "rows of nothing": ((FOREST, [], []), {}, "invalid_request", "X: is empty"),
    "complex rows": ((FOREST, X * 1j, Y), {}, "unsuitable_data", "complex"),
    "complex targets": ((FOREST, X, Y * 1j), {}, "unsuitable_data", "complex"),
    "targets in a set": ((FOREST, X, {0, 1}), {}, "invalid_request", "in their order"),
    "targets of unequal length": (
        (FOREST, X, [[1]] * 19 + [[1, 2]]),
        {},
        "invalid_request",
        "unequal length",
    ),
    "targets that are lists": (
        (FOREST, X, pd.Series([[1], [2]] * 10)),
        {},
        "unsuitable_data",
        "holds a list",
    ),
    "targets of mixed types": (
        (FOREST, X, np.array([0, "a"] * 10, dtype=object)),
        {},
        "unsuitable_data",
        "int, str",
    ),
    "dates for a regressor": (
        (RandomForestRegressor(5), X, pd.date_range("2020", periods=20)),
        {},
        "unsuitable_data",
        "holds dates",
    ),
    "path of nothing": ((FOREST, ""), {"target": "a"}, "file_not_readable", "no path"),
    "path too long": ((FOREST, "x" * 9000), {"target": "a"}, "file_not_readable", "too long"),
    "path with a NUL": ((FOREST, "a\0.csv"), {"target": "a"}, "file_not_readable", "no path"),
    "address": ((FOREST, "https://x.org/a.csv"), {"target": "a"}, "file_not_readable", "address"),
    "columns in a dictionary": ((FOREST, {"a": [1, 2]}), {}, "invalid_request", "DataFrame"),
    "data set with a number for a key": (
        (FOREST, {"source": "sklearn", "name": "iris", 5: 5}),
        {},
        "invalid_request",
        "the key 5",
    ),
    "params that are objects": (
        ("sklearn.svm.SVC", X, Y),
        {"params": {"C": object()}},
        "invalid_parameter",
        "params.C: is an object",
    ),
    "params of NaN": (
        ("sklearn.svm.SVC", X, Y),
        {"params": {"C": NAN}},
        "invalid_parameter",
        "hand over the estimator itself",
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


@pytest.mark.slow
def test_frame_of_another_library_becomes_one_of_pandas(alone: LocalBackend) -> None:
    class Elsewhere(OwnFrame):
        def to_pandas(self) -> pd.DataFrame:
            return FRAME

    run = jp.train(FOREST, Elsewhere(), target="label", split=None, display=False)
    assert run.wait().model.feature_names_in_.tolist() == ["a", "b"]
    run.delete()


@pytest.mark.slow
def test_targets_whose_labels_have_another_order_are_told(alone: LocalBackend) -> None:
    shuffled = FRAME["label"].sample(frac=1, random_state=0)
    with pytest.warns(UserWarning, match=r"y\.loc\[X\.index\]") as told:
        run = jp.train(FOREST, FRAME[["a", "b"]], shuffled, display=False)
    assert told[0].filename == __file__
    run.wait().delete()


@pytest.mark.slow
def test_masked_values_are_missing_ones(alone: LocalBackend) -> None:
    masked = np.ma.masked_less(np.ma.array(X, copy=True), np.sort(X[:, 0])[3])
    forest = RandomForestClassifier(5, random_state=0)
    run = jp.train(forest, masked, Y, split=None, display=False).wait()
    plain = masked.filled(np.nan)
    expected = forest.fit(plain, Y).predict_proba(plain)
    assert run.model.predict_proba(plain).tolist() == expected.tolist()
    assert any("missing" in line["text"] for line in jp.Panel().state["activity"])
    run.delete()


ID = "20000101-000000-00000000"
ELSEWHERE: dict[str, tuple[Any, str]] = {
    "tag": (lambda: jp.runs(tag=5), "tag: is 5"),
    "tag of half a character": (lambda: jp.runs(tag="\udcff"), "tag: holds"),
    "status of an array": (lambda: jp.runs(status=X), r"status\[0\]: is"),
    "words that are none": (lambda: jp.runs(q=5), "q: is 5"),
    "metric without a number": (lambda: jp.runs(metric="accuracy"), "metric: is 'accuracy'"),
    "order by nothing": (lambda: jp.runs(sort=None), "sort: is None"),
    "limit of nothing": (lambda: jp.runs(limit=0), "limit: is 0"),
    "limit that is a boolean": (lambda: jp.runs(limit=True), "limit: is True"),
    "run of None": (lambda: jp.get_run(None), "run_id: is None"),
    "run that cannot be shown": (lambda: jp.get_run(OwnFrame()), "OwnFrame"),
    "panel of what cannot be shown": (lambda: jp.Panel(OwnFrame()), "OwnFrame"),
    "panel of what has not begun": (lambda: jp.Panel(jp.Run("a")), "has not begun"),
    "panel of a number of parts": (lambda: jp.Panel(show=5), "show: is 5"),
    "panel of a part that is a number": (lambda: jp.Panel(show=[5]), r"show\[0\]: is 5"),
    "panel with a slip": (lambda: jp.Panel(shwo=["chart"]), "shwo: is not known"),
    "model of a number": (lambda: jp.load_model(5), "name: is 5"),
    "model of None": (lambda: jp.load_model(None), "name: is None"),
    "version of half": (lambda: jp.load_model("a", 1.5), "version: is 1.5"),
    "run called by a number": (lambda: jp.Run(42), "name: is 42"),
    "number of stages": (lambda: jp.Run("a", stages=5), "stages: is 5"),
    "no stages": (lambda: jp.Run("a", stages=None), "stages: is None"),
    "very many stages": (lambda: jp.Run("a", stages=map(str, range(10**6))), "more than 200"),
    "tags of a run": (lambda: jp.Run("a", tags=[5]), r"tags\[0\]: is 5"),
    "directory of a number": (lambda: jp.Run("a", data_dir=5), "data_dir: is 5"),
    "display of a run": (lambda: jp.Run("a", display="x"), "display: is 'x'"),
    "nothing to track": (lambda: jp.track(None), "iterable: is None"),
    "display of a loop": (lambda: jp.track([1], display="x"), "display: is 'x'"),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_bad_argument_is_named_wherever_it_is_given(case: str) -> None:
    call, words = ELSEWHERE[case]
    with pytest.raises(jp.errors.InvalidRequest, match=words):
        call()


@pytest.fixture(scope="module")
def handle(no_server: LocalBackend) -> jp.RunHandle:
    """A run in one's hand; what is asked of it in these tests never gets as far as the run."""
    return jp.RunHandle(ID, backend=no_server, display=False)


HELD: dict[str, tuple[Any, str]] = {
    "wait in words": (lambda run: run.wait("x"), "timeout: is 'x'"),
    "wait of NaN": (lambda run: run.wait(NAN), "timeout: is nan"),
    "wait into the past": (lambda run: run.wait(-1), "timeout: is -1"),
    "name": (lambda run: run.update(name=5), "name: is 5"),
    "tags": (lambda run: run.update(tags="one"), r"\['one'\]"),
    "notes": (lambda run: run.update(notes=5), "notes: is 5"),
    "note": (lambda run: run.note(" "), "text: is empty"),
    "metric": (lambda run: run.history("loss"), r"\['loss'\]"),
    "output": (lambda run: run.output(-1), "tail: is -1"),
    "model name": (lambda run: run.register([]), "name: is"),
    "model name of a path": (lambda run: run.deploy("a/b"), "cannot name a model"),
    "rows of None": (lambda run: run.predict(None), "rows: is None"),
    "one row": (lambda run: run.predict([1, 2]), r"rows\[0\]: is 1"),
    "rows that are infinite": (lambda run: run.predict([[np.inf, 1]]), r"rows\[0\]\[0\]: is inf"),
    "rows beyond all floats": (lambda run: run.predict([[10**400]]), r"rows\[0\]\[0\]: is inf"),
    "rows of objects": (lambda run: run.predict([[{"a": 1}]]), r"rows\[0\]\[0\]: is a dict"),
    "rows of half a character": (lambda run: run.predict_proba([{"a": "\udcff"}]), r"rows\[0\]\.a"),
}


@pytest.mark.parametrize("case", HELD)
def test_bad_argument_of_a_run_is_named(case: str, handle: jp.RunHandle) -> None:
    ask, words = HELD[case]
    with pytest.raises(jp.errors.InvalidRequest, match=words):
        ask(handle)


def test_panel_of_an_unknown_run_says_so() -> None:
    with pytest.raises(jp.errors.UnknownRun, match=ID):
        jp.Panel(ID)


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
