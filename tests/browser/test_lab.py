"""JupyterLab in Chromium: a panel stays live through a busy cell, a reload and a lost kernel."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import nbformat
import pytest
from playwright.sync_api import expect

from ..jupyter_process import SCALE, TOKEN
from .lab import Lab
from .screen import step_of, wait_until

TRAIN = """
import jupyter_progress as jp
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
X, y = load_digits(return_X_y=True, as_frame=True)
run = jp.train(GradientBoostingClassifier(n_estimators={trees}, max_features="sqrt", subsample=0.5,
                                          random_state=0), X, y, name="digits in the lab")
run
"""
LONG, SHORT = 30_000, 60
BUSY = "import time\nuntil = time.time() + 60\nwhile time.time() < until: sum(range(10000))"
LIVE = "[data-connection='live']"
FRESH_MS = 3_000 * SCALE


def jupyter(lab: Lab, method: str, path: str) -> Any:
    """One request to Jupyter's own REST interface."""
    request = urllib.request.Request(
        f"{lab.server.url}api/{path}", method=method, headers={"Authorization": f"token {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@pytest.fixture
def training(lab: Lab) -> Any:
    """A notebook whose first cell trains for longer than the test and whose second is busy."""
    lab.write("busy.ipynb", TRAIN.format(trees=LONG), BUSY)
    lab.open("busy.ipynb")
    lab.run_all()
    expect(lab.panel.locator(".jpp-status-running")).to_be_visible(timeout=60_000 * SCALE)
    yield lab
    for run in lab.server.get("status")["runs"]:
        if run["status"] in ("queued", "running", "stopping"):
            lab.server.ask("POST", f"runs/{run['run_id']}/cancel")
            lab.server.wait_for_run(run["run_id"], "cancelled", "completed", "failed")
    for session in jupyter(lab, "GET", "sessions"):
        jupyter(lab, "DELETE", f"sessions/{session['id']}")


def expect_live_and_moving(lab: Lab, since: float) -> None:
    """The panel is live within three seconds of a moment, and what it shows moves on."""
    left_ms = max(1.0, FRESH_MS - (time.monotonic() - since) * 1000)
    expect(lab.panel.locator(LIVE)).to_be_visible(timeout=left_ms)
    expect(lab.panel.locator(".jpp-status-running")).to_be_visible(timeout=FRESH_MS)
    before = step_of(lab.panel)
    wait_until(lambda: step_of(lab.panel) > before, 20, f"still at step {before}")


def test_panel_is_live_while_the_cell_is_busy_and_after_a_reload(training: Lab) -> None:
    expect_live_and_moving(training, time.monotonic())
    busy = training.page.locator(".jp-Notebook-ExecutionIndicator[data-status='busy']")
    expect(busy).to_be_visible()
    training.save()
    since = training.reload()
    expect_live_and_moving(training, since)


@pytest.mark.slow
def test_panel_is_live_after_the_kernel_was_restarted(training: Lab) -> None:
    training.save()
    kernel = jupyter(training, "GET", "sessions")[0]["kernel"]["id"]
    jupyter(training, "POST", f"kernels/{kernel}/restart")
    expect_live_and_moving(training, time.monotonic())
    expect_live_and_moving(training, training.reload())


def test_panel_is_live_without_a_kernel_and_in_a_notebook_that_is_opened_again(
    training: Lab,
) -> None:
    training.save()
    notebook = nbformat.read(training.server.root / "busy.ipynb", as_version=4)
    assert any(cell.get("outputs") for cell in notebook.cells)
    assert "widgets" not in notebook.metadata  # Lab saves no state of widgets by itself
    for session in jupyter(training, "GET", "sessions"):
        jupyter(training, "DELETE", f"sessions/{session['id']}")
    expect_live_and_moving(training, time.monotonic())
    training.page.goto("about:blank")
    training.open("busy.ipynb")
    expect_live_and_moving(training, time.monotonic())


def test_stop_is_one_click_while_the_kernel_is_busy(training: Lab) -> None:
    run_id = training.server.get("runs?status=running")["runs"][0]["run_id"]
    deadline = time.monotonic() + 30 * SCALE
    while not training.server.get(f"runs/{run_id}")["step"]:
        assert time.monotonic() < deadline  # before the first step there is nothing to keep
        time.sleep(0.2)
    training.panel.get_by_role("button", name="Stop").click()
    ended = training.server.wait_for_run(run_id, "completed")
    assert ended["result"]["stopped"] is True
    expect(training.panel.locator(".jpp-status-completed")).to_be_visible(timeout=FRESH_MS)


@pytest.mark.slow
def test_finished_run_shows_its_accuracy_and_can_be_deployed(lab: Lab) -> None:
    lab.write("short.ipynb", TRAIN.format(trees=SHORT))
    lab.open("short.ipynb")
    lab.run_all()
    expect(lab.panel.locator(".jpp-status-completed")).to_be_visible(timeout=60_000 * SCALE)
    run = lab.server.get("runs?limit=1")["runs"][0]
    shown = lab.panel.inner_text()
    assert f"{100 * run['result']['test']['accuracy']:.1f}" in shown or (
        f"{run['result']['test']['accuracy']:.3f}" in shown
    )
    note = {"text": "kept for later", "run_id": run["run_id"]}
    lab.server.ask("POST", "activity", note)
    expect(lab.panel.locator(".jpp-told-text").first).to_contain_text("kept for later")
    lab.panel.get_by_role("button", name="Deploy").click()
    expect(lab.panel.locator(".jpp-in-service")).to_contain_text("version 1 is in service")
    expect(lab.panel.locator(".jpp-told-text").first).to_contain_text("version 1 is in service")
    deadline = time.monotonic() + 20 * SCALE
    while [model["deployed"] for model in lab.server.get("models")["models"]] != [1]:
        assert time.monotonic() < deadline, lab.server.get("models")
        time.sleep(0.2)
    rows = lab.server.ask("POST", "models/digits-in-the-lab/predict", {"rows": [[0.0] * 64]})
    assert rows["version"] == 1
