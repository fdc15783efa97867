"""The extension in Notebook 7, which has no status bar, no launcher and no tabs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from ..jupyter_process import JupyterProcess
from .beside import PREFIX, is_enabled, shown_percent, sidebar, status_item, told
from .lab import Lab
from .pictures import picture_lab
from .runs import LONG, end_all_runs, start_run
from .screen import expect_connection, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def notebook(page: Page, jupyter_notebook: JupyterProcess) -> Iterator[Lab]:
    yield Lab(page, jupyter_notebook)
    end_all_runs(jupyter_notebook)
    page.goto("about:blank")


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the page's console has to say of this project."""
    said: list[str] = []
    page.on("console", lambda line: "jupyter-progress" in line.text and said.append(line.text))
    return said


@pytest.mark.parametrize("path", ["tree", "notebooks/beside.ipynb"])
def test_notebook_shows_a_run_and_stops_it(notebook: Lab, complaints: list[str], path: str) -> None:
    page = notebook.page
    notebook.write("beside.ipynb", "import jupyter_progress as jp\njp.Panel(size='line')")
    run_id = start_run(notebook.server, "beside", LONG)
    notebook.start(path)
    item = status_item(page)
    expect(item).to_contain_text("beside")
    wait_until(lambda: bool(notebook.server.get(f"runs/{run_id}")["step"]), 60)
    before = shown_percent(page)
    wait_until(lambda: shown_percent(page) > before, 60)
    notebook.command(f"{PREFIX}open")
    expect(sidebar(page).locator(".jpp-status-running").first).to_be_visible()
    expect_connection(sidebar(page), "live")
    box = sidebar(page).bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= page.viewport_size["width"] + 1  # type: ignore[index]
    if path != "tree":
        picture_lab(notebook, "notebook-seven", sidebar(page))
    wait_until(lambda: is_enabled(page, "stop"), 10)
    notebook.command(f"{PREFIX}stop")
    notebook.server.wait_for_run(run_id, "completed")
    expect(told(page, "beside stopped at step")).to_have_count(1)
    assert complaints == []


def test_menus_keep_their_room_beside_the_status_item(notebook: Lab) -> None:
    page = notebook.page
    page.set_viewport_size({"width": 560, "height": 800})
    notebook.write("narrow.ipynb", "1 + 1")
    start_run(notebook.server, "a name that takes much room", LONG)
    notebook.start("notebooks/narrow.ipynb")
    expect(status_item(page)).to_be_visible()
    menus = page.locator("#menu-panel .lm-MenuBar-item").last
    expect(menus).to_be_in_viewport(ratio=1)
    bar = page.locator("#menu-panel .lm-MenuBar-content")
    # What has no room moves into a menu of its own, a moment after the room has changed.
    wait_until(lambda: bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth + 1"))


def test_pages_without_a_settings_editor_of_their_own_obey_what_is_set(notebook: Lab) -> None:
    page = notebook.page
    notebook.start("tree")
    expect(status_item(page)).to_be_visible()
    page.evaluate(
        """async () => {
            const answer = await window.jupyterapp.serviceManager.settings.save(
                'jupyter-progress:plugin', '{"statusBar": false}');
        }"""
    )
    try:
        page.reload()
        notebook.wait_for_layout()
        notebook.command(f"{PREFIX}open")
        expect(sidebar(page).locator(".jpp-page")).to_be_visible()
        expect(status_item(page)).to_have_count(0)
    finally:
        page.evaluate(
            "() => window.jupyterapp.serviceManager.settings.save('jupyter-progress:plugin', '{}')"
        )
