"""Of each cause one view tells, among a page, a Lab with its sidebar and panels in a notebook."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from ..unjudged import UNJUDGED
from .beside import PREFIX, sidebar
from .lab import Lab, leave_extension_out
from .runs import end_all_runs, start_run
from .screen import expect_connection, wait_until
from .tellings import Tellings

PANELS = """
import jupyter_progress as jp
jp.Panel()
"""
# A loop that waits for somebody, and is called stalled after three seconds in place of sixty.
SILENT = """
import sys, time
import jupyter_progress as jp
from jupyter_progress.tracking.own_stalls import OwnStalls

OwnStalls.__init__.__defaults__ = (3.0, time.monotonic)
with jp.Run("silent", display=False) as run:
    run.log(loss=1.0, step=1)
    sys.stdin.readline()
"""
# Nothing but a server that hangs changes the health, so that each change has its cause here.
THRESHOLDS = {**UNJUDGED, "event_loop_lag": {"yellow": 2.5, "red": None, "margin": 1.0}}
NOT_SQUARE = {"class": "sklearn.svm.SVC", "params": {"kernel": "precomputed"}}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["with the extension", "without the extension"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JupyterProcess]:
    """A JupyterLab whose page has the extension, or has not: then only the widgets tell there."""
    folder = tmp_path_factory.mktemp("telling")
    arguments = [
        "--LabApp.expose_app_in_browser=True",
        f"--JupyterProgress.thresholds={THRESHOLDS!r}",
        # A server that hangs for four seconds is not to cut its views off, each of which would hear
        # of that in a moment of its own, once it is connected again.
        "--JupyterProgress.heartbeat_s=4",
    ]  # fmt: skip
    process = JupyterProcess(folder, "lab", arguments=arguments)
    if request.param == "without the extension":
        leave_extension_out(folder)
    try:
        yield process.start()
    finally:
        process.stop()


class Desk:
    """One browser with a tab of the page, and a Lab whose notebook shows two panels."""

    def __init__(self, tellings: Tellings, server: JupyterProcess, has_extension: bool) -> None:
        self.server = server
        self.tellings = tellings
        self.page = tellings.context.new_page()
        self.page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
        expect_connection(self.page, "live")
        self.lab = tellings.context.new_page()
        lab = Lab(self.lab, server)
        lab.write("panels.ipynb", PANELS, "jp.Panel()")
        lab.open("panels.ipynb")
        lab.run_all()
        panels = self.lab.locator(".jp-Notebook .jpp-panel")
        expect(panels).to_have_count(2)
        for index in (0, 1):
            expect_connection(panels.nth(index), "live", 60_000 * SCALE)
        if has_extension:
            lab.command(f"{PREFIX}open")
            expect_connection(sidebar(self.lab), "live")

    def expect_told(self, by: str, words: str) -> None:
        ((way, said),) = self.tellings.next()
        assert words in said
        assert way == by, said

    def end_a_run(self, by: str) -> None:
        run_id = start_run(self.server, "ended", trees=5, register_as="digits")
        self.server.wait_for_run(run_id, "completed")
        self.expect_told(by, "ended finished")

    def fail_a_run(self, by: str) -> None:
        run_id = start_run(self.server, "bad", estimator=NOT_SQUARE)
        self.server.wait_for_run(run_id, "failed")
        self.expect_told(by, "bad failed")

    def stall_a_run(self, by: str) -> None:
        words = [sys.executable, "-c", SILENT]
        loop = subprocess.Popen(
            words, env=self.server.environ(), cwd=self.server.root, stdin=subprocess.PIPE
        )
        try:
            self.expect_told(by, "silent has stalled")
            loop.communicate(b"\n", timeout=30 * SCALE)
        finally:
            loop.kill()
        self.expect_told(by, "silent finished")

    def strain_the_machine(self, by: str) -> None:
        """A server that does not get to its work says so, and that it does again."""
        process = self.server.process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(4)
        os.kill(process.pid, signal.SIGCONT)
        wait_until(lambda: any("Health is green" in said for _, said in self.tellings.all()), 60)
        told = self.tellings.rest()
        # Of two changes that come at one time the newer one stands.
        assert [way for way, _ in told] == [by] * len(told), told
        colours = [said.split()[2].rstrip(":") for _, said in told]
        assert colours in (["yellow", "green"], ["green"])

    def deploy(self, by: str) -> None:
        versions = self.server.get("models/digits")["versions"]
        version = max(known["version"] for known in versions)  # one that is not in service yet
        self.server.ask("POST", "models/digits/deploy", {"version": version})
        self.expect_told(by, f"digits version {version} is in service")

    def tell_everything(self, by: str) -> None:
        self.end_a_run(by)
        self.fail_a_run(by)
        self.stall_a_run(by)
        self.strain_the_machine(by)
        self.deploy(by)


@pytest.fixture
def desk(
    chromium: Browser, server: JupyterProcess, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1300, "height": 900})
    context.set_default_timeout(30_000 * SCALE)
    has_extension = "without" not in request.node.callspec.params["server"]
    yield Desk(Tellings(context), server, has_extension)
    end_all_runs(server)
    context.close()


def in_lab(server_kind: str) -> str:
    return "panel" if "without" in server_kind else "lab"


def test_the_view_that_is_looked_at_tells_each_cause(
    desk: Desk, request: pytest.FixtureRequest
) -> None:
    by_lab = in_lab(request.node.callspec.params["server"])
    allow(desk)
    fronts: tuple[tuple[Page, str], ...] = ((desk.lab, by_lab), (desk.page, "page"))
    for front, by in fronts:
        desk.tellings.put_in_front(front)
        desk.tellings.rest()
        desk.tell_everything(by)


def test_the_browser_tells_each_cause_while_nobody_looks(desk: Desk) -> None:
    allow(desk)
    desk.tellings.put_in_front(None)
    desk.tellings.rest()
    desk.tell_everything("browser")
    desk.tellings.put_in_front(desk.lab)
    assert desk.tellings.rest() == []  # whoever comes to look is not told again


def test_the_first_view_that_comes_into_sight_tells_where_the_browser_may_not(
    desk: Desk, request: pytest.FixtureRequest
) -> None:
    desk.tellings.put_in_front(None, are_covered=True)
    desk.tellings.rest()
    run_id = start_run(desk.server, "unseen", trees=5)
    desk.server.wait_for_run(run_id, "completed")
    assert desk.tellings.rest() == []
    desk.tellings.put_in_front(desk.lab)
    desk.expect_told(in_lab(request.node.callspec.params["server"]), "unseen finished")
    desk.tellings.put_in_front(desk.page)
    assert desk.tellings.rest() == []
    desk.tellings.put_in_front(None)  # windows beside each other, none of which has the keyboard
    server_run = start_run(desk.server, "beside", trees=5)
    desk.server.wait_for_run(server_run, "completed")
    ((_, words),) = desk.tellings.next()
    assert "beside finished" in words


def allow(desk: Desk) -> None:
    """Turn the browser's own notifications on, as a person does."""
    desk.tellings.context.grant_permissions(["notifications"])
    desk.page.get_by_role("button", name="Notify me").click()
    expect(desk.page.get_by_role("button", name="Notifying")).to_be_visible()
