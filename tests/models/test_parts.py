"""What is counted, and what comes of it when a model is saved."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier

from jupyter_progress.models.parts import PARTS_LIMIT, count_parts
from jupyter_progress.models.persistence import load_model, save_model

KEY = b"k" * 32


def forest(trees: int) -> RandomForestClassifier:
    X = np.arange(40.0).reshape(20, 2)
    return RandomForestClassifier(trees, random_state=0).fit(X, np.arange(20) % 2)


def test_parts_grow_with_the_trees_and_are_counted_up_to_the_limit() -> None:
    assert count_parts(forest(5), limit=150) < 0.2 * count_parts(forest(50))
    assert count_parts(forest(50), limit=150) == 151


def test_what_cannot_be_pickled_is_left_to_skops_to_refuse() -> None:
    assert count_parts(threading.Lock(), limit=5) <= 5


def test_model_of_many_parts_is_pickled_and_signed(tmp_path: Path) -> None:
    model = forest(50)
    manifest = save_model(model, tmp_path, key=KEY, facts={}, parts=PARTS_LIMIT + 1)
    assert manifest["format"] == "cloudpickle"
    assert "objects" in manifest["pickled_because"]
    X = np.arange(8.0).reshape(4, 2)
    assert np.array_equal(load_model(tmp_path, key=KEY).predict(X), model.predict(X))


def test_parts_are_counted_where_nobody_has(tmp_path: Path) -> None:
    X = np.arange(40.0).reshape(20, 2)
    many = BaggingClassifier(n_estimators=2_000, random_state=0).fit(X, np.arange(20) % 2)
    assert save_model(many, tmp_path, key=KEY, facts={})["format"] == "cloudpickle"
