"""The quickstart as a person meets it: opened in a browser, run from the top to the end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .lab import Lab
from .runs import LONG, end_all_runs, start_run
from .screen import expect_connection, expect_status, step_of, wait_until
from .test_lab import jupyter
from .witness import Witness

QUICKSTART = Path(__file__).parent.parent.parent / "notebooks" / "quickstart.ipynb"
ALL_DONE = """() => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    const models = cells.map(cell => cell.model).filter(model => model.type === 'code');
    return models.every(model => model.executionCount > 0 && model.executionState !== 'running');
}"""


def test_quickstart_runs_to_its_end_in_the_browser(lab: Lab) -> None:
    witness = Witness(lab.page)
    shutil.copy(QUICKSTART, lab.server.root / "quickstart.ipynb")
    lab.open("quickstart.ipynb")
    lab.run_all()
    lab.page.wait_for_function(ALL_DONE, timeout=150_000 * SCALE)
    errors = lab.page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']")
    assert errors.all_inner_texts() == []
    lab.page.keyboard.press("Control+End")
    names = {run["name"]: run["status"] for run in lab.server.get("runs")["runs"]}
    assert names == dict.fromkeys(["digits", "too many trees", "my own loop"], "completed")
    assert lab.server.get("models/digits")["deployed"] == 1
    # A run of this kernel is shown before the server has found it: asked for too early, a 404.
    assert [error for error in witness.errors if "jpp" in error or "status of 5" in error] == []


@pytest.fixture
def notebook_7(jupyter_notebook: JupyterProcess) -> Iterator[JupyterProcess]:
    yield jupyter_notebook
    end_all_runs(jupyter_notebook)


@pytest.mark.slow
def test_panel_is_live_in_notebook_7_after_a_reload_and_with_no_kernel(
    page: Page, notebook_7: JupyterProcess
) -> None:
    run_id = start_run(notebook_7, "in notebook 7", trees=LONG)
    cell = f"import jupyter_progress as jp\njp.get_run({run_id!r})"
    lab = Lab(page, notebook_7)
    lab.write("seven.ipynb", cell)
    address = f"{notebook_7.url}notebooks/seven.ipynb?token={TOKEN}"
    page.goto(address)
    panel: Locator = page.locator(".jpp-panel").first
    lab.wait_for_cells()
    lab.run_all()
    expect_connection(panel, "live", 60_000 * SCALE)
    expect_status(panel, "running")
    lab.save()
    page.reload()
    expect_connection(panel, "live", 30_000 * SCALE)
    expect_moving(panel)
    for session in jupyter(lab, "GET", "sessions"):
        jupyter(lab, "DELETE", f"sessions/{session['id']}")
    page.goto("about:blank")
    # Without a kernel, and without starting one.
    page.route("**/api/sessions**", lambda route: route.abort())
    page.route("**/api/kernels**", lambda route: route.abort())
    page.goto(address)
    expect_connection(panel, "live", 60_000 * SCALE)
    expect_status(panel, "running")
    expect_moving(panel)
    assert jupyter(lab, "GET", "sessions") == []


def expect_moving(panel: Locator) -> None:
    before = step_of(panel)
    wait_until(lambda: step_of(panel) > before)
