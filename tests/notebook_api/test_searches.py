"""A search in a notebook: followed, a candidate skipped, stopped; with a server and without."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier

import jupyter_progress as jp

from ..training.search_estimators import CountedTree

pytestmark = pytest.mark.usefixtures("here")
X, Y = load_iris(return_X_y=True)


def until(condition: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {seconds:g} s")


def slow_search(depths: int, **more: Any) -> GridSearchCV:
    tree = CountedTree(wait_s=0.8)  # three folds: time to ask for something before the first mean
    return GridSearchCV(tree, {"max_depth": list(range(1, depths + 1))}, cv=3, **more)


@pytest.mark.filterwarnings("ignore:One or more of the:UserWarning")
def test_search_is_followed_and_skipped_and_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    run = jp.train(slow_search(60), X, Y, name="depths", display=False)
    assert capsys.readouterr().out == (
        "fitting on 120 of 150 rows (0 validation, 30 test), scored on folds of its own\n"
    )
    until(lambda: run.state["running"], "the first fold")
    with pytest.raises(jp.errors.NothingToKeep):
        run.stop()
    until(lambda: (run.candidates()["status"] == "completed").any(), "the first candidate")
    board = run.candidates()
    assert board.loc[0, "param_max_depth"] == 1
    assert board.loc[0, "mean"] == pytest.approx(
        board.loc[0, ["fold_0", "fold_1", "fold_2"]].mean()
    )
    with pytest.raises(jp.errors.NothingToSkip, match="candidate 0 has been evaluated already"):
        run.skip(0)
    run.skip(30)
    given_up = until(lambda: run.state["running"], "a fold")[0]["candidate"]
    run.skip(given_up)
    run.skip(given_up)  # the same again is no error
    until(lambda: run.candidates()["status"].get(given_up) in ("skipped", "completed"), "the skip")
    run.stop()
    run.wait(60)
    found = run.result["search"]
    model = run.model
    assert found["best"]["params"] == model.best_params_
    assert found["best"]["mean"] == model.best_score_
    assert run.result["stopped"]
    assert run.result["rows"] == {"train": 120, "validation": 0, "test": 30}
    results = run.cv_results_
    assert results.keys() == model.cv_results_.keys()
    for name, values in model.cv_results_.items():
        np.testing.assert_equal(list(results[name]), list(values))
    assert run.state["live_score"] == {"name": "accuracy", "value": model.best_score_}
    assert run.candidates().index[0] == found["best"]["candidate"]
    with pytest.raises(jp.errors.RunHasEnded):
        run.skip()
    check_panel(run)


def check_panel(run: jp.RunHandle) -> None:
    """What the kernel answers a panel that has no way of its own to a server, and what it saves."""
    asked = {"action": "candidates", "run_id": run.run_id, "limit": 2}
    answer = run.panel._carry_out(asked)
    board = run.candidates()
    assert [row["candidate"] for row in answer["candidates"]] == list(board.index[:2])
    assert answer["total"] == len(board)
    asked = {"action": "series", "run_id": run.run_id, "names": ["live_score", "unknown", 3]}
    series = run.panel._carry_out(asked)["series"]
    assert list(series) == ["live_score"]
    assert series["live_score"] == run._backend.series(run.run_id, ["live_score"])["live_score"]
    asked = {"action": "output", "run_id": run.run_id, "tail": 10**9}
    assert run.panel._carry_out(asked) == {"text": run.output(10_000)}
    report = run.panel.bundle()["text/html"]
    assert f"· max_depth={board.iloc[0]['param_max_depth']}<" in report


@pytest.mark.slow
def test_search_without_refit_has_results_and_no_model() -> None:
    search = GridSearchCV(
        DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=3, refit=False
    )
    with pytest.raises(jp.errors.InvalidRequest, match=r"register_as: GridSearchCV\(refit=False\)"):
        jp.train(search, X, Y, register_as="depths", display=False)
    run = jp.train(search, X, Y, name="no refit", display=False).wait(60)
    with pytest.raises(jp.errors.NoModel, match="refit=False, which makes no model"):
        _ = run.model
    with pytest.raises(jp.errors.NoModel):
        run.register()
    assert list(run.cv_results_["params"]) == [{"max_depth": 1}, {"max_depth": 2}]
    assert run.result["search"]["best"]["params"] == {"max_depth": 2}
    assert run.result["test"] == {}
    stages = {stage["id"]: stage["status"] for stage in run.state["stages"]}
    assert (stages["evaluate"], stages["save_model"]) == ("skipped", "skipped")


@pytest.mark.slow
def test_rows_for_validation_are_kept_where_they_are_asked_for() -> None:
    search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=3)
    run = jp.train(search, X, Y, split={"validation": 0.2}, display=False).wait(60)
    assert run.result["rows"] == {"train": 90, "validation": 30, "test": 30}
    assert run.result["validation"]["live_accuracy"] > 0.5


def test_run_that_searches_nothing_has_no_candidates(finished: jp.RunHandle) -> None:
    assert len(finished.candidates()) == 0
    with pytest.raises(jp.errors.NotFound, match="it is none"):
        _ = finished.cv_results_
