"""The history of thousands of runs in Chromium, before a server that has read their journals."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .past_runs import make_past_runs
from .pictures import picture_page
from .screen import expect_connection
from .witness import Witness

COUNT = 2_500
ROW = ".jpp-history-link"
BOX = ".jpp-history-box"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server that finds thousands of runs where it starts."""
    server = JupyterProcess(tmp_path_factory.mktemp("history"))
    make_past_runs(server.data_dir, COUNT)
    try:
        server.start()
        deadline = time.monotonic() + 120 * SCALE
        while server.get("runs?limit=1")["total"] < COUNT:
            assert time.monotonic() < deadline, "the journals are not read"
            time.sleep(0.5)
        yield server
    finally:
        server.stop()


def open_history(page: Page, server: JupyterProcess, query: str = "") -> Witness:
    witness = Witness(page)
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}#history{query}")
    expect_connection(page, "live")
    return witness


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def scores(page: Page) -> list[float]:
    return [float(text) for text in page.locator(".jpp-history-score").all_inner_texts()]


@pytest.mark.slow
def test_thousands_of_runs_are_scrolled_found_and_ordered(
    page: Page, server: JupyterProcess
) -> None:
    witness = open_history(page, server)
    first = server.get("runs?limit=1")
    total = first["total"]
    failed = server.get("runs?status=failed&limit=1")["total"]
    expect(page.get_by_role("status").first).to_have_text(f"{total:,} runs")
    table = page.get_by_role("table", name="Runs")
    expect(table).to_have_attribute("aria-rowcount", str(total + 1))
    expect(page.locator(ROW).first).to_have_text(first["runs"][0]["name"])
    picture_page(page, "page-history")

    longest = page.evaluate(SCROLL_TO_THE_END, BOX)
    expect(page.locator(ROW).last).to_contain_text("RandomForest 0")
    assert page.locator(ROW).count() < 80
    # Of a busy machine nothing can be said of single frames; that none waits for all rows can.
    assert longest < 500 * SCALE, f"a frame of {longest:.0f} ms"

    page.get_by_label("Words in name, id, tags or estimator").fill("forest night")
    expect(page.get_by_role("status").first).to_contain_text("runs found")
    expect(page).to_have_url(re.compile(r"#history\?q=forest\+night$"))
    assert all("night RandomForest" in name for name in page.locator(ROW).all_inner_texts())
    page.reload()
    expect(page.get_by_label("Words in name, id, tags or estimator")).to_have_value("forest night")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("status").first).to_have_text(f"{total:,} runs")

    page.get_by_label("Words in name, id, tags or estimator").fill("no run is called so")
    expect(page.get_by_text("No run fits all of this.")).to_be_visible()
    picture_page(page, "page-history-nothing")
    page.get_by_role("button", name="Show all runs").click()
    expect(page.get_by_role("status").first).to_have_text(f"{total:,} runs")

    page.get_by_role("button", name="Status").click()
    page.get_by_role("checkbox", name="Failed").check()
    expect(page.get_by_role("status").first).to_contain_text(f"{failed:,} runs found")
    page.keyboard.press("Escape")
    expect(page.get_by_role("checkbox", name="Failed")).to_have_count(0)
    page.get_by_role("button", name="Clear").click()

    page.get_by_role("button", name="Metric").click()
    page.get_by_label("Which metric").select_option("test.accuracy")
    page.get_by_label("Number").fill("0.98")
    page.get_by_role("button", name="Look for it").click()
    page.keyboard.press("Escape")
    header = page.get_by_role("columnheader", name="Accuracy")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile("sort=-test.accuracy"))
    expect(page.locator(BOX)).not_to_have_class(re.compile("stale"))
    shown = scores(page)
    assert shown == sorted(shown, reverse=True)
    assert min(shown) >= 0.98
    assert witness.errors == []


@pytest.mark.slow
def test_runs_are_renamed_tagged_noted_compared_and_deleted(
    page: Page, server: JupyterProcess
) -> None:
    witness = open_history(page, server, "?q=2001")
    old = page.locator(ROW).first.inner_text()
    run_id = server.get("runs?q=2001")["runs"][0]["run_id"]
    row(page, old).hover()
    row(page, old).get_by_role("button", name=f"Rename {old}").click()
    page.get_by_label("Name of the run").fill("the best 2001")
    page.keyboard.press("Enter")
    expect(row(page, "the best 2001")).to_be_visible()
    row(page, "the best 2001").get_by_role("button", name="Change the best 2001").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Add a tag").fill("champion")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Add notes").click()
    dialog.get_by_label("Notes").fill("two\nlines")
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.locator(".jpp-notes-text")).to_have_text("two\nlines")
    picture_page(page, "page-history-edit")
    dialog.get_by_role("button", name="Done").click()
    state = server.get(f"runs/{run_id}")
    assert (state["name"], state["notes"]) == ("the best 2001", "two\nlines")
    assert "champion" in state["tags"]
    expect(row(page, "the best 2001")).to_contain_text("champion")

    page.get_by_label("Words in name, id, tags or estimator").fill("")
    expect(page.get_by_role("status").first).to_have_text(f"{COUNT:,} runs")
    for place in (1, 2, 4):
        page.get_by_role("checkbox").nth(place).check()
    names = page.locator(".jpp-history-picked").locator(ROW).all_inner_texts()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".jpp-compare-run")).to_have_count(3)
    expect(page.locator(".jpp-compare-differs")).not_to_have_count(0)
    expect(page.locator(".jpp-compare .jpp-plot canvas").first).to_be_visible()
    picture_page(page, "page-compare")
    page.go_back()

    for place in (1, 2, 4):
        page.get_by_role("checkbox").nth(place).check()
    page.get_by_role("button", name="Delete…").click()
    question = page.get_by_role("group", name="Delete these 3 runs?")
    for name in names:
        expect(question).to_contain_text(name)
    picture_page(page, "page-history-delete")
    question.get_by_role("button", name="Delete 3").click()
    expect(page.locator(".jpp-bulk-said")).to_have_text("3 runs deleted.")
    for name in names:
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    assert server.get("runs?limit=1")["total"] == COUNT - 3
    assert witness.errors == []


@pytest.mark.slow
def test_runs_are_found_by_tag_and_estimator(page: Page, server: JupyterProcess) -> None:
    witness = open_history(page, server)
    asked = "tag=keep&estimator=RandomForestClassifier"
    total = server.get(f"runs?{asked}&limit=1")["total"]
    assert 0 < total < server.get("runs?tag=keep&limit=1")["total"]
    for menu, choice in (("Tags", "keep"), ("Estimator", "RandomForestClassifier")):
        page.get_by_role("button", name=menu).click()
        page.get_by_role("checkbox", name=choice).check()
        page.keyboard.press("Escape")
    expect(page.get_by_role("status").first).to_contain_text(f"{total:,} runs found")
    assert all("RandomForest" in name for name in page.locator(ROW).all_inner_texts())
    page.reload()
    expect(page.get_by_role("status").first).to_contain_text(f"{total:,} runs found")
    assert witness.errors == []


SCROLL_TO_THE_END = """async (selector) => {
  const box = document.querySelector(selector);
  const frame = () => new Promise(requestAnimationFrame);
  let longest = 0;
  let last = performance.now();
  for (let settled = 0; settled < 20; ) {
    const before = box.scrollTop;
    box.scrollTop += 2000;
    await frame();
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    const rows = [...document.querySelectorAll(".jpp-history-body [role=row]")];
    const isLast = rows.at(-1)?.ariaRowIndex === box.querySelector("[role=table]").ariaRowCount;
    settled = box.scrollTop === before && isLast ? settled + 1 : 0;
  }
  return longest;
}"""
