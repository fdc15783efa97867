"""The widget where the renderer is not: in a Lab without it, in a box, and over the comm alone."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from ..jupyter_process import SCALE, JupyterProcess
from .lab import Lab
from .pictures import picture_in_lab
from .runs import LONG, end_all_runs, start_run
from .screen import (
    WITHIN_MS,
    expect_connection,
    expect_run_feed,
    expect_status,
    feed,
    progress,
    wait_until,
)

ADDRESSES = re.compile(r"/jupyter-progress/")
SHOW = """
import jupyter_progress as jp
panel = jp.Panel({run_id!r}{more})
panel
"""
IN_A_BOX = """
import ipywidgets
import jupyter_progress as jp
panel = jp.Panel({run_id!r}, show=["progress", "stages", "activity", "controls"])
ipywidgets.HBox([panel])
"""
SEARCH = """
import ipywidgets
import jupyter_progress as jp
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC
X, y = load_digits(return_X_y=True)
search = GridSearchCV(SVC(), {"C": [0.1, 1, 10, 100], "gamma": [1e-4, 1e-3]}, cv=8, verbose=3)
run = jp.train(search, X, y, name="over the comm", display=False)
ipywidgets.HBox([jp.Panel(run, show=["candidates", "chart", "output", "progress"])])
"""
BUSY_BOX = """
import ipywidgets, time
import jupyter_progress as jp
display(ipywidgets.HBox([jp.Panel({run_id!r}, show=["progress", "controls"])]))
print("busy from here on", flush=True)
until = time.time() + 600
while time.time() < until: sum(range(10000))
"""
ASK = "print('says', panel.connection, panel.state['status'], panel.state['step'])"
CLOSE = """
panel.comm.close()
import time
until = time.monotonic() + 10
while panel.connection != "polling" and time.monotonic() < until:
    time.sleep(0.1)
first = panel.state["step"]
while panel.state["step"] == first and time.monotonic() < until:
    time.sleep(0.1)
print("closed", panel.connection, panel.state["step"] > first)
"""


@pytest.fixture
def bare(page: Page, bare_lab: JupyterProcess) -> Iterator[Lab]:
    """A person in front of a JupyterLab without the renderer."""
    lab = Lab(page, bare_lab)
    yield lab
    page.goto("about:blank")
    end_all_runs(bare_lab)


def running(lab: Lab, name: str) -> str:
    run_id = start_run(lab.server, name, trees=LONG)
    wait_until(lambda: lab.server.get(f"runs/{run_id}")["step"] is not None, 30)
    return run_id


def printed(lab: Lab, cell: int) -> str:
    """Run a cell again, and take what it prints."""
    output = lab.cell(cell).locator(".jp-OutputArea-output pre")
    lab.run_cell(cell)
    expect(output).to_be_visible()
    return output.inner_text().strip()


class Wall:
    """Keeps the extension's addresses from a page, as some front ends and networks do."""

    def __init__(self, page: Page) -> None:
        self.is_up = True
        self.refused = 0
        page.route(ADDRESSES, self._request)
        page.route_web_socket(ADDRESSES, self._socket)

    def _request(self, route: Route) -> None:
        self.refused += self.is_up
        route.abort() if self.is_up else route.continue_()

    def _socket(self, socket: WebSocketRoute) -> None:
        socket.close() if self.is_up else socket.connect_to_server()


@pytest.mark.slow
def test_widget_shows_the_run_where_there_is_no_renderer(bare: Lab) -> None:
    run_id = running(bare, "without the renderer")
    bare.write("widget.ipynb", SHOW.format(run_id=run_id, more=""), ASK)
    bare.open("widget.ipynb")
    bare.run_all()
    expect_connection(bare.panel, "live", 60_000 * SCALE)
    assert bare.page.locator(".jp-RenderedJupyterProgress").count() == 0
    expect(bare.panel.locator("[data-via='socket']")).to_be_visible()
    expect_status(bare.panel, "running")
    expect(bare.panel.locator(".jpp-stage-completed")).to_have_count(5)
    wait_until(lambda: "says live running" in printed(bare, 1))
    bare.panel.get_by_role("button", name="Stop").click()
    expect_status(bare.panel, "completed", 20_000 * SCALE)
    expect_run_feed(bare.panel, bare.server, run_id)


def test_widget_in_a_box_is_fed_over_the_comm_alone(bare: Lab) -> None:
    run_id = running(bare, "over the comm")
    wall = Wall(bare.page)
    bare.write("box.ipynb", IN_A_BOX.format(run_id=run_id), ASK)
    bare.open("box.ipynb")
    bare.run_all()
    expect_connection(bare.panel, "live", 60_000 * SCALE)
    expect(bare.panel.locator("[data-via='comm']")).to_be_visible()
    expect(bare.panel.locator(".jpp-table")).to_be_visible()
    expect_status(bare.panel, "running")
    wait_until(lambda: "says live running" in printed(bare, 1))
    before = bare.panel.locator(".jpp-whereabouts").inner_text()
    wait_until(lambda: bare.panel.locator(".jpp-whereabouts").inner_text() != before)
    bare.server.ask("POST", "activity", {"text": "not about this run"})
    bare.panel.get_by_role("button", name="Stop").click()  # by way of the kernel
    expect_status(bare.panel, "completed", 20_000 * SCALE)
    steps = bare.server.get(f"runs/{run_id}")["result"]["steps"]
    expect(bare.panel.locator(".jpp-whereabouts")).to_contain_text(
        f"Stopped at step {steps['done']:,} of {steps['total']:,}"
    )
    assert progress(bare.panel) == 100 * steps["done"] // steps["total"]
    assert len(feed(bare.panel)) == len(set(feed(bare.panel)))
    expect(bare.panel).not_to_contain_text("not about this run")

    # The way back to the server's own socket is taken by itself.
    wall.is_up = False
    expect(bare.panel.locator("[data-via='socket']")).to_be_visible(timeout=8_000 * SCALE)
    expect_connection(bare.panel, "live")


@pytest.mark.slow
def test_kernel_goes_on_polling_with_its_comm_closed_and_serves_the_next(bare: Lab) -> None:
    run_id = running(bare, "comm closed")
    bare.write("closed.ipynb", SHOW.format(run_id=run_id, more=""), ASK, CLOSE, "panel")
    bare.open("closed.ipynb")
    bare.wait_for_kernel()
    bare.run_cell(0)
    expect_connection(bare.panel, "live", 60_000 * SCALE)
    assert printed(bare, 2) == "closed polling True"
    bare.run_cell(3)
    again = bare.cell(3).locator(".jpp-panel")
    expect_connection(again, "live", WITHIN_MS + 2_000)
    expect_status(again, "running")
    wait_until(lambda: "says live running" in printed(bare, 1))


@pytest.mark.slow
def test_page_that_is_gone_has_the_kernel_poll_and_one_that_comes_back_is_served(
    bare: Lab,
) -> None:
    run_id = running(bare, "page gone")
    bare.write("gone.ipynb", SHOW.format(run_id=run_id, more=""), ASK)
    bare.open("gone.ipynb")
    bare.run_all()
    expect_connection(bare.panel, "live", 60_000 * SCALE)
    wait_until(lambda: "says live running" in printed(bare, 1))
    bare.save()
    bare.page.goto("about:blank")
    bare.page.wait_for_timeout(5_000)
    bare.open("gone.ipynb")
    bare.wait_for_kernel()
    wait_until(lambda: "says live running" in printed(bare, 1))
    expect_connection(bare.panel, "live")


@pytest.mark.slow
def test_search_over_the_comm_alone_has_its_candidates_chart_and_output(bare: Lab) -> None:
    wall = Wall(bare.page)
    bare.write("search.ipynb", SEARCH)
    bare.open("search.ipynb")
    bare.run_all()
    expect_connection(bare.panel, "live", 60_000 * SCALE)
    expect(bare.panel.locator("[data-via='comm']")).to_be_visible()
    board = bare.panel.locator(".jpp-candidates tbody tr")
    expect(board.first).to_contain_text("C=", timeout=60_000 * SCALE)
    printed = bare.panel.locator("[data-part='output'] pre")
    expect(printed).to_contain_text("[CV 1/8]", timeout=60_000 * SCALE)
    expect_status(bare.panel, "completed", 120_000 * SCALE)
    expect(board).to_have_count(8)
    expect(bare.panel.locator(".jpp-best")).to_contain_text("best")
    chart = bare.panel.locator("[data-part='chart'] figure")
    chart.scroll_into_view_if_needed()  # below the candidates, it is drawn when it is seen
    expect(chart.locator("canvas")).to_be_visible()
    expect(printed).to_contain_text("[CV 8/8]")
    assert wall.is_up
    assert wall.refused > 0


@pytest.mark.slow
def test_stop_that_waits_for_a_busy_kernel_says_so_and_what_works_at_once(bare: Lab) -> None:
    run_id = running(bare, "kernel is busy")
    Wall(bare.page)
    bare.write("busy.ipynb", BUSY_BOX.format(run_id=run_id))
    bare.open("busy.ipynb")
    bare.run_all()
    expect(bare.cell(0)).to_contain_text("busy from here on", timeout=60_000 * SCALE)
    busy = bare.page.locator(".jp-Notebook-ExecutionIndicator[data-status='busy']")
    expect_connection(bare.panel, "live", 60_000 * SCALE)
    expect(bare.panel.locator("[data-via='comm']")).to_be_visible()
    bare.panel.get_by_role("button", name="Stop").click()
    hint = bare.panel.get_by_role("status").filter(has_text="No answer yet")
    expect(hint).to_contain_text("a busy kernel answers when its cell ends")
    command = hint.locator("code").inner_text()
    assert command == f"jupyter progress stop {run_id}"
    picture_in_lab(bare, "panel-busy-kernel")
    done = subprocess.run(
        command.split(), env=bare.server.environ(), capture_output=True, text=True, check=True
    )
    assert "stopping" in done.stdout
    bare.server.wait_for_run(run_id, "completed")
    # Told by the kernel's own thread, whose cell goes on.
    expect_status(bare.panel, "completed")
    expect(busy).to_be_visible()
    bare.command("notebook:interrupt-kernel")
