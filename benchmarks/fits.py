"""What being watched costs a fit: the same rows and estimator, bare and as a run, in turns."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from typing import Any

from .table import Figure, best_of

TURNS = 3


def measure() -> list[Figure]:
    """The least of three each: seconds of the fit in a run, beside those of a bare one."""
    from sklearn.datasets import load_digits
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    X, y = load_digits(return_X_y=True)
    families = (
        RandomForestClassifier(1000, random_state=0),
        GradientBoostingClassifier(n_estimators=100, random_state=0),
    )
    # Without a server, and in a data directory of its own.
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JUPYTER_PROGRESS_DATA_DIR"] = folder
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        return [_paired(estimator, X, y) for estimator in families]


def _paired(estimator: Any, X: Any, y: Any) -> Figure:
    from sklearn.base import clone
    from sklearn.model_selection import train_test_split

    import jupyter_progress as jp

    rest, _, y_rest, _ = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
    rows, _, labels, _ = train_test_split(
        rest, y_rest, test_size=0.25, random_state=0, stratify=y_rest
    )
    bare, watched = [], []
    for _ in range(TURNS):
        bare.append(best_of(1, lambda: clone(estimator).fit(rows, labels)))
        with contextlib.redirect_stdout(io.StringIO()):
            run = jp.train(estimator, X, y, display=False).wait()
        train = next(stage for stage in run.state["stages"] if stage["id"] == "train")
        watched.append(train["metrics"]["fit_s"])
    name = f"{type(estimator).__name__}({estimator.n_estimators}), the fit of a run"
    return Figure(name, min(watched), "s", "bare fit", min(bare))
