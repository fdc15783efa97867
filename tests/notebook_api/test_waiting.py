"""Waiting for runs that fail, are cancelled, stopped, or waited for too long; without a server."""

from __future__ import annotations

import _thread
import threading
import time
from types import SimpleNamespace

import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier

import jupyter_progress as jp

pytestmark = pytest.mark.usefixtures("alone")


class Stumbles(ClassifierMixin, BaseEstimator):
    """Fails while it is fitted, as users' own code does."""

    def fit(self, X, y):
        return self._inner(X, y)

    def _inner(self, X, y):
        raise ValueError("the cup is empty")

    def predict(self, X):
        return X


def train_long(digits: SimpleNamespace) -> jp.RunHandle:
    return jp.train(
        RandomForestClassifier(100_000),
        digits.X,
        digits.y,
        name="long",
        split={"test": 0.1},
        display=False,
    )


def test_failed_run_brings_the_users_own_traceback(digits: SimpleNamespace) -> None:
    run = jp.train(Stumbles(), digits.X, digits.y, display=False)
    with pytest.raises(jp.errors.RunFailed, match="the cup is empty") as raised:
        run.wait()
    assert "_inner" in str(raised.value)
    assert raised.value.run_id == run.run_id
    assert run.error is not None
    with pytest.raises(jp.errors.RunFailed):
        _ = run.result
    with pytest.raises(jp.errors.RunFailed):
        _ = run.model


def test_stopped_run_keeps_what_it_has(digits: SimpleNamespace, scaled) -> None:
    run = train_long(digits)
    for what in ("result", "model"):
        with pytest.raises(jp.errors.RunNotFinished, match=r"run\.wait\(\)"):
            getattr(run, what)
    with pytest.raises(jp.errors.RunNotFinished, match="goes on"):
        run.wait(timeout=0.2)
    deadline = time.monotonic() + scaled(30)
    while run.state["live_accuracy"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.stop()
    assert run.wait().result["stopped"] is True
    assert 0 < len(run.model.estimators_) < 100_000
    run.stop()  # asked again: that it is already
    with pytest.raises(jp.errors.RunHasEnded):
        run.cancel()


def test_interrupted_cell_leaves_the_run_alone(
    digits: SimpleNamespace, capsys: pytest.CaptureFixture[str], scaled
) -> None:
    run = train_long(digits)
    threading.Timer(0.5, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        run.wait()
    assert "'long' goes on" in capsys.readouterr().err
    assert run.status in ("queued", "running")
    run.cancel()
    with pytest.raises(jp.errors.RunCancelled, match="cancelled"):
        run.wait(timeout=scaled(20))
    with pytest.raises(jp.errors.RunCancelled):
        _ = run.result
