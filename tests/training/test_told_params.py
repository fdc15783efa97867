from __future__ import annotations

import json
from collections import deque
from typing import Any

import msgspec
import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from jupyter_progress.training.told_params import told_params


def test_what_somebody_has_set_is_told_and_defaults_are_not() -> None:
    forest = RandomForestClassifier(n_estimators=300, max_depth=np.int64(4), min_samples_leaf=0.1)
    assert told_params(forest) == {"n_estimators": 300, "max_depth": 4, "min_samples_leaf": 0.1}
    assert told_params(RandomForestClassifier()) == {}


def test_parts_are_told_by_their_names_and_what_is_set_in_them() -> None:
    pipeline = make_pipeline(StandardScaler(with_mean=False), SVC(C=2.0, gamma="auto"))
    told = told_params(pipeline)
    assert told["standardscaler"] == "StandardScaler"
    assert told["standardscaler__with_mean"] is False
    assert (told["svc__C"], told["svc__gamma"]) == (2.0, "auto")
    assert "svc__kernel" not in told
    search = told_params(GridSearchCV(SVC(kernel="linear"), {"C": [1, 2]}, n_jobs=2))
    assert search == {
        "estimator": "SVC", "estimator__kernel": "linear", "n_jobs": 2,
        "param_grid": "{'C': [1, 2]}",
    }  # fmt: skip


class Odd:
    """An estimator as nobody should write one."""

    def __init__(self, rows: Any = None) -> None:
        self.rows = rows

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {"rows": self.rows, "unknown": 1, **{f"p{n}": n for n in range(500)}}


class Unseen:
    def __repr__(self) -> str:
        raise RuntimeError("no")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    __hash__ = None  # type: ignore[assignment]


class Raising:
    def get_params(self, deep: bool = True) -> dict[str, Any]:
        raise RuntimeError("no")


def test_whatever_an_estimator_says_of_itself_is_told_in_little_room() -> None:
    for value in (
        np.arange(100_000),
        float("nan"),
        float("inf"),
        "x" * 10_000,
        Unseen(),
        [Unseen()],
    ):
        told = told_params(Odd(value))
        assert len(json.dumps(told, allow_nan=False)) < 4000
        assert told["unknown"] == 1
        assert len(told) == 100
    assert told_params(Raising()) == {}
    assert told_params(object()) == {}


class Named:
    """An estimator of the parameters that it is given."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return self.params


@pytest.mark.parametrize(
    "name",
    [
        "password", "db_password", "store__passwd", "client.secret", "hub__api_key", "API_KEY",
        "credential", "credentials", "auth", "access_token", "token",
    ],
)  # fmt: skip
def test_what_a_name_calls_a_secret_is_not_told(name: str) -> None:
    assert told_params(Named({name: "hunter2"})) == {name: "…"}
    nested = told_params(Named({"options": [{name: "hunter2", "C": 1}]}))
    assert "hunter2" not in str(nested)
    assert "'C': 1" in nested["options"]


@pytest.mark.parametrize(
    "name", ["token_pattern", "tokenizer", "n_tokens", "author", "secretary", "password_length"]
)
def test_name_that_only_holds_such_a_word_is_told(name: str) -> None:
    assert told_params(Named({name: "a+"})) == {name: "a+"}


def test_estimator_in_a_list_shows_none_of_its_own_parameters() -> None:
    pipeline = make_pipeline(StandardScaler(), Named({"password": "hunter2"}))
    assert "hunter2" not in str(told_params(Named({"steps": pipeline.steps})))


def test_number_that_has_no_plain_type_is_told_as_a_text() -> None:
    assert "1.0" in told_params(Ridge(alpha=np.longdouble(1.5) - 0.5))["alpha"]
    numbers = {"a": np.float64(0.5), "b": np.bool_(True), "c": np.array(7), "d": 10**5000}
    told = told_params(Named(numbers))
    assert (told["a"], told["b"], told["c"]) == (0.5, True, 7)
    assert len(told["d"]) < 300


def test_text_that_is_no_unicode_is_spelled_out() -> None:
    told = told_params(Named({"pattern\udcff": "a\udc80b", "both": ["\ud800", Odd()]}))
    assert told["pattern\\udcff"] == "a\\udc80b"
    assert msgspec.json.decode(msgspec.json.encode(told)) == told
    assert json.dumps(told, ensure_ascii=False).encode()


class Counting:
    """Counts how often any of them is shown."""

    shown = 0

    def __repr__(self) -> str:
        Counting.shown += 1
        return "Counting()"


class OwnList(list[Any]):
    """A list under another name."""


def test_large_container_is_cut_before_it_is_written_out() -> None:
    items = [Counting() for _ in range(100_000)]
    for value in (
        items, tuple(items), dict(enumerate(items)), OwnList(items), [[items] * 100] * 100,
        {"a": {"b": items}}, deque(items),
    ):  # fmt: skip
        Counting.shown = 0
        told = told_params(Named({"value": value}))["value"]
        assert 100 < len(told) <= 201
        assert told.endswith("…")
        assert Counting.shown < 200
    assert told_params(Named({"value": b"x" * 10**6}))["value"].startswith("b'xxx")
    endless: list[Any] = []
    endless.append(endless)
    assert len(told_params(Named({"value": endless}))["value"]) < 100


def test_estimator_that_cannot_say_its_parameters_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert told_params(Raising()) == {}
    assert "get_params failed" in caplog.text
