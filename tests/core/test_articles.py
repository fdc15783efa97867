"""Words that come from somebody's code, with their article."""

from __future__ import annotations

import pytest

from jupyter_progress.core.articles import with_article


@pytest.mark.parametrize(
    "words",
    [
        "an object", "a list", "an int", "a float64", "a uint8", "a UnitScaler", "an unknown",
        "an SVC", "an MLPClassifier", "an XGBClassifier", "an LGBMRegressor", "a KNN",
        "a DataFrame", "an Estimator", "a NoneType", "a UserModel", "an activity_update",
        "an npz", "a csv", "an ExtraTreesClassifier", "a Series", "a Ridge", "a _Private",
        "an ndarray",
    ],
)  # fmt: skip
def test_article_is_what_one_says(words: str) -> None:
    assert with_article(words.partition(" ")[2]) == words
