"""A submitted function as a terminal shows it."""

from __future__ import annotations

import sys
import time
from typing import Any

import cloudpickle
import pytest

import jupyter_progress as jp

from ..training.runs import asked_for, start, wait_for_end

cloudpickle.register_pickle_by_value(sys.modules[__name__])


def fits(steps: int) -> float:
    run = jp.current_run()
    with run.stage("fit"):
        for step in jp.track(range(steps)):
            run.log(loss=1 / (step + 1))
            time.sleep(0.01)
    print("fitted")
    return 0.25


@pytest.mark.slow
def test_function_is_listed_shown_watched_and_its_output_printed(
    runs: Any, command: Any, scaled: Any
) -> None:
    run = start(runs.data, asked_for(runs.data, fits, 40, name="my net", stages=["fit", "check"]))
    status, watched, _ = command("watch", run.run_id)
    assert status == 0
    assert "my net finished in" in watched
    assert "returned 0.25" in watched
    wait_for_end(run, scaled(10))
    _, listed, _ = command("runs")
    assert "my net" in listed
    assert "returned 0.25" in listed
    _, shown, _ = command("show", run.run_id)
    assert "Returned 0.25" in shown
    assert "Fit" in shown
    assert "Check" in shown
    assert "Loss 0.0250" in shown
    _, printed, _ = command("output", run.run_id)
    assert printed == "fitted\n"
