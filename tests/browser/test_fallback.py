"""A view loses its socket, its server, and the way to both; it says so, and misses nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from jupyter_progress.client.discovery import ServerAddress

from ..client.fault_proxy import FaultProxy
from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .lab import Lab
from .pictures import picture_in_lab
from .runs import LONG, end_all_runs, start_run
from .screen import (
    WITHIN_MS,
    expect_connection,
    expect_feed,
    expect_prompt_polling,
    expect_status,
    feed,
    progress,
    shown_age,
    step_of,
    wait_until,
)

SHOW = """
import jupyter_progress as jp
jp.get_run({run_id!r})
"""


@pytest.fixture
def broken(jupyter_lab: JupyterProcess) -> Iterator[FaultProxy]:
    """The way to the server, which can be broken."""
    proxy = FaultProxy(ServerAddress(jupyter_lab.url, TOKEN))
    yield proxy
    proxy.stop()
    end_all_runs(jupyter_lab)


def lead_themes_past(lab: Lab, broken: FaultProxy) -> None:
    """Lab takes its themes, and keeps which one is on, by a way that is never broken."""

    def past(route: Route) -> None:
        url = route.request.url.replace(broken.address.url, lab.server.url)
        route.fulfill(response=route.fetch(url=url))

    lab.page.route(re.compile(r"/lab/api/(themes|settings)/"), past)


def note(server: JupyterProcess, text: str) -> None:
    server.ask("POST", "activity", {"text": text})


def notes_shown(view: Page) -> list[str]:
    """The notes in the order in which they were made."""
    return [text.split(" · ")[0] for text in reversed(feed(view)) if text.startswith("note ")]


def show_page(page: Page, url: str) -> None:
    page.goto(f"{url}jupyter-progress/?token={TOKEN}")
    expect_connection(page, "live")


def test_page_polls_while_the_socket_is_refused_and_comes_back(
    page: Page, jupyter_lab: JupyterProcess, broken: FaultProxy
) -> None:
    run_id = start_run(jupyter_lab, "over every fault", trees=LONG)
    show_page(page, broken.address.url)
    expect(page.locator(".jpp-whereabouts")).to_contain_text("step", timeout=30_000 * SCALE)
    sent: list[str] = []

    def tell(count: int = 2) -> None:
        for _ in range(count):
            sent.append(f"note {len(sent)}")
            note(jupyter_lab, sent[-1])
        wait_until(lambda: notes_shown(page) == sent, 3, f"{sent} but {notes_shown(page)}")

    tell()
    broken.refuses_sockets = True
    broken.cut()
    expect_prompt_polling(page)
    tell()
    assert page.locator(".jpp-stale").count() == 0
    step = jupyter_lab.get(f"runs/{run_id}")["step"]
    wait_until(lambda: step_of(page) > step)
    broken.refuses_sockets = False
    expect_connection(page, "live")
    assert shown_age(page) is None
    tell()

    # Nothing was closed, and nothing comes: only the missing heartbeat tells.
    broken.refuses_sockets = broken.is_silent = True
    expect_connection(page, "polling", WITHIN_MS + 2_500)
    tell()
    broken.refuses_sockets = broken.is_silent = False
    expect_connection(page, "live")
    for _ in range(3):
        broken.cut_in_mid_frame()
        tell(1)
    expect_connection(page, "live")
    expect_feed(page, jupyter_lab)


@pytest.mark.slow
def test_page_says_how_old_it_is_with_no_server_and_goes_on_with_the_next(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = JupyterProcess(tmp_path_factory.mktemp("killed")).start()
    try:
        run_id = start_run(server, "survives its server", trees=LONG)
        show_page(page, server.url)
        expect_status(page.get_by_role("article"), "running")
        note(server, "note before")
        wait_until(lambda: notes_shown(page) == ["note before"])
        server.kill()
        expect_connection(page, "offline", WITHIN_MS + 1_000)
        expect(page.locator(".jpp-age").first).to_contain_text("last update")
        expect(page.locator(".jpp-stale").first).to_be_visible()
        shown = progress(page)
        time.sleep(1.5)
        assert progress(page) == shown  # what nobody tells does not move
        server.start()
        expect_connection(page, "live", WITHIN_MS)
        expect_status(page.get_by_role("article"), "running", WITHIN_MS)
        note(server, "note after")
        wait_until(lambda: notes_shown(page) == ["note before", "note after"])
        texts = [text for text in feed(page) if "started" in text]
        assert len(texts) == len(set(texts))
        server.ask("POST", f"runs/{run_id}/cancel")
        expect_status(page.get_by_role("article"), "cancelled", 10_000 * SCALE)
    finally:
        end_all_runs(server)
        server.stop()


def test_panel_in_a_notebook_polls_goes_offline_and_comes_back(
    lab: Lab, broken: FaultProxy
) -> None:
    run_id = start_run(lab.server, "through the renderer", trees=LONG)
    lab.server.wait_for_run(run_id, "running")
    lab.write("fallback.ipynb", SHOW.format(run_id=run_id))
    lab.open("fallback.ipynb", broken.address.url)
    lead_themes_past(lab, broken)
    lab.run_all()
    expect_connection(lab.panel, "live", 60_000 * SCALE)
    expect(lab.panel.locator("[data-via='socket']")).to_be_visible()
    wait_until(lambda: lab.server.get(f"runs/{run_id}")["live_accuracy"] is not None)

    broken.refuses_sockets = True
    broken.cut()
    expect_prompt_polling(lab.panel)
    before = lab.panel.locator(".jpp-whereabouts").inner_text()
    wait_until(lambda: lab.panel.locator(".jpp-whereabouts").inner_text() != before)
    picture_in_lab(lab, "panel-polling")
    broken.refuses_sockets = False
    expect_connection(lab.panel, "live")

    # The way to the server is gone, and with it the one to the kernel.
    broken.refuses_all = True
    broken.cut()
    expect_connection(lab.panel, "offline", WITHIN_MS + 4_000)
    wait_until(lambda: (shown_age(lab.panel) or 0) >= 5)  # it grows, with nothing to be heard
    expect(lab.page.locator(".jpp-panel.jpp-stale")).to_be_visible()
    # Lab's own word on its lost server stands in front, at a moment of its own choosing.
    lab.page.add_style_tag(content=".jp-Dialog { display: none !important; }")
    picture_in_lab(lab, "panel-offline")
    broken.refuses_all = False
    expect_connection(lab.panel, "live")
    expect(lab.page.locator(".jpp-panel.jpp-stale")).to_have_count(0)
