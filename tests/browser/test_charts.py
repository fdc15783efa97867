"""What a loop of one's own logs, as charts on the page: by mouse, by keyboard, as a table."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .pictures import picture_page
from .screen import expect_connection
from .witness import Witness

OWN = """
import math, time
import jupyter_progress as jp

with jp.Run("my own loop", stages=["load", "train"], display=False) as run:
    with run.stage("load"):
        time.sleep(0.2)
    with run.stage("train"):
        for step in range(2001):
            run.log({"train/loss": 2 / (step + 1), "odd, name": step, "lr": 1e-300}, step=step)
            if step % 100 == 0:
                run.log({"val/loss": 3 / (step + 1), "gaps": math.nan}, step=step)
        while True:
            time.sleep(0.05)
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def charts(page: Page, jupyter_server: JupyterProcess) -> Iterator[Locator]:
    """The charts of a loop that another process runs, until it is asked to stop."""
    words = [sys.executable, "-c", OWN]
    environment, root = jupyter_server.environ(), jupyter_server.root
    loop = subprocess.Popen(words, env=environment, cwd=root)
    witness = Witness(page)
    try:
        page.goto(f"{jupyter_server.url}jupyter-progress/?token={TOKEN}")
        expect_connection(page, "live")
        article = page.get_by_role("article", name="my own loop")
        expect(article.locator(".jpp-chart-step").first).to_have_text("step 2,000")
        yield article
        assert witness.errors == []
    finally:
        loop.terminate()
        loop.wait(30 * SCALE)


def chart(charts: Locator, title: str) -> Locator:
    return charts.get_by_role("figure", name=title, exact=True)


def settled_box(page: Page, part: Locator) -> FloatRect:
    """Where a part stands, once what is above it has come and moves it no more."""
    for _ in range(40):
        before = part.bounding_box()
        page.wait_for_timeout(500)
        after = part.bounding_box()
        if before is not None and before == after:
            return before
    raise AssertionError(f"it still moves: {before}, {after}")


def test_metrics_are_charts_that_are_zoomed_and_read(page: Page, charts: Locator) -> None:
    loss = chart(charts, "loss")
    expect(loss.locator(".jpp-legend-name")).to_have_text(["train", "val"])
    expect(loss.locator(".jpp-legend-value")).to_have_text(["9.995e-4", "0.0015"])
    expect(chart(charts, "lr").locator(".jpp-legend-value")).to_have_text("1.000e-300")
    expect(chart(charts, "odd, name").locator("canvas")).to_be_visible()

    box = settled_box(page, loss.locator(".u-over"))
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    expect(loss.locator(".jpp-chart-step")).to_have_text("step 1,000")
    expect(loss.locator(".jpp-legend-value")).to_have_text(["0.0020", "0.0030"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, middle, steps=4)
    page.mouse.up()
    whole = charts.get_by_role("button", name="Show all steps")
    expect(whole).to_be_enabled()
    page.mouse.move(box["x"] + 2, middle)
    expect(loss.locator(".jpp-chart-step")).to_contain_text("step 1,0")
    whole.click()
    expect(whole).to_have_count(0)

    slider = loss.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "Step 0: train 2.0000, val 3.0000")
    loss.get_by_role("button", name="Table of loss").click()
    expect(loss.get_by_role("row").last).to_have_text("2,0009.995e-40.0015")
    charts.get_by_role("button", name="Log").first.click()
    picture_page(page, "charts-read", charts.locator(".jpp-charts"), height=1400)


def test_values_that_are_no_numbers_are_told_so(charts: Locator) -> None:
    expect(chart(charts, "gaps").locator(".jpp-legend-value")).to_have_text("no number")
