"""What a person sees comes at once: the panel, each event, each frame under a flood of points."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.lab_page import DELAYS, FIRST_PAINT, FRAMES
from benchmarks.view import BUSY, BUSY_RUNS, SETUP

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .lab import Lab
from .screen import expect_connection, wait_until

pytestmark = pytest.mark.slow
BEGIN = SETUP + "import jupyter_progress as jp\nrun = jp.Run('measured', display=False).start()"
PANELS = 5
FIRST_PAINT_MS = 300
PIXELS_MS = 100
FRAMES_A_SECOND = 60


def test_panel_is_there_at_once_and_each_event_a_moment_after_it(lab: Lab) -> None:
    lab.write("speed.ipynb", BEGIN, *["jp.Panel(run)"] * PANELS, "beat(run.note)", "ended.set()")
    lab.open("speed.ipynb")
    lab.wait_for_kernel()
    lab.run_cell(0)
    paints = [
        lab.page.evaluate(FIRST_PAINT, [index, ".jpp-panel [role=progressbar]"])
        for index in range(1, PANELS + 1)
    ]
    expect_connection(lab.panel, "live")
    lab.run_cell(PANELS + 1)
    delays = lab.page.evaluate(DELAYS, [".jpp-panel", 20])
    lab.run_cell(PANELS + 2)
    # To the paint from the cell; to the pixels from the kernel's call, which is before the commit.
    assert statistics.median(paints) <= FIRST_PAINT_MS * SCALE, paints
    assert statistics.median(delays) <= PIXELS_MS * SCALE, delays


@contextmanager
def flood(folder: Path, data_dir: Path) -> Iterator[None]:
    """Ten runs of another process, each of which logs a thousand points a second."""
    ending = folder / "end"
    env = {**os.environ, "JUPYTER_PROGRESS_DATA_DIR": str(data_dir)}
    process = subprocess.Popen([sys.executable, "-c", BUSY, str(ending)], env=env)
    try:
        yield
    finally:
        ending.touch()
        process.wait(60)


def test_page_draws_sixty_frames_a_second_while_ten_runs_log_a_thousand_points_each(
    page: Page, jupyter_server: JupyterProcess, tmp_path: Path
) -> None:
    with flood(tmp_path, jupyter_server.data_dir):
        page.goto(f"{jupyter_server.url}jupyter-progress/?token={TOKEN}")
        expect_connection(page, "live")
        expect(page.locator("nav .jpp-run-row")).to_have_count(BUSY_RUNS)
        expect(page.locator(".jpp-chart canvas").first).to_be_visible()
        before = page.locator(".jpp-chart .jpp-legend").first.inner_text()
        rate, longest = page.evaluate(FRAMES, 5_000)
        wait_until(lambda: page.locator(".jpp-chart .jpp-legend").first.inner_text() != before)
    assert rate >= 0.9 * FRAMES_A_SECOND / SCALE, (rate, longest)
