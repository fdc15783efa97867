"""What a panel's views may ask its kernel for: of its run, or of any where it shows them all."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest

import jupyter_progress as jp
from jupyter_progress.errors import InvalidRequest, UnknownRun
from jupyter_progress.notebook.local_backend import LocalBackend
from jupyter_progress.store.layout import default_data_dir

ACTIONS = (
    "stop", "cancel", "resume", "skip", "deploy", "note", "candidates", "output", "series",
)  # fmt: skip


def two_runs() -> tuple[jp.Run, jp.Run]:
    """A run with a series, and another one."""
    with jp.Run("own", display=False) as own:
        own.log({"live_score": 0.5, "loss": 0.25})
    with jp.Run("other", display=False) as other:
        other.log({"live_score": 0.75})
    return own, other


def asked(panel: jp.Panel, **content: Any) -> Any:
    return panel._carry_out(content)


def series_of(panel: jp.Panel, run: jp.Run, scaled: Any, **more: Any) -> Any:
    """Its series, as soon as they are in the log."""
    deadline = time.monotonic() + scaled(10)
    while True:
        with suppress(UnknownRun):
            if asked(panel, action="series", run_id=run.run_id)["series"]:
                return asked(panel, action="series", run_id=run.run_id, **more)["series"]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_panel_of_a_run_is_asked_about_that_run_alone(scaled: Any) -> None:
    own, other = two_runs()
    panel = jp.Panel(own, backend=LocalBackend(default_data_dir()))
    assert list(series_of(panel, own, scaled)) == ["live_score"]
    for action in ACTIONS:
        for run_id in (other.run_id, None, "", [own.run_id]):
            with pytest.raises(InvalidRequest, match=f"{own.run_id}, only"):
                asked(panel, action=action, run_id=run_id, text="x", model="m")
    asked(panel, action="note", run_id=own.run_id, text="mine")


def test_panel_of_everything_is_asked_about_any_run(scaled: Any) -> None:
    own, other = two_runs()
    panel = jp.Panel(backend=LocalBackend(default_data_dir()))
    assert series_of(panel, own, scaled)["live_score"][-1][1] == 0.5
    assert series_of(panel, other, scaled)["live_score"][-1][1] == 0.75
    asked(panel, action="note", run_id=None, text="about all")


@pytest.mark.parametrize("names", [[], [3, None]])
def test_no_name_is_no_series(scaled: Any, names: list[Any]) -> None:
    own, _ = two_runs()
    panel = jp.Panel(own, backend=LocalBackend(default_data_dir()))
    assert list(series_of(panel, own, scaled, names=["loss"])) == ["loss"]
    assert series_of(panel, own, scaled, names=names) == {}
