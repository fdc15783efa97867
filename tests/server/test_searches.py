"""The leaderboard of a search over REST, and giving up a candidate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

KNN = "sklearn.neighbors.KNeighborsClassifier"
GRID = {
    "dataset": {"source": "sklearn", "name": "iris"},
    "estimator": {
        "class": "sklearn.model_selection.GridSearchCV",
        "params": {
            "estimator": {"class": "sklearn.pipeline.Pipeline", "params": {"steps": [
                ["scale", {"class": "sklearn.preprocessing.StandardScaler"}],
                ["model", {"class": KNN}],
            ]}},
            "param_grid": {
                "model": [
                    {"class": KNN, "params": {"n_neighbors": 3}},
                    {"class": "sklearn.tree.DecisionTreeClassifier", "params": {"max_depth": 1}},
                ]
            },
            "cv": 3,
        },
    },
}  # fmt: skip
SLOW = {
    "dataset": {"source": "sklearn", "name": "digits"},
    "estimator": {
        "class": "sklearn.model_selection.HalvingRandomSearchCV",
        "params": {
            "estimator": {
                "class": "sklearn.ensemble.RandomForestClassifier",
                "params": {"n_estimators": 200, "random_state": 0},
            },
            "param_distributions": {"max_depth": list(range(1, 41))},
            "n_candidates": 40,
            "resource": "n_samples",
            "random_state": 0,
        },
    },
}


async def until(ask: Any, path: str, holds: Callable[[Any], Any]) -> None:
    """Ask until the answer is so."""
    for _ in range(600):
        if holds((await ask("GET", path)).json):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{path} did not come to it")


async def test_search_has_a_leaderboard_and_takes_no_validation_rows(
    ask: Any, until_ended: Any
) -> None:
    run = (await ask("POST", "runs", GRID)).json
    state = await until_ended(run["run_id"])
    assert state["status"] == "completed", state["error"]
    assert state["spec"]["split"]["validation"] == 0.0
    assert state["result"]["rows"]["validation"] == 0
    answer = (await ask("GET", f"runs/{run['run_id']}/candidates")).json
    assert answer["total"] == 2
    best, other = answer["candidates"]
    assert (best["rank"], best["best"], best["status"]) == (1, True, "completed")
    assert best["mean"] >= other["mean"]
    assert best["params"] == {"model": "KNeighborsClassifier(n_neighbors=3)"}
    assert len(best["scores"]) == 3
    assert state["live_score"] == {"name": "accuracy", "value": best["mean"]}
    limited = await ask("GET", f"runs/{run['run_id']}/candidates", params={"limit": "1"})
    assert [row["candidate"] for row in limited.json["candidates"]] == [best["candidate"]]
    refused = await ask("POST", f"runs/{run['run_id']}/skip", {"candidate": 0})
    assert (refused.status, refused.json["reason"]) == (409, "run_has_ended")


@pytest.mark.slow
async def test_candidate_is_skipped_while_its_search_goes_on(ask: Any, until_ended: Any) -> None:
    run_id = (await ask("POST", "runs", SLOW)).json["run_id"]
    early = await ask("POST", f"runs/{run_id}/skip")
    assert (early.status, early.json["reason"]) == (409, "nothing_to_skip")
    await until(ask, f"runs/{run_id}", lambda state: state["search"])
    assert (await ask("POST", f"runs/{run_id}/skip", {"candidate": 35})).status == 202
    assert (await ask("POST", f"runs/{run_id}/skip", {"candidate": 35})).status == 202
    wrong = await ask("POST", f"runs/{run_id}/skip", {"candidate": -1})
    assert (wrong.status, wrong.json["reason"]) == (400, "invalid_request")
    await until(
        ask,
        f"runs/{run_id}/candidates",
        lambda found: (
            (35, "skipped") in [(row["candidate"], row["status"]) for row in found["candidates"]]
        ),
    )
    assert (await ask("POST", f"runs/{run_id}/cancel")).status == 202
    assert (await until_ended(run_id))["status"] == "cancelled"


async def test_registering_what_a_search_without_refit_makes_is_refused(ask: Any) -> None:
    params = {**GRID["estimator"]["params"], "refit": False}  # type: ignore[index]
    body = {**GRID, "estimator": {**GRID["estimator"], "params": params}, "register_as": "m"}  # type: ignore[dict-item]
    answer = await ask("POST", "runs", body)
    assert (answer.status, answer.json["reason"]) == (400, "invalid_request")
    assert "register_as" in answer.json["message"]


async def test_run_that_searches_nothing_has_an_empty_leaderboard(ask: Any) -> None:
    body = {"kind": "external", "name": "elsewhere"}
    run_id = (await ask("POST", "runs", body)).json["run_id"]
    assert (await ask("GET", f"runs/{run_id}/candidates")).json == {"candidates": [], "total": 0}
