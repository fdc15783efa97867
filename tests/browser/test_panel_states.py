"""Panels of runs that wait, stand still or were cancelled, and of all that goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from ..jupyter_process import SCALE, JupyterProcess
from .lab import Lab
from .looks import alone
from .pictures import picture_in_lab
from .runs import LONG, end_all_runs, start_run, worker
from .screen import expect_connection, expect_status, wait_until

ALL = "import jupyter_progress as jp\njp.Panel()"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def impatient_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A JupyterLab that takes a run of which nothing is heard for stalled soon."""
    arguments = ["--LabApp.expose_app_in_browser=True", "--JupyterProgress.stalled_after_s=3"]
    server = JupyterProcess(tmp_path_factory.mktemp("impatient"), "lab", arguments=arguments)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def desk(page: Page, impatient_lab: JupyterProcess) -> Iterator[Lab]:
    yield Lab(page, impatient_lab)
    page.goto("about:blank")
    end_all_runs(impatient_lab)


def in_training(server: JupyterProcess, name: str) -> str:
    run_id = start_run(server, name, trees=LONG)
    wait_until(lambda: server.get(f"runs/{run_id}")["live_accuracy"] is not None, 60)
    return run_id


def test_panel_of_all_runs_shows_the_newest_at_work_and_the_queue(desk: Lab) -> None:
    in_training(desk.server, "digits, boosted")
    start_run(desk.server, "a wider one")
    desk.page.set_viewport_size({"width": 1000, "height": 1100})
    desk.write("all.ipynb", ALL)
    desk.open("all.ipynb")
    alone(desk)
    desk.run_all()
    expect_connection(desk.panel, "live", 60_000 * SCALE)
    expect(desk.panel).to_contain_text("digits, boosted")
    expect(desk.panel).to_contain_text("a wider one")
    picture_in_lab(desk, "panel-all")


def test_panel_of_a_run_that_waits_for_others(desk: Lab) -> None:
    in_training(desk.server, "ahead")
    waits = start_run(desk.server, "digits, after it")
    alone(_shown(desk, waits))
    expect_status(desk.panel, "queued")
    picture_in_lab(desk, "panel-queued")


def test_panel_of_a_run_that_stands_still_and_is_cancelled(desk: Lab) -> None:
    run_id = in_training(desk.server, "digits, standing still")
    alone(_shown(desk, run_id))
    training = worker(desk.server, run_id)
    os.kill(training, signal.SIGSTOP)
    try:
        expect(desk.panel.locator(".jpp-stalled")).to_be_visible(timeout=60_000 * SCALE)
        picture_in_lab(desk, "panel-stalled")
    finally:
        os.kill(training, signal.SIGCONT)
    desk.server.ask("POST", f"runs/{run_id}/cancel")
    expect_status(desk.panel, "cancelled")
    # Lab's own notification of it stands in front of the panel's end.
    desk.page.add_style_tag(content=".Toastify { display: none; }")
    picture_in_lab(desk, "panel-cancelled")


def _shown(desk: Lab, run_id: str) -> Lab:
    desk.page.set_viewport_size({"width": 1000, "height": 1100})
    desk.show_run(run_id)
    return desk
