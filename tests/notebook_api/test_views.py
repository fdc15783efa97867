"""What a view asks of a panel over the comm: of its run and that run's model, and of no other."""

from __future__ import annotations

from typing import Any

import pytest

import jupyter_progress as jp
from jupyter_progress.errors import InvalidRequest, UnknownRun

DATA = {"source": "sklearn", "name": "iris"}

pytestmark = pytest.mark.slow


def trained(name: str, **more: Any) -> Any:
    model = "sklearn.ensemble.RandomForestClassifier"
    return jp.train(model, DATA, name=name, display=False, **more).wait()


def test_panel_of_a_run_puts_that_runs_model_in_service_and_no_other(here: Any) -> None:
    trained("taken", register_as="taken")
    run = trained("my run")

    def deploy(model: str, version: int | None) -> None:
        asked = {"action": "deploy", "run_id": run.run_id, "model": model, "version": version}
        run.panel._carry_out(asked)

    for version in (None, 1):
        with pytest.raises(InvalidRequest, match="is 'taken'; this panel's run has the model 'my-"):
            deploy("taken", version)
    with pytest.raises(InvalidRequest, match=r"is 1; the model 'my-run' of .* is not registered"):
        deploy("my-run", 1)
    assert here.backend.model("taken")["deployed"] is None
    deploy("my-run", None)
    assert here.backend.model("my-run")["deployed"] == 1
    deploy("my-run", 1)
    with pytest.raises(InvalidRequest, match=r"is 2; the model 'my-run' of .* is version 1"):
        deploy("my-run", 2)


def test_series_of_no_name_are_none_and_of_no_choice_all(here: Any) -> None:
    run = trained("measured")
    assert here.backend.series(run.run_id, []) == {}
    assert "live_accuracy" in here.backend.series(run.run_id, None)
    assert list(here.backend.series(run.run_id, ["live_accuracy"])) == ["live_accuracy"]
    with pytest.raises(UnknownRun):
        here.backend.series("20200101-000000-00000000", [])
