"""Models in service: real processes, real rows, and what is told when a row does not fit."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from jupyter_progress.errors import (
    ArtifactRefused,
    Conflict,
    InvalidRequest,
    ServingFailed,
    UnknownModel,
)
from jupyter_progress.models.registry import Registry
from jupyter_progress.models.serving import ServingPool

from .conftest import TIME


@pytest.fixture
def pool(registry: Registry) -> Iterator[ServingPool]:
    with ServingPool(registry) as found:
        yield found


@pytest.fixture
def put(registry: Registry, save_run: Any) -> Any:
    """Save, register and deploy a model; its version."""

    def deploy(estimator: Any, X: Any = None, name: str = "iris", **facts: Any) -> int:
        n = len(registry.get(name)["versions"]) + 1 if name in registry.names() else 1
        run = save_run(estimator, f"{name}-{n}", X, **facts)
        version = registry.register(name, run, run_id=run.name, result=None, time=TIME)
        registry.deploy(name, version, TIME)
        return version

    return deploy


def test_predicts_as_the_model_itself_from_lists_and_objects(
    pool: ServingPool, put: Any, tree: Any, iris: Any
) -> None:
    X, _ = iris
    put(tree, X)
    some = X.iloc[::29]
    by_place = pool.predict("iris", some.to_numpy().tolist())
    assert by_place["predictions"] == tree.predict(some).tolist()
    assert by_place["probabilities"] == tree.predict_proba(some).tolist()
    assert (by_place["model"], by_place["version"]) == ("iris", 1)
    assert by_place["classes"] == [0, 1, 2]
    shuffled = some[list(reversed(some.columns))].to_dict("records")
    assert pool.predict("iris", shuffled) == by_place
    assert pool.pids() != [os.getpid()]
    assert len(pool.pids()) == 1


def test_rollback_answers_from_the_older_version(
    pool: ServingPool, put: Any, registry: Registry, tree: Any, iris: Any
) -> None:
    X, y = iris
    put(tree, X)
    put(LinearRegression().fit(X, y), X)
    row = X.iloc[:1].to_numpy().tolist()
    newer = pool.predict("iris", row)
    assert newer["version"] == 2
    assert "probabilities" not in newer
    registry.deploy("iris", 1, TIME)
    assert pool.predict("iris", row)["version"] == 1
    assert pool.predict("iris", row, version=2) == newer


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "rows: is empty"),
        ([[1, 2, 3, 4], [1, 2]], r"rows\[1\]: has 2 values; the model takes 4"),
        ([[1, 2, 3, "x"]], r"rows\[0\].petal width \(cm\): is 'x'; expected a number"),
        ([[1, 2, 3, [4]]], r"rows\[0\].petal width \(cm\): is a list or an object"),
        ([{"nope": 1}], r"rows\[0\].nope: is no column of this model; expected 'sepal"),
        ([{"sepal length (cm)": 1}], r"rows\[0\].sepal width \(cm\): is missing; null .*; so are"),
        ([{"sepal_length": 1}], r"rows\[0\].sepal_length: .*did you mean 'sepal length \(cm\)'"),
        ([7], r"rows\[0\]: is of the wrong type; expected a list of 4 values or an object"),
        ([None], r"rows\[0\]: is of the wrong type"),
    ],
)
def test_rows_that_do_not_fit_are_refused_by_their_place(
    rows: list[Any], told: str, tree: Any, iris: Any, serving_iris: ServingPool
) -> None:
    with pytest.raises(InvalidRequest, match=told):
        serving_iris.predict("iris", rows)


@pytest.fixture(scope="module")
def serving_iris(tmp_path_factory: pytest.TempPathFactory, tree: Any, iris: Any) -> Any:
    """One process for all rows that are refused."""
    from jupyter_progress.models.columns import describe_columns
    from jupyter_progress.models.persistence import save_model

    folder, key = tmp_path_factory.mktemp("serving"), bytes(32)
    facts = {"columns": describe_columns(iris[0])}
    save_model(tree, folder / "run" / "model", key=key, facts=facts)
    registry = Registry(folder / "models", key)
    registry.register("iris", folder / "run", run_id="run", result=None, time=TIME)
    registry.deploy("iris", 1, TIME)
    with ServingPool(registry) as pool:
        yield pool


def test_what_the_model_itself_refuses_is_told_about_the_rows(pool: ServingPool, put: Any) -> None:
    X = np.arange(10.0).reshape(-1, 1)
    put(LinearRegression().fit(X, X[:, 0]), X)
    assert pool.predict("iris", [[3]])["predictions"] == pytest.approx([3])
    with pytest.raises(InvalidRequest, match=r"rows: the model does not take them: .*NaN"):
        pool.predict("iris", [[None]])
    with pytest.raises(InvalidRequest, match=r"rows\[0\]: is of the wrong type; expected a list"):
        pool.predict("iris", [{"x": 1}])


def test_frame_with_text_categories_dates_and_gaps_is_served_as_it_was_trained(
    pool: ServingPool, put: Any
) -> None:
    X = pd.DataFrame(
        {
            "city": ["Rome", "Oslo", "Rome", "Oslo"],
            "size": pd.Categorical(["s", "l", "l", "s"]),
            "on": [True, False, True, False],
            "count": [1, 2, 3, 4],
        }
    )
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["city", "size"]), remainder="passthrough"
    )
    model = make_pipeline(encode, LogisticRegression()).fit(X, ["warm", "cold", "warm", "cold"])
    put(model, X)
    rows = [["Rome", "s", True, 1], ["Bergen", "l", False, 2.5]]
    answer = pool.predict("iris", rows)
    assert answer["predictions"][0] == "warm"
    assert answer["classes"] == ["cold", "warm"]


@pytest.mark.slow
def test_numbers_that_json_does_not_have_are_null(pool: ServingPool, put: Any) -> None:
    model = make_pipeline(FunctionTransformer(), _DividesByZero())
    X = np.ones((3, 2))
    put(model.fit(X, [0, 1, 2]), X)
    assert pool.predict("iris", [[1, 0], [4, 2]])["predictions"] == [None, 2.0]


class _DividesByZero(LinearRegression):
    def predict(self, X: Any) -> Any:
        with np.errstate(divide="ignore"):
            return X[:, 0] / X[:, 1]


def test_model_is_served_with_the_folder_and_path_it_was_trained_with(
    pool: ServingPool, put: Any, tmp_path: Path, save_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "rules_of_mine.py").write_text(
        "from pathlib import Path\n\ndef add(X):\n    return X + int(Path('offset').read_text())\n"
    )
    (project / "offset").write_text("5")
    monkeypatch.chdir(project)
    monkeypatch.syspath_prepend(str(project))
    import rules_of_mine

    X = np.arange(6.0).reshape(-1, 1)
    model = make_pipeline(FunctionTransformer(rules_of_mine.add), LinearRegression()).fit(
        X, X[:, 0]
    )
    put(model, X, cwd=str(project), sys_path=["", *sys.path])
    monkeypatch.chdir(tmp_path)
    assert pool.predict("iris", [[2]])["predictions"] == pytest.approx([2])
    monkeypatch.delitem(sys.modules, "rules_of_mine")


@pytest.mark.slow
def test_interpreter_that_is_gone_is_replaced_by_this_one(
    pool: ServingPool, put: Any, tree: Any, iris: Any
) -> None:
    put(tree, iris[0], python="/gone/bin/python")
    assert pool.predict("iris", [[5, 3, 1, 0]])["predictions"] == [0]


def test_killed_process_is_replaced_for_the_next_request(
    pool: ServingPool, put: Any, tree: Any, iris: Any
) -> None:
    put(tree, iris[0])
    pool.check("iris", 1)
    [pid] = pool.pids()
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert pool.predict("iris", [[5, 3, 1, 0]])["predictions"] == [0]
    assert pool.pids() != [pid]


def test_broken_model_does_not_pass_the_check(
    pool: ServingPool, put: Any, registry: Registry, tree: Any, iris: Any
) -> None:
    put(tree, iris[0])
    with registry.artifact("iris", 1).open("r+b") as file:
        file.write(b"broken")
    with pytest.raises(ArtifactRefused, match="SHA-256"):
        pool.check("iris", 1)


def test_what_is_not_there_is_told_without_starting_a_process(
    pool: ServingPool, put: Any, registry: Registry, save_run: Any, tree: Any
) -> None:
    with pytest.raises(UnknownModel):
        pool.predict("iris", [[1]])
    run = save_run(tree)
    registry.register("iris", run, run_id="r", result=None, time=TIME)
    with pytest.raises(Conflict):
        pool.predict("iris", [[1]])
    with pytest.raises(UnknownModel):
        pool.check("iris", 2)
    assert pool.pids() == []


@pytest.mark.slow
def test_pool_ends_what_was_asked_longest_ago(registry: Registry, put: Any, tree: Any) -> None:
    for name in ("a", "b"):
        put(tree, None, name)
    with ServingPool(registry, max_processes=1) as pool:
        pool.check("a", 1)
        [first] = pool.pids()
        pool.check("b", 1)
        [second] = pool.pids()
        assert first != second
    assert pool.pids() == []
    with pytest.raises(ServingFailed):
        pool.check("a", 1)
