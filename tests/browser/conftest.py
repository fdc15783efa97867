"""Real Chromium, and JupyterLab with this extension, each started once for a file of tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ..jupyter_process import SCALE, JupyterProcess
from .lab import Lab, leave_extension_out
from .looks import set_theme
from .runs import end_all_runs
from .witness import asked_hosts

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Where a test names no deadline of the product's own, it waits as long as a busy machine needs.
expect.set_options(timeout=15_000 * SCALE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(240 * SCALE))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    assert path is not None, "the browser tests need Chromium; `make test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def jupyter_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A bare Jupyter server with the extension, and its page."""
    server = JupyterProcess(tmp_path_factory.mktemp("server"))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def server(jupyter_server: JupyterProcess) -> Iterator[JupyterProcess]:
    """The same server, whose runs are ended after each test."""
    yield jupyter_server
    end_all_runs(jupyter_server)


@pytest.fixture(scope="module")
def jupyter_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A JupyterLab with the extension."""
    server = JupyterProcess(
        tmp_path_factory.mktemp("lab"), "lab", arguments=["--LabApp.expose_app_in_browser=True"]
    )
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def jupyter_notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A Notebook 7 with the extension."""
    exposed = ["--JupyterNotebookApp.expose_app_in_browser=True"]
    server = JupyterProcess(tmp_path_factory.mktemp("nb7"), "notebook", arguments=exposed)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def bare_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A JupyterLab whose server has the extension and whose page has not: only the widget shows."""
    folder = tmp_path_factory.mktemp("bare")
    server = JupyterProcess(folder, "lab", arguments=["--LabApp.expose_app_in_browser=True"])
    leave_extension_out(folder)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser profile of its own, which asks nobody beyond this machine."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(30_000 * SCALE)
    asked = asked_hosts(context)
    opened = context.new_page()
    yield opened
    context.close()
    foreign = {host for host in asked if host.rpartition(":")[0] not in ("127.0.0.1", "localhost")}
    assert foreign == set(), f"the page asked other hosts: {foreign}"


@pytest.fixture
def foreign_page(chromium: Browser) -> Iterator[Page]:
    """A page for what others have made, who ask for what they like."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(30_000 * SCALE)
    yield context.new_page()
    context.close()


@pytest.fixture
def lab(page: Page, jupyter_lab: JupyterProcess) -> Lab:
    """A person in front of JupyterLab."""
    return Lab(page, jupyter_lab)


@pytest.fixture
def desk(lab: Lab) -> Iterator[Lab]:
    """The same, whose theme is put back afterwards and whose runs are ended."""
    yield lab
    set_theme(lab, "Light")
    lab.page.goto("about:blank")
    end_all_runs(lab.server)
