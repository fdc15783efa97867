"""A JupyterLab whose server has not loaded the extension: every panel says what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from ..jupyter_process import SCALE, JupyterProcess
from .lab import Lab
from .screen import CONNECTION

ALONE = """
import jupyter_progress as jp
jp.Panel()
"""
IN_A_BOX = """
import ipywidgets
ipywidgets.HBox([jp.Panel()])
"""


@pytest.fixture
def unprepared(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A person in front of a JupyterLab that was not restarted since the installation."""
    server = JupyterProcess(
        tmp_path_factory.mktemp("unprepared"),
        "lab",
        extension=False,
        arguments=["--LabApp.expose_app_in_browser=True"],
    )
    try:
        yield Lab(page, server.start())
        page.goto("about:blank")
    finally:
        server.stop()


def expect_words(view: Locator) -> None:
    """The server's Python, what to install there, and that Jupyter has to be restarted."""
    caution = view.locator(".jpp-caution")
    expect(caution).to_contain_text("has not loaded jupyter-progress", timeout=30_000 * SCALE)
    expect(caution).to_contain_text(f"which runs {sys.executable}")
    command = f"{sys.executable} -m pip install jupyter-progress"
    expect(caution.locator("code", has_text=command)).to_be_visible()
    expect(caution).to_contain_text("restart Jupyter")
    expect(view.locator(CONNECTION)).to_contain_text("Offline")


@pytest.mark.slow
def test_panel_says_what_to_install_where(unprepared: Lab) -> None:
    unprepared.write("unprepared.ipynb", ALONE, IN_A_BOX)
    unprepared.open("unprepared.ipynb")
    unprepared.run_all()
    expect_words(unprepared.cell(0).locator(".jpp-panel"))
    expect_words(unprepared.cell(1).locator(".jpp-panel"))
    panel = unprepared.cell(0).locator(".jpp-panel")
    assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth + 1")
    assert "Traceback" not in unprepared.outputs()
