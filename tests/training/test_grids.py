"""A search over what cannot be tried is refused before anything starts; others are left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import randint
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import jupyter_progress as jp
from jupyter_progress.errors import InvalidParameter
from jupyter_progress.training.searching.grids import check_grid

FOREST = RandomForestClassifier()
PIPE = Pipeline([("scale", StandardScaler()), ("model", "passthrough")])


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (GridSearchCV(FOREST, {"max_dpth": [1]}), "'max_dpth'; did you mean 'max_depth'"),
        (GridSearchCV(FOREST, {"max_depth": []}), "param_grid: .*non-empty"),
        (GridSearchCV(FOREST, {"max_depth": 3}), "param_grid: "),
        (GridSearchCV(FOREST, "max_depth"), "param_grid"),
        (GridSearchCV(FOREST, [{"max_depth": [1]}, {"zzz": [1]}]), "'zzz'; expected: "),
        (RandomizedSearchCV(FOREST, {"max_depth": 3}), "param_distributions: "),
        (make_pipeline(StandardScaler(), GridSearchCV(SVC(), {"c": [1]})), "no parameter 'c'"),
    ],
)
def test_search_over_what_cannot_be_tried_is_refused(search: Any, words: str) -> None:
    with pytest.raises(InvalidParameter, match=words):
        check_grid(search)
    with pytest.raises(InvalidParameter, match=words):
        jp.train(search, np.eye(6), [0, 1] * 3, display=False)


@pytest.mark.parametrize(
    "estimator",
    [
        FOREST,
        GridSearchCV(PIPE, [{"model": [SVC()], "model__C": [1, 2]}, {"scale__with_mean": [True]}]),
        GridSearchCV(PIPE, {"model": [LogisticRegression()], "model__C": np.array([0.1, 1.0])}),
        RandomizedSearchCV(FOREST, {"max_depth": randint(1, 5), "criterion": ["gini"]}),
        GridSearchCV(FOREST, {}),
    ],
)
def test_what_can_be_tried_is_left_alone(estimator: Any) -> None:
    check_grid(estimator)
