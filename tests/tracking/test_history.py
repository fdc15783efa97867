"""A run's own history: the table of what it has logged, while it goes on and afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

import jupyter_progress as jp
from jupyter_progress.errors import InvalidRequest


def test_history_of_a_run_of_ones_own_is_all_that_was_logged(own_data_dir: Path) -> None:
    with jp.Run("loop", display=False) as run:
        for step in range(5):
            run.log(loss=1 / (step + 1), step=step)
        run.log({"val/loss": float("nan")}, step=4)
        during = run.history()
    after = run.history()
    assert list(after.columns) == ["loss", "val/loss"]
    assert after.index.name == "step"
    assert after["loss"].tolist() == [1 / (step + 1) for step in range(5)]
    assert after["val/loss"].isna().all()
    assert during.equals(after)
    assert run.history(["loss"]).columns.tolist() == ["loss"]


def test_history_is_the_one_that_a_handle_of_the_run_has(own_data_dir: Path) -> None:
    with jp.Run("loop", display=False) as run:
        for step in range(3):
            run.log(loss=float(step), accuracy=0.5, step=step)
    assert jp.get_run(run.run_id).history().equals(run.history())


def test_metric_that_is_not_there_is_named_with_those_that_are(own_data_dir: Path) -> None:
    run = jp.Run("loop", display=False)
    assert run.history().empty
    with run:
        run.log(loss=0.5)
    with pytest.raises(
        InvalidRequest, match=r"names\[0\]: the run has no metric 'lost'.*it has 'loss'"
    ):
        run.history(["lost"])
