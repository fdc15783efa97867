"""The page on a telephone, a tablet and wide screens, while runs wait for the one at work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from ..jupyter_process import TOKEN, JupyterProcess
from .looks import OUTSIDE
from .runs import LONG, end_all_runs, start_run
from .screen import ALL_RUNS, expect_connection, expect_status, feed

LONG_NAME = "a really very long run name that somebody made from hyper parameters lr=0.001_depth=12"
QUEUE = ["waiting one", LONG_NAME, "waiting three", "waiting four"]
AT_WORK = "the one at work"
WIDTHS = (400, 700, 900, 1280, 1600, 2200)
OVERLAPPING = """() => {
    const parts = [...document.querySelectorAll(
        '.jpp-run-name, .jpp-run-time, .jpp-run-note, .jpp-side h2, .jpp-show-all, .jpp-figure dt,'
        + '.jpp-figure dd, .jpp-stage-title, .jpp-told-text, .jpp-told time, .jpp-header > *'
    )].filter(part => part.checkVisibility());
    const boxes = parts.map(part => [part, part.getBoundingClientRect()]);
    return boxes.flatMap(([a, x], i) => boxes.slice(i + 1).filter(([b, y]) =>
        Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
        && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 2
    ).map(([b]) => `${a.innerText} and ${b.innerText}`));
}"""
RIGHT_EDGES = """() => [...document.querySelectorAll('.jpp-main .jpp-section')].map(section => {
    const column = section.closest('.jpp-surroundings') ? 'of all runs' : 'of the run';
    return [column, section.getBoundingClientRect().right];
})"""


@pytest.fixture(scope="module")
def server(jupyter_server: JupyterProcess) -> Iterator[JupyterProcess]:
    """Runs that have ended, one at work, and more in the queue than a telephone shows."""
    for name in ("ended one", "ended two", "ended three", "ended four"):
        jupyter_server.wait_for_run(start_run(jupyter_server, name, trees=5), "completed")
    jupyter_server.wait_for_run(start_run(jupyter_server, AT_WORK, trees=LONG), "running")
    for name in QUEUE:
        start_run(jupyter_server, name)
    yield jupyter_server
    end_all_runs(jupyter_server)


def open_page(page: Page, server: JupyterProcess) -> None:
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
    expect_connection(page, "live")


def shown_runs(page: Page) -> list[str]:
    names = page.locator("nav .jpp-run-name").filter(visible=True)
    return names.all_inner_texts()


@pytest.mark.slow
def test_page_opens_on_the_run_at_work_with_the_queue_below_it(
    page: Page, server: JupyterProcess
) -> None:
    open_page(page, server)
    expect(page.get_by_role("article")).to_have_attribute("aria-label", AT_WORK)
    expect_status(page.get_by_role("article"), "running")
    assert shown_runs(page)[:5] == [AT_WORK, *QUEUE]


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_page_shows_the_run_at_work_whole_at_every_width(
    page: Page, server: JupyterProcess, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_page(page, server)
    run = page.get_by_role("article", name=AT_WORK)
    expect(run.locator(".jpp-stage-completed")).not_to_have_count(0)
    for part in (page.locator("nav").get_by_text(AT_WORK), run.locator(".jpp-figures").first):
        expect(part).to_be_in_viewport(ratio=1)
    # Nothing of the list is hidden in a box of its own, whose end nobody sees.
    assert page.locator(".jpp-runs").evaluate_all(
        "lists => lists.every(list => list.scrollHeight <= list.clientHeight + 1)"
    )
    assert page.locator(".jpp-page").evaluate(OUTSIDE) == []
    assert page.evaluate(OVERLAPPING) == []
    edges: dict[str, set[int]] = {}
    for column, right in page.evaluate(RIGHT_EDGES):
        edges.setdefault(column, set()).add(round(right))
    assert all(len(rights) == 1 for rights in edges.values()), edges
    is_wide = width >= 1600
    assert (edges["of the run"] != edges["of all runs"]) is is_wide, edges
    assert max(*edges["of the run"], *edges["of all runs"]) >= width - 150, edges


@pytest.mark.slow
def test_telephone_shows_a_few_rows_and_all_on_demand(page: Page, server: JupyterProcess) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    open_page(page, server)
    ended = ["ended four", "ended three", "ended two"]
    assert shown_runs(page) == [AT_WORK, *QUEUE[:2], *ended]
    page.get_by_role("button", name="Show all 5").click()
    assert shown_runs(page) == [AT_WORK, *QUEUE, *ended]
    page.get_by_role("navigation").get_by_text(QUEUE[3]).click()
    expect(page.get_by_role("article")).to_have_attribute("aria-label", QUEUE[3])


@pytest.mark.slow
def test_selected_run_tells_what_its_data_check_found(page: Page, server: JupyterProcess) -> None:
    open_page(page, server)
    run = page.get_by_role("article", name=AT_WORK)
    words = "3 columns have the same value"
    expect(run.locator(".jpp-told-text", has_text=words)).to_be_visible()
    assert [text for text in feed(run) if text.startswith(words)]
    of_all = feed(page.locator(ALL_RUNS))
    assert [text for text in of_all if text.startswith(f"{AT_WORK}: {words}")]


@pytest.mark.slow
def test_run_of_long_ago_tells_its_own_activity(page: Page, server: JupyterProcess) -> None:
    open_page(page, server)
    page.get_by_role("navigation").get_by_text("ended one").click()
    run = page.get_by_role("article", name="ended one")
    expect(run.locator(".jpp-told-text", has_text="Started")).to_be_visible()
    expect(run.locator(".jpp-told-text", has_text="columns have the same value")).to_be_visible()
