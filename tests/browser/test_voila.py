"""Voilà: a notebook as an application, in which the panel is live."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import ElementHandle, Page, expect

from ..jupyter_process import SCALE, JupyterProcess
from .pictures import picture_panel
from .screen import expect_connection, expect_status, progress, wait_until

CELLS = (
    "import jupyter_progress as jp\n"
    "from sklearn.datasets import load_digits\n"
    "from sklearn.ensemble import GradientBoostingClassifier",
    "X, y = load_digits(return_X_y=True, as_frame=True)\n"
    "boosting = GradientBoostingClassifier(\n"
    "    n_estimators=30_000, max_features='sqrt', subsample=0.5, random_state=0)\n"
    "run = jp.train(boosting, X, y, name='in an application')\n"
    "run",
)

# Voilà takes its themes from Lab.
DARK = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab/theme-dark-extension/index.css"

pytestmark = pytest.mark.slow


@pytest.fixture
def voila(tmp_path: Path) -> Iterator[str]:
    """Voilà, alone, with one notebook; its address."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path / "work" / "application.ipynb"
    path.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [
        sys.executable, "-m", "voila", str(path), "--no-browser", f"--port={port}",
        "--Voila.ip=127.0.0.1",
    ]  # fmt: skip
    with (tmp_path / "voila.log").open("wb") as log:
        process = subprocess.Popen(
            words, env=JupyterProcess(tmp_path).environ(), cwd=path.parent, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}/"
    try:
        deadline = time.monotonic() + 60 * SCALE
        while True:
            assert process.poll() is None, (tmp_path / "voila.log").read_text()
            try:
                # The page itself would start a kernel.
                urllib.request.urlopen(f"{url}voila/no-such-page", timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(20 * SCALE)


def themes_of(page: Page) -> Callable[[str], None]:
    """Puts the application into a theme, and back into its own."""
    worn: list[ElementHandle] = []

    def put_on(theme: str) -> None:
        for sheet in worn:
            sheet.evaluate("sheet => sheet.remove()")
        worn[:] = [page.add_style_tag(path=DARK)] if theme == "Dark" else []

    return put_on


def test_panel_is_live_in_voila_and_its_stop_works(foreign_page: Page, voila: str) -> None:
    page = foreign_page  # Voilà itself takes its mathematics from elsewhere
    page.goto(voila)
    panel = page.locator(".jpp-panel").first
    # Fed by the kernel: an application's server has no page of runs.
    expect_connection(panel, "local", 120_000 * SCALE)
    expect(panel.locator("[data-via='comm']")).to_be_visible()
    expect_status(panel, "running")
    wait_until(lambda: progress(panel) > 0, 60)
    words = panel.locator(".jpp-whereabouts")
    expect(words).to_contain_text("step", timeout=60_000 * SCALE)
    before = words.inner_text()
    wait_until(lambda: words.inner_text() != before)
    picture_panel(page, "panel-local", panel, themes_of(page))
    panel.get_by_role("button", name="Stop").click()
    expect_status(panel, "completed")
    assert page.get_by_text("Traceback").count() == 0
