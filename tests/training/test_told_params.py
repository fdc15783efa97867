from __future__ import annotations

import json
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
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
