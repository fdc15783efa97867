"""A data directory's key, and small fitted models saved as runs leave them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from jupyter_progress.models.columns import describe_columns
from jupyter_progress.models.persistence import save_model
from jupyter_progress.models.registry import Registry

TIME = "2026-11-22T09:30:00.000Z"


@pytest.fixture
def key() -> bytes:
    return bytes(range(32))


@pytest.fixture
def registry(tmp_path: Path, key: bytes) -> Registry:
    return Registry(tmp_path / "models", key)


@pytest.fixture(scope="session")
def iris() -> tuple[Any, Any]:
    return load_iris(return_X_y=True, as_frame=True)


@pytest.fixture(scope="session")
def tree(iris: tuple[Any, Any]) -> DecisionTreeClassifier:
    return DecisionTreeClassifier(random_state=0).fit(*iris)


@pytest.fixture
def save_run(tmp_path: Path, key: bytes) -> Callable[..., Path]:
    """Save a fitted model as the run of this id would; the run's directory."""

    def save(estimator: Any, run_id: str = "run-1", X: Any = None, **facts: Any) -> Path:
        run = tmp_path / "runs" / run_id
        if X is not None:
            facts["columns"] = describe_columns(X)
        save_model(estimator, run / "model", key=key, facts=facts)
        return run

    return save
