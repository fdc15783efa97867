"""Small panels beside each other and beside other widgets, and what they leave in the notebook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Locator, Page, expect

from jupyter_progress.panel.bundle import MIME_TYPE, WIDGET_VIEW

from ..jupyter_process import SCALE, JupyterProcess
from .lab import Lab
from .looks import alone, notebook_of
from .pictures import picture_in_lab
from .runs import LONG, end_all_runs, start_run
from .screen import expect_connection, expect_status, wait_until

PAIR = """
import ipywidgets
import jupyter_progress as jp
run = jp.get_run({run_id!r})
ipywidgets.HBox([
    jp.Panel(run, show=["progress", "controls"]),
    jp.Panel(run, show=["chart"]),
])
"""
LINES = """
bar = ipywidgets.IntProgress(description="linked")
ipywidgets.dlink((run.panel, "progress"), (bar, "value"), int)
said = ipywidgets.Label()
ipywidgets.jslink((run.panel, "status"), (said, "value"))
ipywidgets.VBox([jp.Panel(run, size="line"), ipywidgets.HBox([bar, said]), jp.Panel(size="line")])
"""
PARTS = "jp.Panel(run, show=['stages', 'progress'])"
HTML = """
%env JUPYTER_PROGRESS_DISPLAY=html
import jupyter_progress as jp
jp.get_run({run_id!r}).wait()
"""
SETTINGS = "@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"

pytestmark = pytest.mark.slow


@pytest.fixture
def saving_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A JupyterLab in which "save widget state" is on."""
    folder = tmp_path_factory.mktemp("saving")
    settings = folder / "settings" / SETTINGS
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"saveState": True}))
    server = JupyterProcess(folder, "lab", arguments=["--LabApp.expose_app_in_browser=True"])
    try:
        yield server.start()
    finally:
        server.stop()


def parts_of(panel: Locator) -> list[str | None]:
    return [part.get_attribute("data-part") for part in panel.locator("[data-part]").all()]


def training(server: JupyterProcess, name: str) -> str:
    run_id = start_run(server, name, trees=LONG)
    wait_until(lambda: server.get(f"runs/{run_id}")["live_accuracy"] is not None, 60)
    return run_id


@pytest.mark.parametrize("width", [900, 1600])
def test_two_small_panels_stand_in_a_box_and_others_follow_them(desk: Lab, width: int) -> None:
    desk.page.set_viewport_size({"width": width, "height": 1100})
    run_id = training(desk.server, "digits, side by side")
    desk.write("pair.ipynb", PAIR.format(run_id=run_id), LINES, PARTS)
    desk.open("pair.ipynb")
    alone(desk)
    desk.run_all()
    pair = desk.cell(0).locator(".jpp-panel")
    expect(pair).to_have_count(2)
    for panel, parts in ((pair.nth(0), ["progress", "controls"]), (pair.nth(1), ["chart"])):
        expect_connection(panel, "live", 60_000 * SCALE)
        assert parts_of(panel) == parts
        assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth + 1")
    left, right = (pair.nth(index).bounding_box() for index in (0, 1))
    assert left is not None
    assert right is not None
    assert abs(left["y"] - right["y"]) < 2
    assert left["x"] + left["width"] <= right["x"]
    expect(pair.nth(1).locator(".jpp-plot canvas")).to_be_visible()

    line = desk.cell(1).locator(".jpp-in-line")
    expect(line).to_have_count(2)
    for index in (0, 1):
        expect_connection(line.nth(index), "live", 30_000 * SCALE)
        assert line.nth(index).bounding_box()["height"] <= 36  # type: ignore[index]
    said = desk.cell(1).locator(".widget-label", has_text="running")
    expect(said).to_be_visible()

    # By the renderer, too, are exactly the named parts shown, in their order.
    alone_in_cell = desk.cell(2).locator(".jpp-panel")
    expect(desk.cell(2).locator(".jp-RenderedJupyterProgress")).to_be_visible()
    assert parts_of(alone_in_cell) == ["stages", "progress"]
    if width == 1600:
        picture_in_lab(desk, "panel-line", desk.cell(1).locator(".jp-OutputArea-output").last)
        picture_in_lab(desk, "panels-together", notebook_of(desk))
    pair.nth(0).get_by_role("button", name="Stop").click()
    expect_status(pair.nth(0), "completed", 30_000 * SCALE)
    expect(desk.cell(1).locator(".widget-label", has_text="completed")).to_be_visible()
    bar = desk.cell(1).locator(".widget-hprogress .progress-bar")
    wait_until(lambda: "width: 100%" in (bar.get_attribute("style") or ""))


def saved(path: Path) -> Any:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_saved_notebook_is_small_and_shows_the_report_with_widget_state_saved(
    page: Page, saving_lab: JupyterProcess
) -> None:
    desk = Lab(page, saving_lab)
    run_id = training(saving_lab, "with its state")
    path = desk.write("state.ipynb", "import ipywidgets", "ipywidgets.IntSlider()")
    desk.open("state.ipynb")
    desk.run_all()
    expect(desk.cell(1).locator(".widget-slider")).to_be_visible()
    desk.save()
    wait_until(lambda: "widgets" in saved(path).metadata)
    before = len(path.read_bytes())

    page.goto("about:blank")
    show = f"import jupyter_progress as jp\njp.get_run({run_id!r})"
    path = desk.write("state.ipynb", "import ipywidgets", "ipywidgets.IntSlider()", show)
    desk.open("state.ipynb")
    desk.run_all()
    expect_connection(desk.panel, "live", 60_000 * SCALE)

    def is_without_view() -> bool:
        desk.save()
        page.wait_for_timeout(500)
        (output,) = saved(path).cells[2].outputs
        return WIDGET_VIEW not in output.data

    # Once the kernel has heard that the renderer shows it.
    wait_until(is_without_view, 20)
    saving_lab.ask("POST", f"runs/{run_id}/stop")
    expect_status(desk.panel, "completed", 30_000 * SCALE)

    def is_final() -> bool:
        desk.save()
        page.wait_for_timeout(500)
        (output,) = saved(path).cells[2].outputs
        return output.data[MIME_TYPE]["snapshot"]["status"] == "completed"

    wait_until(is_final, 20)
    assert len(path.read_bytes()) - before < 60_000
    state = saved(path).metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert any("jupyter-progress" in str(model) for model in state.values())
    html, _ = HTMLExporter(template_name="lab").from_notebook_node(saved(path))
    assert "<strong>with its state</strong>" in html
    end_all_runs(saving_lab)


def test_plain_html_is_shown_and_written_anew_in_lab(desk: Lab) -> None:
    run_id = start_run(desk.server, "plain", trees=LONG)
    desk.write("html.ipynb", HTML.format(run_id=run_id))
    desk.open("html.ipynb")
    desk.run_all()
    output = desk.cell(0).locator(".jp-RenderedHTML")
    expect(output).to_contain_text("plain · running", timeout=60_000 * SCALE)
    expect(output).to_contain_text("live accuracy", timeout=60_000 * SCALE)
    assert desk.page.locator(".jpp-panel, .jp-RenderedJupyterProgress").count() == 0
    before = output.inner_text()
    wait_until(lambda: output.inner_text() != before)
    expect(output.locator("svg").first).to_be_visible()
    expect(output.locator("code:visible", has_text="█")).to_have_count(0)
    boxes = [
        part.bounding_box()
        for part in (output.locator("svg").nth(1), output.get_by_text("live accuracy: from"))
    ]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]  # type: ignore[index]
    picture_in_lab(desk, "panel-html", output)
    desk.server.ask("POST", f"runs/{run_id}/stop")
    expect(output).to_contain_text("plain · completed", timeout=30_000 * SCALE)
