"""The extension in JupyterLab: sidebar, status item, commands, settings, notifications."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from ..jupyter_process import JupyterProcess
from .beside import (
    PREFIX,
    is_enabled,
    modules_loaded,
    set_setting,
    shown_percent,
    sidebar,
    status_item,
    told,
)
from .lab import Lab
from .looks import LOW_CONTRAST, set_theme
from .pictures import picture_lab
from .runs import LONG, end_all_runs, start_run, worker
from .screen import expect_connection, step_of, wait_until

ENDED = "stopped at step"


@pytest.fixture
def desk(lab: Lab) -> Iterator[Lab]:
    """JupyterLab without a notebook."""
    yield lab
    end_all_runs(lab.server)
    lab.page.goto("about:blank")


def open_palette(desk: Lab) -> None:
    """The commands of this extension, as a person looks for them."""
    palette = desk.page.locator("#modal-command-palette")
    desk.page.keyboard.press("Escape")
    desk.command("apputils:activate-command-palette")
    palette.locator("input").fill("training runs")
    expect(
        palette.locator(".lm-CommandPalette-item", has_text="training run").first
    ).to_be_visible()


def wait_for_first_step(server: JupyterProcess, run_id: str) -> None:
    """Before it there is nothing that a stop could keep."""
    wait_until(lambda: bool(server.get(f"runs/{run_id}")["step"]), 60)


def test_lab_shows_a_run_tells_its_end_and_comes_back_as_it_was(desk: Lab) -> None:
    page = desk.page
    run_id = start_run(desk.server, "beside", LONG)
    desk.start()
    item = status_item(page)
    expect(item).to_contain_text("beside")
    assert "page" not in modules_loaded(page)  # the view comes when it is first shown
    item.click()
    expect(sidebar(page).locator(".jpp-status-running").first).to_be_visible()
    expect_connection(sidebar(page), "live")
    expect(sidebar(page).locator(".jpp-ways")).to_have_css("display", "flex")  # the page's styles
    wait_for_first_step(desk.server, run_id)
    before, step = shown_percent(page), step_of(sidebar(page))
    wait_until(lambda: step_of(sidebar(page)) > step, 20)
    wait_until(lambda: shown_percent(page) > before, 60)
    assert is_enabled(page, "stop")
    desk.command(f"{PREFIX}stop")
    assert desk.server.wait_for_run(run_id, "completed")["result"]["stopped"] is True
    expect(told(page, f"beside {ENDED}")).to_have_count(1)
    wait_until(lambda: not is_enabled(page, "stop"), 5)
    expect(item.locator(".jpp-item-name")).to_have_count(0)
    set_setting(page, "Status item", False)
    expect(item).to_have_count(0)
    set_setting(page, "Status item", True)
    expect(item).to_be_visible()
    page.wait_for_timeout(1500)  # Lab saves its layout a second after a change
    page.reload()
    desk.wait_for_layout()
    expect(sidebar(page).locator(".jpp-status-completed").first).to_be_visible()
    assert told(page, "beside").count() == 0  # what was told once is not told again


@pytest.mark.slow
def test_places_of_the_sidebar_leave_the_address_alone(desk: Lab) -> None:
    page = desk.page
    desk.start()
    desk.command(f"{PREFIX}open", place="#history")
    expect(sidebar(page).get_by_role("heading", name="History")).to_be_visible()
    ways = sidebar(page).get_by_role("navigation", name="Places").get_by_role("link")
    for way in ways.all():
        way.click()
        expect(way).to_have_attribute("aria-current", "page")
        assert "#" not in page.url
    health = ways.filter(has_text="Health")
    health.hover()
    expect(health).to_have_attribute("href", f"{desk.server.url}jupyter-progress/#health")
    with page.context.expect_page() as opened:
        health.click(modifiers=["ControlOrMeta"])
    assert opened.value.url.endswith("jupyter-progress/#health")
    opened.value.close()


@pytest.mark.slow
def test_tab_of_the_main_area_is_restored_at_its_place(desk: Lab) -> None:
    page = desk.page
    desk.start()
    page.locator(".jp-LauncherCard", has_text="Training Runs").click()
    tab = page.locator(".jp-MainAreaWidget .jpp-lab-page")
    expect(tab.locator(".jpp-page")).to_be_visible()
    tab.get_by_role("link", name="Activity").click()
    page.wait_for_timeout(1500)  # Lab saves its layout a second after a change
    page.reload()
    desk.wait_for_layout()
    expect(tab.get_by_role("link", name="Activity")).to_have_attribute("aria-current", "page")
    expect(tab).to_have_count(1)


@pytest.mark.slow
def test_sidebar_goes_to_the_side_that_is_set_and_stays_open(desk: Lab) -> None:
    page = desk.page
    desk.start()
    desk.command(f"{PREFIX}open")
    expect(page.locator("#jp-right-stack .jpp-page")).to_be_visible()
    desk.command("settingeditor:open", query="Training Runs")
    side = page.locator("select[id$='plugin_side']")
    for wanted in ("left", "right"):
        side.select_option(wanted)
        expect(page.locator(f"#jp-{wanted}-stack .jpp-page")).to_be_visible()


@pytest.mark.slow
def test_what_the_settings_turn_off_is_not_told(desk: Lab) -> None:
    page = desk.page
    desk.start()
    set_setting(page, "Tell when a run ends", False)
    try:
        quiet = start_run(desk.server, "quiet", LONG)
        wait_for_first_step(desk.server, quiet)
        expect(status_item(page)).to_contain_text("quiet")
        desk.command(f"{PREFIX}stop")
        desk.server.wait_for_run(quiet, "completed")
        expect(status_item(page).locator(".jpp-item-name")).to_have_count(0)
    finally:
        set_setting(page, "Tell when a run ends", True)
    not_square = {"class": "sklearn.svm.SVC", "params": {"kernel": "precomputed"}}
    bad = start_run(desk.server, "bad", estimator=not_square)
    desk.server.wait_for_run(bad, "failed")
    failure = told(page, "bad failed")
    expect(failure).to_have_count(1)
    page.wait_for_timeout(12_000)  # others go after ten seconds
    expect(failure).to_be_visible()
    assert told(page, "quiet").count() == 0
    failure.get_by_role("button", name="Open").click()
    expect(sidebar(page).locator(".jpp-status-failed").first).to_be_visible()


@pytest.mark.slow
def test_cause_is_told_once_in_however_many_tabs(desk: Lab) -> None:
    page = desk.page
    second = page.context.new_page()
    try:
        desk.start()
        other = Lab(second, desk.server)
        other.start("lab/workspaces/second?reset")
        desk.command(f"{PREFIX}open")
        desk.command(f"{PREFIX}open-tab")
        run_id = start_run(desk.server, "told once", LONG)
        wait_for_first_step(desk.server, run_id)
        for tab in (page, second):
            expect(status_item(tab)).to_contain_text("told once")
        desk.command(f"{PREFIX}stop")
        desk.server.wait_for_run(run_id, "completed")
        for tab in (page, second):
            expect(status_item(tab).locator(".jpp-item-name")).to_have_count(0)
        page.wait_for_timeout(1000)
        shown = [told(tab, f"told once {ENDED}").count() for tab in (page, second)]
        assert sum(shown) == 1, shown
    finally:
        second.close()


@pytest.mark.slow
def test_cancel_asks_first_and_commands_name_their_run(desk: Lab) -> None:
    page = desk.page
    desk.start()
    run_id = start_run(desk.server, "to be dropped", LONG)
    expect(status_item(page)).to_contain_text("to be dropped")
    wait_until(lambda: is_enabled(page, "cancel"), 10)
    label = page.evaluate(f"() => window.jupyterapp.commands.label('{PREFIX}cancel')")
    assert label == "Cancel the Training (to be dropped)"
    desk.command(f"{PREFIX}cancel")
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_role("button", name="Keep training").click()
    expect(dialog).to_have_count(0)
    assert desk.server.get(f"runs/{run_id}")["status"] in ("running", "queued")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.command(f"{PREFIX}copy-link")
    wanted = f"{desk.server.url}jupyter-progress/#run={run_id}"
    wait_until(lambda: page.evaluate("() => navigator.clipboard.readText()") == wanted, 5)
    desk.command(f"{PREFIX}cancel")
    dialog.get_by_role("button", name="Cancel the training").click()
    desk.server.wait_for_run(run_id, "cancelled")
    expect(told(page, "to be dropped was cancelled")).to_have_count(1)


@pytest.mark.slow
def test_keyboard_alone_opens_the_run_and_moves_on_in_it(desk: Lab) -> None:
    page = desk.page
    desk.start()
    expect(status_item(page)).to_be_visible()
    status_item(page).focus()
    page.keyboard.press("Enter")
    expect(sidebar(page).locator(".jpp-page")).to_be_visible()
    expect(sidebar(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(sidebar(page).get_by_role("link", name="Now")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(sidebar(page).get_by_role("heading", name="History")).to_be_visible()


@pytest.mark.slow
def test_view_that_does_not_load_says_so_and_is_tried_again(desk: Lab) -> None:
    page = desk.page
    module = re.compile(r"/jupyter-progress/static/page\.")
    page.route(module, lambda route: route.abort())
    desk.start()
    desk.command(f"{PREFIX}open")
    expect(sidebar(page)).to_contain_text("The training runs cannot be shown")
    again = sidebar(page).get_by_role("button", name="Try again")
    again.click()
    expect(again).to_be_visible()  # still in vain
    page.unroute(module)
    again.click()
    expect(again).to_have_count(0)
    expect_connection(sidebar(page), "live")
    expect(sidebar(page).locator(".jpp-ways")).to_have_css("display", "flex")


@pytest.mark.slow
def test_server_without_the_extension_is_asked_once_and_left_alone(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    exposed = ["--LabApp.expose_app_in_browser=True"]
    folder = tmp_path_factory.mktemp("without")
    server = JupyterProcess(folder, "lab", extension=False, arguments=exposed)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/jupyter-progress/api/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    try:
        lab = Lab(page, server.start())
        lab.start()
        lab.command(f"{PREFIX}open")
        expect(sidebar(page).locator(".jpp-caution")).to_contain_text(
            "does not run jupyter-progress"
        )
        expect(status_item(page)).to_be_hidden()
        assert not is_enabled(page, "stop")
        page.wait_for_timeout(500)
        count = len(asked)
        page.wait_for_timeout(12_000)
        assert len(asked) == count
        with page.expect_request("**/jupyter-progress/api/**"):
            sidebar(page).get_by_role("button", name="Look again").click()
        expect(sidebar(page).get_by_role("button", name="Look again")).to_be_visible()
        page.goto("about:blank")
    finally:
        server.stop()


@pytest.mark.slow
def test_lab_with_the_sidebar_is_readable_in_its_themes(desk: Lab) -> None:
    page = desk.page
    page.set_viewport_size({"width": 1600, "height": 900})
    run_id = start_run(desk.server, "digits", LONG)
    desk.start()
    desk.command(f"{PREFIX}open")
    wait_for_first_step(desk.server, run_id)
    expect_connection(sidebar(page), "live")
    wait_until(lambda: step_of(sidebar(page)) > 0, 20)
    try:
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        picture_lab(desk, "lab-sidebar", sidebar(page))
        for theme in ("Light", "Dark", "Dark High Contrast"):
            set_theme(desk, theme)
            assert sidebar(page).evaluate(LOW_CONTRAST) == []
            assert status_item(page).evaluate(LOW_CONTRAST) == []
        set_theme(desk, "Light")
        picture_lab(desk, "lab-palette", sidebar(page), lambda: open_palette(desk))
        page.keyboard.press("Escape")
        desk.command("settingeditor:open", query="Training Runs")
        expect(page.get_by_label("Status item", exact=True)).to_be_visible()
        picture_lab(desk, "lab-settings", sidebar(page))
        os.kill(worker(desk.server, run_id), signal.SIGKILL)
        expect(told(page, "digits failed")).to_be_visible()  # until somebody closes it
        picture_lab(desk, "lab-notification", sidebar(page))
        assert told(page, "digits failed").evaluate(LOW_CONTRAST) == []
    finally:
        set_theme(desk, "Light")
