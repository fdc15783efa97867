"""Names and versions of models."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.core.wire import ModelSummary
from jupyter_progress.errors import ArtifactRefused, Conflict, InvalidRequest, UnknownModel
from jupyter_progress.models.persistence import load_model
from jupyter_progress.models.registry import INPUTS_DESCRIBED, Registry

from .conftest import TIME

SaveRun = Callable[..., Path]


def register(registry: Registry, run: Path, name: str = "iris", result: Any = None) -> int:
    return registry.register(name, run, run_id=run.name, result=result, time=TIME)


def test_versions_count_from_one_and_keep_their_facts(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    result = {"test": {"accuracy": 0.9}}
    assert register(registry, save_run(tree, "run-1"), result=result) == 1
    assert register(registry, save_run(tree, "run-2")) == 2
    assert registry.get("iris") == {
        "name": "iris",
        "deployed": None,
        "deployed_time": None,
        "deployed_by": "",
        "columns": None,
        "inputs": None,
        "input_count": None,
        "versions": [
            {"version": 1, "run_id": "run-1", "time": TIME, "result": result},
            {"version": 2, "run_id": "run-2", "time": TIME, "result": None},
        ],
    }
    assert registry.summaries() == [ModelSummary(name="iris", deployed=None, latest=2)]


def test_columns_of_the_version_in_service_are_told_where_they_have_names(
    registry: Registry, save_run: SaveRun, tree: Any, iris: Any
) -> None:
    register(registry, save_run(tree, "run-1", X=iris[0]))
    register(registry, save_run(tree, "run-2", X=iris[0].to_numpy()))
    assert registry.get("iris")["columns"] is None
    registry.deploy("iris", 1, TIME)
    assert registry.get("iris")["columns"] == list(iris[0].columns)
    registry.deploy("iris", 2, TIME)
    assert registry.get("iris")["columns"] is None


def test_service_tells_since_when_by_whom_and_what_it_takes(
    registry: Registry, save_run: SaveRun, tree: Any, iris: Any
) -> None:
    register(registry, save_run(tree, "run-1", X=iris[0]))
    register(registry, save_run(tree, "run-2", X=iris[0].to_numpy()))
    registry.deploy("iris", 1, TIME, "ada")
    told = registry.get("iris")
    assert (told["deployed_time"], told["deployed_by"]) == (TIME, "ada")
    assert told["inputs"] == [{"name": name, "kind": "number"} for name in iris[0].columns]
    registry.deploy("iris", 2, TIME)
    told = registry.get("iris")
    assert told["deployed_by"] == ""
    assert told["inputs"] == [{"name": None, "kind": "number"}] * 4
    assert told["input_count"] == 4


def test_what_was_deployed_before_names_were_kept_has_none(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    register(registry, save_run(tree, "run-1"))
    (registry.models_dir / "iris" / "deployed.json").write_text('{"version": 1}')
    told = registry.get("iris")
    assert (told["deployed"], told["deployed_time"], told["deployed_by"]) == (1, None, "")


def test_wide_model_describes_its_first_columns_and_counts_all(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    import numpy as np
    import pandas as pd

    letters = [f"c{number}" for number in range(INPUTS_DESCRIBED + 5)]
    table = pd.DataFrame({name: np.zeros(3) for name in letters})
    table["c0"] = pd.Categorical(["a", "b", "a"])
    register(registry, save_run(tree, "run-1", X=table))
    registry.deploy("iris", 1, TIME)
    told = registry.get("iris")
    assert told["inputs"][0] == {"name": "c0", "kind": "category", "categories": ["a", "b"]}
    assert len(told["inputs"]) == INPUTS_DESCRIBED
    assert told["input_count"] == len(told["columns"]) == INPUTS_DESCRIBED + 5


def test_runs_in_service_are_those_of_the_deployed_versions(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    for run in ("run-1", "run-2"):
        register(registry, save_run(tree, run))
    register(registry, save_run(tree, "run-3"), "other")
    assert registry.runs_in_service() == set()
    registry.deploy("iris", 1, TIME)
    assert registry.runs_in_service() == {"run-1"}


def test_run_that_is_registered_again_keeps_its_version(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    run = save_run(tree)
    assert [register(registry, run), register(registry, run)] == [1, 1]
    assert register(registry, run, "other") == 1


def test_version_outlives_its_run_and_costs_no_space(
    registry: Registry, save_run: SaveRun, tree: Any, key: bytes, iris: Any
) -> None:
    run = save_run(tree)
    register(registry, run)
    artifact = registry.artifact("iris", 1)
    assert artifact.samefile(run / "model" / "model.skops")
    shutil.rmtree(run)
    model = load_model(registry.directory("iris", 1), key=key)
    assert (model.predict(iris[0]) == tree.predict(iris[0])).all()


def test_registering_at_once_gives_each_a_version_of_its_own(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    runs = [save_run(tree, f"run-{n}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(lambda run: register(registry, run), runs))
    assert sorted(versions) == list(range(1, 9))
    kept = {v["version"]: v["run_id"] for v in registry.get("iris")["versions"]}
    assert kept == {version: run.name for version, run in zip(versions, runs, strict=True)}
    assert not list((registry.models_dir / "iris").glob(".*"))


def test_registering_that_was_killed_half_way_leaves_no_version(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    aside = registry.models_dir / "iris" / ".incoming-1-abc"
    aside.mkdir(parents=True)
    (aside / "manifest.json").write_text("{")
    assert registry.names() == []
    assert register(registry, save_run(tree)) == 1


def test_deploying_tells_what_was_in_service_before_and_can_go_back(
    registry: Registry, save_run: SaveRun, tree: Any, key: bytes
) -> None:
    for n in (1, 2):
        register(registry, save_run(tree, f"run-{n}"))
    assert registry.deploy("iris", 1, TIME) is None
    assert registry.deploy("iris", 2, TIME) == 1
    assert registry.deploy("iris", 1, TIME) == 2
    again = Registry(registry.models_dir, key)
    assert again.deployed("iris") == 1
    assert again.in_service("iris") == 1
    assert again.summaries() == [ModelSummary(name="iris", deployed=1, latest=2)]


def test_nothing_in_service_is_a_conflict(registry: Registry, save_run: SaveRun, tree: Any) -> None:
    register(registry, save_run(tree))
    with pytest.raises(Conflict, match="deploy one of 1 first"):
        registry.in_service("iris")


@pytest.mark.parametrize("name", ["nope", "", ".", "..", "../iris", "a/b", ".iris", "a\0b", "é"])
def test_unknown_names_are_refused_and_touch_nothing(registry: Registry, name: str) -> None:
    for ask in (
        lambda: registry.get(name),
        lambda: registry.directory(name, 1),
        lambda: registry.artifact(name, 1),
        lambda: registry.deploy(name, 1, TIME),
        lambda: registry.in_service(name),
    ):
        with pytest.raises(UnknownModel):
            ask()
    assert registry.deployed(name) is None
    assert not registry.models_dir.exists()


@pytest.mark.parametrize("version", [0, -1, 2, 10**12])
def test_unknown_versions_are_refused(
    registry: Registry, save_run: SaveRun, tree: Any, version: int
) -> None:
    register(registry, save_run(tree))
    with pytest.raises(UnknownModel, match=f"iris/{version}"):
        registry.deploy("iris", version, TIME)


def test_run_without_a_model_is_not_registered(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(ArtifactRefused, match="there is no model"):
        register(registry, tmp_path / "nothing")
    assert registry.names() == []


def test_run_of_another_data_directory_is_not_registered(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    with pytest.raises(ArtifactRefused, match="not signed"):
        register(Registry(registry.models_dir, bytes(32)), save_run(tree))


def test_damaged_facts_are_told_by_their_file(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    register(registry, save_run(tree))
    (registry.models_dir / "iris" / "1" / "registered.json").write_text(json.dumps([1]))
    with pytest.raises(ArtifactRefused, match=r"registered\.json"):
        registry.get("iris")


def test_damaged_deployment_takes_the_model_out_of_service_only(
    registry: Registry, save_run: SaveRun, tree: Any
) -> None:
    register(registry, save_run(tree))
    registry.deploy("iris", 1, TIME)
    (registry.models_dir / "iris" / "deployed.json").write_text("{")
    assert registry.summaries() == [ModelSummary(name="iris", deployed=None, latest=1)]
    assert registry.deploy("iris", 1, TIME) is None
    assert registry.deployed("iris") == 1


def test_name_that_is_none_is_refused(registry: Registry, save_run: SaveRun, tree: Any) -> None:
    run = save_run(tree)
    for name in ("../evil", "a/b", "", "x" * 101):
        with pytest.raises(InvalidRequest, match="cannot name a model"):
            register(registry, run, name)
