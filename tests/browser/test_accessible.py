"""The page with reduced motion, and looked through by axe on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from ..jupyter_process import TOKEN, JupyterProcess
from .axe import violations
from .beside import PREFIX, sidebar, status_item
from .lab import Lab
from .looks import set_theme
from .runs import LONG, end_all_runs, start_run
from .screen import expect_connection, expect_status, wait_until

PLACES = ("Now", "History", "Models", "Health", "Activity")
MOVING = "() => document.getAnimations().filter(moving => moving.playState === 'running').length"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(jupyter_server: JupyterProcess) -> Iterator[JupyterProcess]:
    """A run that has ended, with a model in service, one at work and one that waits."""
    run_id = start_run(jupyter_server, "done", trees=5, register_as="digits")
    jupyter_server.wait_for_run(run_id, "completed")
    jupyter_server.ask("POST", "models/digits/deploy", {"version": 1})
    jupyter_server.wait_for_run(start_run(jupyter_server, "at work", trees=LONG), "running")
    start_run(jupyter_server, "waits", trees=LONG)
    yield jupyter_server
    end_all_runs(jupyter_server)


def open_page(page: Page, server: JupyterProcess) -> None:
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
    expect_connection(page, "live")
    expect_status(page, "running")


def test_axe_finds_nothing_in_any_place_of_the_page(page: Page, server: JupyterProcess) -> None:
    open_page(page, server)
    found: dict[str, list[str]] = {}
    for place in PLACES:
        page.get_by_role("navigation", name="Places").get_by_text(place).click()
        page.wait_for_timeout(500)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.wait_for_timeout(300)
            if said := violations(page):
                found[f"{place}, {theme}"] = said
    assert found == {}


def test_axe_finds_nothing_in_a_panel_nor_beside_the_notebook(lab: Lab) -> None:
    run_id = start_run(lab.server, "looked through", trees=LONG)
    lab.server.wait_for_run(run_id, "running")
    try:
        lab.show_run(run_id)
        lab.command(f"{PREFIX}open")
        expect_connection(sidebar(lab.page), "live")
        for theme in ("Light", "Dark"):
            set_theme(lab, theme)
            for part in (lab.panel, sidebar(lab.page), status_item(lab.page)):
                assert violations(part) == [], theme
    finally:
        set_theme(lab, "Light")
        lab.page.goto("about:blank")
        end_all_runs(lab.server)


def test_nothing_moves_where_that_is_not_wanted(page: Page, server: JupyterProcess) -> None:
    open_page(page, server)
    wait_until(lambda: page.evaluate(MOVING) > 0)  # the mark of a run at work turns
    page.emulate_media(reduced_motion="reduce")
    server.ask("POST", "activity", {"text": "a line more"})
    for _ in range(20):
        assert page.evaluate(MOVING) == 0
        page.wait_for_timeout(100)
