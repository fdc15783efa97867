from __future__ import annotations

from typing import Any

import pytest

from jupyter_progress.core.run_facts import estimator_of, main_score, name_key, words_of
from jupyter_progress.core.run_query import (
    EVERYTHING,
    MetricBound,
    RunQuery,
    RunSort,
    read_run_query,
    written,
)
from jupyter_progress.core.state import LiveScore, RunState, StageState
from jupyter_progress.errors import InvalidRequest

ID = "20260101-000000-00000000"


def run(name: str = "", **facts: Any) -> RunState:
    return RunState(run_id=ID, name=name, **facts)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, EVERYTHING),
        ({"q": "  Deep   FOREST deep "}, RunQuery(words=("deep", "forest"))),
        ({"q": "ﬁne STRASSE"}, RunQuery(words=("fine", "strasse"))),
        ({"status": ["failed", "queued", "failed"]}, RunQuery(statuses=("failed", "queued"))),
        ({"metric": ["test.r2>=-1.5e-3"]},
         RunQuery(bounds=(MetricBound("test.r2", ">=", -0.0015),))),
        ({"metric": ["metrics.val/loss < 2"]},
         RunQuery(bounds=(MetricBound("metrics.val/loss", "<", 2.0),))),
        ({"metric": ["metrics.a>b>1"]}, RunQuery(bounds=(MetricBound("metrics.a>b", ">", 1.0),))),
        ({"sort": "oldest"}, RunQuery(sort=RunSort("began", is_descending=False))),
        ({"sort": "-test.accuracy"}, RunQuery(sort=RunSort("test.accuracy", is_descending=True))),
        ({"sort": "name"}, RunQuery(sort=RunSort("name", is_descending=False))),
    ],
)  # fmt: skip
def test_what_a_person_writes_is_read_and_written_again(asked: Any, found: RunQuery) -> None:
    assert read_run_query(**asked) == found
    again = {name: value for name, value in written(found).items() if value is not None}
    assert read_run_query(**again) == found


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("q", "w" * 201), ("q", " ".join("abcdefghijk")), ("status", ["done"]),
        ("metric", ["accuracy>0.9"]), ("metric", ["test.accuracy"]), ("metric", ["test.a>nan"]),
        ("metric", ["test.a>1e999"]), ("metric", ["test.a>Infinity"]), ("metric", ["test.>1"]),
        ("metric", [f"test.{'a' * 300}>1"]), ("metric", ["test.a\n>1"]), ("metric", ["x; DROP"]),
        ("metric", [f"test.a>{n}" for n in range(21)]), ("tag", [str(n) for n in range(21)]),
        ("sort", "age"), ("sort", "-newest"), ("sort", "test."), ("sort", ""), ("sort", "--name"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_field(field: str, value: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_run_query(**{field: value})
    assert refused.value.field == field
    assert "expected" in str(refused.value) or "at most" in str(refused.value)
    assert len(str(refused.value)) < 300


def test_names_are_ordered_as_a_person_counts() -> None:
    names = [
        "Run 10",
        "run 9",
        "run 09b",
        "Äpfel",
        "run",
        "apfel",
        "run 2.10",
        "run 2.9",
        "ｒｕｎ 3",
    ]
    ordered = sorted(names, key=lambda name: name_key(run(name)))
    assert ordered == [
        "apfel", "run", "run 2.9", "run 2.10", "ｒｕｎ 3", "run 9", "run 09b", "Run 10", "Äpfel",
    ]  # fmt: skip


def test_words_reach_over_no_two_of_name_tags_and_estimator() -> None:
    searched = words_of(run("Deep", tags=["For est"], spec={"estimator": {"class": "a.b.SVC"}}))
    assert searched == f"deep\n{ID}\nsvc\nfor est"


def test_estimator_is_what_the_request_names_or_the_worker_found() -> None:
    found = StageState(id="initialize", title="", metrics={"estimator": "Own"})
    assert estimator_of(run(spec={"estimator": {"class": "sklearn.svm.SVC"}})) == "SVC"
    assert estimator_of(run(spec={"estimator": {"upload": "ab"}}, stages=[found])) == "Own"
    assert estimator_of(run(spec={"estimator": ["odd"]}, stages=[])) == ""


@pytest.mark.parametrize(
    ("facts", "score"),
    [
        ({"result": {"test": {"r2": 0.5, "mae": 2}}}, 0.5),
        ({"result": {"test": {"accuracy": 1, "r2": 0.5}}, "live_accuracy": 0.25}, 1.0),
        ({"result": {"test": None}, "live_accuracy": 0.25}, 0.25),
        ({"live_score": LiveScore(name="f1", value=0.5), "live_accuracy": 0.25}, 0.5),
        ({"result": {"test": {"accuracy": "high"}}}, None),
        ({"result": {"test": {"accuracy": 10**400}}}, None),
        ({}, None),
    ],
)
def test_main_score_is_the_tests_or_the_last_live_one(facts: Any, score: float | None) -> None:
    assert main_score(run(**facts)) == score
