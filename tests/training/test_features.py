"""What an estimator cannot take is known before it is fitted."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.utils import all_estimators

from jupyter_progress.errors import UnsuitableData
from jupyter_progress.training.features import (
    Refusals,
    check_features,
    look_at,
    what_it_refuses,
)

RNG = np.random.default_rng(0)
Y = np.arange(40) % 2
GOOD = np.abs(RNG.normal(size=(40, 3)))
NUMBERS_ONLY = Refusals(infinite=True, missing=True, text=True)


def spoilt(value: Any) -> np.ndarray:
    X = GOOD.astype(object if isinstance(value, str) else float)
    X[5, 1] = value
    return X


SPOILT = {"infinite": spoilt(np.inf), "missing": spoilt(np.nan), "text": spoilt("Bern")}


def alone() -> list[type]:
    """scikit-learn's classifiers and regressors that need no other estimator."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some will go away in a later version
        for _name, cls in all_estimators("classifier") + all_estimators("regressor"):
            try:
                params = cls().get_params()
            except TypeError:
                continue
            if "estimator" not in params or cls.__name__.startswith(("Bag", "Ada")):
                found.append(cls)
    return found


@pytest.mark.parametrize("cls", alone(), ids=lambda cls: cls.__name__)
def test_nothing_is_refused_that_the_estimator_takes(cls: type) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refused = what_it_refuses(cls())
        for what, X in SPOILT.items():
            if getattr(refused, what):
                with pytest.raises((ValueError, TypeError)):
                    cls().fit(X, Y)


@pytest.mark.parametrize(
    ("estimator", "refused"),
    [
        (SVC(), NUMBERS_ONLY),
        (SVC(kernel=lambda a, b: a @ b.T), Refusals()),
        (RandomForestClassifier(), Refusals(infinite=True, text=True)),
        (HistGradientBoostingClassifier(), Refusals()),
        (HistGradientBoostingClassifier(categorical_features=None), Refusals(text=True)),
        (make_pipeline(StandardScaler(), SVC()), NUMBERS_ONLY),
        (
            make_pipeline(StandardScaler(), HistGradientBoostingClassifier()),
            Refusals(infinite=True, text=True),
        ),
        (make_pipeline(FunctionTransformer(np.nan_to_num), SVC()), Refusals()),
        (GridSearchCV(make_pipeline("passthrough", SVC()), {}), NUMBERS_ONLY),
        (BaggingClassifier(SVC()), NUMBERS_ONLY),
        (VotingClassifier([("a", SVC()), ("b", "drop")]), NUMBERS_ONLY),
        (GaussianProcessClassifier(), NUMBERS_ONLY),
        (type("Own", (SVC,), {})(), Refusals()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_an_estimator_refuses(estimator: Any, refused: Refusals) -> None:
    assert what_it_refuses(estimator) == refused


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (SPOILT["infinite"], "infinite values in column 1,"),
        (sparse.csr_matrix(SPOILT["infinite"]), "infinite values in column 1,"),
        (pd.DataFrame(SPOILT["infinite"], columns=list("abc")), "infinite values in column 'b',"),
        (pd.DataFrame({"a": [1, np.inf]}, dtype=object), "infinite values in column 'a',"),
        (pd.DataFrame({"a": [1.0, 2.0], "town": ["Bern", "Rome"]}), r"in column 'town' \('Bern'\)"),
        (pd.DataFrame({"a": pd.Categorical(["x", "y"])}), r"no numbers in column 'a' \('x'\)"),
        (pd.DataFrame({"day": pd.to_datetime(["2024-01-01", None])}), "no numbers in column 'day'"),
        (SPOILT["missing"], "missing values .* in column 1,"),
        (pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), "missing values .* column 'a',"),
        (pd.DataFrame(np.full((9, 5), np.inf)), "in columns '0', '1', '2' and 2 more,"),
    ],
    ids=str,
)
def test_columns_are_named(X: Any, words: str) -> None:
    with pytest.raises(UnsuitableData, match=f"dataset: .*{words}"):
        check_features(look_at(X), SVC(), "none", "dataset")


def test_preprocessing_takes_care_of_all_but_what_is_infinite() -> None:
    frame = pd.DataFrame({"a": [1.0, None], "town": ["Bern", "Rome"], "n": ["1", "2"]})
    check_features(look_at(frame), SVC(), "auto", "dataset")
    check_features(look_at(frame[["n"]]), SVC(), "none", "dataset")
    with pytest.raises(UnsuitableData, match="infinite"):
        check_features(look_at(SPOILT["infinite"]), SVC(), "auto", "dataset")
