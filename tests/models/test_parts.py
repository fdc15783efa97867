"""What is counted, and what comes of it when a model is saved."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from jupyter_progress.models import persistence
from jupyter_progress.models.parts import has_many_parts
from jupyter_progress.models.persistence import load_model, save_model

KEY = b"k" * 32


def forest(trees: int) -> RandomForestClassifier:
    X = np.arange(40.0).reshape(20, 2)
    return RandomForestClassifier(trees, random_state=0).fit(X, np.arange(20) % 2)


def test_parts_grow_with_the_trees() -> None:
    assert has_many_parts(forest(50), limit=150)
    assert not has_many_parts(forest(5), limit=150)


def test_what_cannot_be_pickled_is_left_to_skops_to_refuse() -> None:
    assert not has_many_parts(threading.Lock(), limit=5)


def test_model_of_many_parts_is_pickled_and_signed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(persistence, "has_many_parts", lambda model: has_many_parts(model, 150))
    model = forest(50)
    manifest = save_model(model, tmp_path, key=KEY, facts={})
    assert manifest["format"] == "cloudpickle"
    assert "objects" in manifest["pickled_because"]
    X = np.arange(8.0).reshape(4, 2)
    assert np.array_equal(load_model(tmp_path, key=KEY).predict(X), model.predict(X))
