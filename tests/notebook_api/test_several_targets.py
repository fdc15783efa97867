"""Rows that have several targets each: trained, measured, put in service, and asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import MultiTaskLasso
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import GridSearchCV, train_test_split

import jupyter_progress as jp

pytestmark = pytest.mark.usefixtures("alone")
GENERATOR = np.random.default_rng(0)
X = pd.DataFrame(GENERATOR.normal(size=(200, 3)), columns=["a", "b", "c"])
LABELS = pd.DataFrame({"high": (X.a > 0).astype(int), "wide": (X.b + X.c > 0).astype(int)})
NUMBERS = pd.DataFrame({"sum": X.a + X.b, "difference": X.a - X.c})


def test_labels_are_learned_measured_and_predicted() -> None:
    forest = RandomForestClassifier(30, random_state=0)
    run = jp.train(forest, X, LABELS, name="labels", display=False).wait()
    result = run.result
    _, X_test, _, true = train_test_split(X, LABELS, test_size=0.2, random_state=0, stratify=LABELS)
    assert result["test"]["accuracy"] == accuracy_score(true, run.model.predict(X_test))
    assert result["confusion_matrix"] is None
    assert run.state["live_accuracy"] is not None
    run.deploy()
    assert run.predict(X.iloc[:4]).tolist() == run.model.predict(X.iloc[:4]).tolist()


@pytest.mark.slow
def test_file_names_its_targets_and_a_search_scores_them(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    pd.concat([X, NUMBERS], axis=1).to_csv(path, index=False)
    search = GridSearchCV(MultiTaskLasso(), {"alpha": [0.001, 0.1, 1.0]}, cv=3)
    run = jp.train(search, path, target=["sum", "difference"], name="numbers", display=False)
    run.wait()
    _, X_test, _, true = train_test_split(X, NUMBERS, test_size=0.2, random_state=0)
    assert run.result["test"]["r2"] == pytest.approx(r2_score(true, run.model.predict(X_test)))
    assert run.result["test"]["r2"] > 0.99
    assert run.state["live_score"]["name"] == "r2"
