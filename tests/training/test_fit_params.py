"""What ``fit`` is given besides rows and targets reaches it, whichever way is taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.ensemble import (
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    StratifiedKFold,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_progress.errors import InvalidRequest
from jupyter_progress.training.fit_params import (
    check_takes_weights,
    divides_by_groups,
    fit_params,
    weight_name,
)
from jupyter_progress.training.fitting import Watch, choose_way
from jupyter_progress.training.fitting.choose import shows_steps

from . import test_other_boosters as boosters
from .test_fitting import ESTIMATORS, Asked, Seen, data, predictions

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Some inputs do not have OOB scores"),
    pytest.mark.filterwarnings("ignore:invalid value encountered in divide"),
    pytest.mark.filterwarnings("ignore:Found .num_iterations. in params"),
]
KNN = KNeighborsClassifier()
TREES = RandomForestClassifier(4)


def _name(estimator: Any) -> str:
    return str(estimator).replace("\n", "")[:60]


@pytest.mark.parametrize(
    "estimator",
    [*ESTIMATORS, *(pytest.param(e, marks=pytest.mark.slow) for e in boosters.ESTIMATORS)],
    ids=_name,
)
def test_weighted_fit_leaves_what_plain_weighted_fit_leaves(estimator):
    X, y = data(is_classifier(estimator))
    cut = 3 * len(y) // 4
    weights = np.random.default_rng(0).uniform(0.1, 4.0, cut)
    name = weight_name(estimator)
    plain = clone(estimator).fit(X[:cut], y[:cut], **{name: weights})
    unweighted = clone(estimator).fit(X[:cut], y[:cut])
    seen = Seen()
    watched = clone(estimator)
    watch = Watch(
        X=X[cut:], y=y[cut:], is_classifier=is_classifier(estimator), scoring=None,
        max_overhead=0.03, asked=Asked(), report=seen.report, log_metrics=seen.log,
        fit_params=fit_params(estimator, weights, None),
    )  # fmt: skip
    way = choose_way(watched, watch.fit_params)
    way(watched, X[:cut], y[:cut], watch)
    assert np.array_equal(predictions(plain, X), predictions(watched, X))
    assert not np.array_equal(predictions(unweighted, X), predictions(watched, X))
    # It is watched as well as a fit without weights, and held-out rows all count the same.
    assert shows_steps(estimator, watch.fit_params) == shows_steps(estimator)
    score = "live_accuracy" if is_classifier(estimator) else "live_score"
    assert seen.scores[-1][1][score] == pytest.approx(plain.score(X[cut:], y[cut:]))


@pytest.mark.parametrize(
    ("estimator", "expected"),
    [
        (TREES, "sample_weight"),
        (KNN, None),
        (make_pipeline(StandardScaler(), TREES), "randomforestclassifier__sample_weight"),
        (make_pipeline(StandardScaler(), KNN), None),
        (GridSearchCV(TREES, {}), "sample_weight"),
        (GridSearchCV(make_pipeline(KNN), {}), None),
        (GridSearchCV(make_pipeline(Ridge()), {}), "ridge__sample_weight"),
        (VotingClassifier([("a", TREES), ("b", "drop")]), "sample_weight"),
        (VotingClassifier([("a", TREES), ("b", KNN)]), None),
        (StackingClassifier([("a", TREES)], final_estimator=KNN), None),
        (StackingClassifier([("a", make_pipeline(TREES))]), None),
        (RFE(TREES), "sample_weight"),
    ],
    ids=_name,
)
def test_name_of_the_weights_is_the_one_that_fit_takes(estimator, expected):
    assert weight_name(estimator) == expected
    if expected is None:
        with pytest.raises(InvalidRequest, match="sample_weight: cannot be used: fit of"):
            check_takes_weights(estimator)
        return
    check_takes_weights(estimator)
    X, y = data(classifier=True, rows=60)
    clone(estimator).fit(X, y, **{expected: np.ones(len(y))})


def test_searches_are_given_groups_where_their_folds_heed_them():
    X, y = data(classifier=True, rows=60)
    groups = np.arange(60) // 6
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=GroupKFold(3))
    given = fit_params(search, None, groups)
    assert set(given) == {"groups"}
    assert np.isfinite(search.fit(X, y, **given).best_score_)
    assert divides_by_groups(clone(search).set_params(cv=LeaveOneGroupOut()))
    searches = [clone(search).set_params(cv=cv) for cv in (KFold(3), StratifiedKFold(3), 3, None)]
    for deaf in (*searches, TREES):
        assert not divides_by_groups(deaf)
        assert fit_params(deaf, None, groups) == {}
