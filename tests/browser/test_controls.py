"""The controls of a panel while the kernel is busy: resume, stop, and what a fit cannot do."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from ..jupyter_process import SCALE
from .lab import Lab
from .pictures import picture_in_lab
from .runs import end_all_runs, worker
from .screen import expect_status, step_of, wait_until
from .test_lab import jupyter

BUSY = "import time\nuntil = time.time() + 600\nwhile time.time() < until: sum(range(10000))"
START = """
import numpy as np
import jupyter_progress as jp
from sklearn.datasets import load_digits, make_classification
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.svm import SVC
"""
GROWS = """
X, y = load_digits(return_X_y=True, as_frame=True)
boosting = GradientBoostingClassifier(n_estimators=30_000, max_features="sqrt", random_state=0)
run = jp.train(boosting, X, y, name="digits")
run
"""
ONE_CALL = """
X, y = make_classification(60_000, 40, flip_y=0.4, random_state=0)
run = jp.train(SVC(C=100), X, y, name="one call")
run
"""
CONTROLS = ".jpp-controls"
# A control takes effect within two seconds, or within the increment that is under way.
EFFECT_S = 2.0 * SCALE

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(lab: Lab) -> Iterator[Lab]:
    yield lab
    lab.page.goto("about:blank")
    for session in jupyter(lab, "GET", "sessions"):
        jupyter(lab, "DELETE", f"sessions/{session['id']}")
    end_all_runs(lab.server)


def busy_with(lab: Lab, cell: str) -> str:
    """Start a run, then keep the kernel busy; the run's id."""
    lab.write("controls.ipynb", START + cell, BUSY)
    lab.open("controls.ipynb")
    lab.run_all()
    expect_status(lab.panel, "running")
    busy = lab.page.locator(".jp-Notebook-ExecutionIndicator[data-status='busy']")
    expect(busy).to_be_visible()
    run_id: str = lab.server.get("runs?limit=1")["runs"][0]["run_id"]
    return run_id


def button(lab: Lab, name: str) -> Locator:
    return lab.panel.locator(CONTROLS).get_by_role("button", name=name)


def test_killed_run_is_resumed_and_stopped_from_a_panel_whose_kernel_is_busy(desk: Lab) -> None:
    run_id = busy_with(desk, GROWS)
    wait_until(lambda: step_of(desk.panel) > 0, 60, "no step of the fit")
    expect(button(desk, "Resume")).to_have_count(0)
    os.kill(worker(desk.server, run_id), signal.SIGKILL)
    expect_status(desk.panel, "failed", 10_000 * SCALE)
    picture_in_lab(desk, "panel-resumable")

    button(desk, "Resume").click()
    clicked = time.monotonic()
    desk.server.wait_for_run(run_id, "queued", "running", limit_s=EFFECT_S)
    assert time.monotonic() - clicked < EFFECT_S
    expect_status(desk.panel, "running")
    wait_until(lambda: step_of(desk.panel) > 0, 60, "no step after resuming")
    assert desk.server.get(f"runs/{run_id}")["attempt"] == 2

    button(desk, "Stop").click()
    expect_status(desk.panel, "completed", 20_000 * SCALE)
    assert desk.server.get(f"runs/{run_id}")["result"]["stopped"] is True
    expect(button(desk, "Resume")).to_have_count(0)


def test_fit_that_is_one_call_is_waited_for_or_cancelled(desk: Lab) -> None:
    run_id = busy_with(desk, ONE_CALL)
    expect(desk.panel.get_by_text("Train", exact=False).first).to_be_visible()
    wait_until(
        lambda: desk.server.get(f"runs/{run_id}")["current_stage"] == "train", 60, "no training"
    )
    button(desk, "Stop…").click()
    offered = desk.panel.locator(CONTROLS)
    expect(offered).to_contain_text("This fit cannot be stopped halfway.")
    picture_in_lab(desk, "panel-one-call")
    button(desk, "Wait for its end").click()
    assert desk.server.get(f"runs/{run_id}")["status"] == "running"
    button(desk, "Stop…").click()
    button(desk, "Drop it, keep nothing").click()
    clicked = time.monotonic()
    desk.server.wait_for_run(run_id, "cancelled", limit_s=EFFECT_S)
    assert time.monotonic() - clicked < EFFECT_S
    expect_status(desk.panel, "cancelled")
