"""The page's first place in each state that a run can be in, and before anything is heard."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from jupyter_progress.client.discovery import ServerAddress

from ..client.fault_proxy import FaultProxy
from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .pictures import picture_page
from .runs import LONG, end_all_runs, start_run, worker
from .screen import (
    expect_connection,
    expect_prompt_polling,
    expect_status,
    figure,
    progress,
    wait_until,
)

SEARCH = {
    "class": "sklearn.model_selection.GridSearchCV",
    "params": {
        "estimator": {"class": "sklearn.svm.SVC"},
        "param_grid": {"C": [0.1, 1, 10, 100], "gamma": [0.0001, 0.001, 0.01]},
        "cv": 10,
        "n_jobs": 1,
    },
}
FAILS = {"class": "sklearn.svm.SVC", "params": {"kernel": "precomputed"}}
QUEUE = ("a wider one", "a deeper one")
MOVING = "() => document.getAnimations().filter(moving => moving.playState === 'running').length"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server with a run that completed and one that failed."""
    quickly = ["--JupyterProgress.stalled_after_s=3"]
    server = JupyterProcess(tmp_path_factory.mktemp("states"), arguments=quickly)
    try:
        server.start()
        done = start_run(server, "digits, 200 trees", trees=200, register_as="digits")
        server.wait_for_run(done, "completed")
        failing = start_run(server, "SVC, precomputed", estimator=FAILS, tags=["kernels"])
        server.wait_for_run(failing, "failed")
        yield server
    finally:
        server.stop()


@pytest.fixture(autouse=True)
def idle(server: JupyterProcess) -> Iterator[None]:
    """No run goes on after a test."""
    yield
    end_all_runs(server)


def open_run(page: Page, url: str, run_id: str, name: str) -> None:
    page.goto(f"{url}jupyter-progress/?token={TOKEN}#run={run_id}")
    expect_connection(page, "live")
    expect(page.get_by_role("article", name=name)).to_be_visible()


def in_training(server: JupyterProcess, run_id: str) -> None:
    """Wait until a fit is under way, and has a score."""
    wait_until(lambda: server.get(f"runs/{run_id}")["live_accuracy"] is not None, 60)


def test_run_that_completed_and_one_that_failed(page: Page, server: JupyterProcess) -> None:
    done = server.get("runs?q=digits,")["runs"][0]
    open_run(page, server.url, done["run_id"], done["name"])
    expect(page.get_by_role("article").locator("canvas").first).to_be_visible()
    picture_page(page, "page-completed", height=1400)

    failed = server.get("runs?q=precomputed")["runs"][0]
    open_run(page, server.url, failed["run_id"], failed["name"])
    expect(page.locator(".jpp-failure").first).to_contain_text("square matrix")
    picture_page(page, "page-failed", height=1100)


def test_run_that_was_killed_can_be_resumed(page: Page, server: JupyterProcess) -> None:
    run_id = start_run(server, "digits overnight", trees=LONG)
    in_training(server, run_id)
    os.kill(worker(server, run_id), signal.SIGKILL)
    server.wait_for_run(run_id, "failed")
    open_run(page, server.url, run_id, "digits overnight")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    picture_page(page, "page-resumable", height=1100)


def test_run_that_was_cancelled(page: Page, server: JupyterProcess) -> None:
    run_id = start_run(server, "digits, not wanted", trees=LONG)
    in_training(server, run_id)
    server.ask("POST", f"runs/{run_id}/cancel")
    server.wait_for_run(run_id, "cancelled")
    open_run(page, server.url, run_id, "digits, not wanted")
    expect_status(page.get_by_role("article"), "cancelled")
    picture_page(page, "page-cancelled", height=1100)


def test_run_at_work_before_its_queue_is_polled_and_stalls(
    page: Page, server: JupyterProcess
) -> None:
    proxy = FaultProxy(ServerAddress(server.url, TOKEN))
    run_id = start_run(server, "digits, boosted", trees=LONG, tags=["nightly"])
    waiting = [start_run(server, name) for name in QUEUE]
    try:
        in_training(server, run_id)
        open_run(page, proxy.address.url, run_id, "digits, boosted")
        expect(page.get_by_role("article").locator("canvas").first).to_be_visible()
        wait_until(lambda: figure(page, "Time left") not in ("", "not known yet"), 30)
        picture_page(page, "page-running", height=1400)

        proxy.refuses_sockets = True
        proxy.cut()
        expect_prompt_polling(page)
        picture_page(page, "page-polling")
        proxy.refuses_sockets = False
        expect_connection(page, "live")

        os.kill(worker(server, run_id), signal.SIGSTOP)
        try:
            stalled = page.get_by_role("article").locator(".jpp-stalled")
            expect(stalled).to_be_visible(timeout=60_000 * SCALE)
            picture_page(page, "page-stalled", height=1100)
        finally:
            os.kill(worker(server, run_id), signal.SIGCONT)

        page.get_by_role("navigation", name="Runs").get_by_text(QUEUE[0]).click()
        expect_status(page.get_by_role("article"), "queued")
        picture_page(page, "page-queued")
        assert server.get(f"runs/{waiting[0]}")["status"] == "queued"
    finally:
        proxy.stop()


def test_search_with_its_leaderboard(page: Page, server: JupyterProcess) -> None:
    run_id = start_run(server, "which SVC", estimator=SEARCH)
    open_run(page, server.url, run_id, "which SVC")
    wait_until(lambda: progress(page.get_by_role("article")) >= 20, 60)
    expect(page.locator(".jpp-candidates tbody tr").first).to_contain_text("C=")
    picture_page(page, "page-search", height=1400)


def test_page_has_outlines_until_something_is_heard(page: Page, server: JupyterProcess) -> None:
    """The server's answers are held back, as a slow network does."""
    answers = re.compile("/jupyter-progress/api/")
    held: list[Route] = []
    page.route(answers, lambda route: held.append(route))
    page.route_web_socket(answers, lambda socket: None)
    outlines = page.locator(".jpp-skeleton")

    def load() -> None:
        page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
        expect(outlines).to_be_visible()

    picture_page(page, "page-loading", anew=load)
    load()
    assert page.evaluate(MOVING) > 0
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == 0
    page.unroute_all(behavior="ignoreErrors")


def test_place_whose_code_does_not_come_says_so(page: Page, server: JupyterProcess) -> None:
    code = (Path(__file__).parents[2] / "frontend/dist/page.js").read_text("utf-8")
    late = "|".join(re.escape(name) for name in re.findall(r'import\("\./(page\.\w+\.js)"\)', code))
    chunks = re.compile(f"/static/({late})$")
    page.route(chunks, lambda route: route.abort())
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}#history")
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("This place could not be loaded")
    picture_page(page, "page-error")
    page.unroute(chunks)
    problem.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("table", name="Runs")).to_be_visible()
