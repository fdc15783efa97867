"""Earlier runs of a name behind the one that goes on: chosen, streamed on, there after a reload."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .pictures import picture_page
from .screen import expect_connection
from .witness import Witness

NAME = "a loop that is tuned"
LOOP = """
import math, sys, time
import jupyter_progress as jp

name, rate, steps = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
with jp.Run(name, stages=["train"], display=False) as run:
    with run.stage("train"):
        for step in range(steps):
            wave = 0.04 * math.sin(step / 7) / (step + 3)
            loss = 2 / (1 + rate * step) + wave
            val = 2.2 / (1 + rate * step) - wave
            run.log({"train/loss": loss, "val/loss": val}, step=step)
            run.log(accuracy=1 - 1 / (1.5 + rate * step), step=step)
            if step >= 60:
                time.sleep(0.1)
"""

pytestmark = pytest.mark.slow


def started(server: JupyterProcess, rate: float, steps: int) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", LOOP, NAME, str(rate), str(steps)]
    return subprocess.Popen(words, env=server.environ(), cwd=server.root)


@pytest.fixture
def article(page: Page, jupyter_server: JupyterProcess) -> Iterator[Locator]:
    """A run that goes on, after two of the same name that have ended."""
    for rate in (0.05, 0.2):
        assert started(jupyter_server, rate, 60).wait(60 * SCALE) == 0
    loop = started(jupyter_server, 0.1, 10_000)
    witness = Witness(page)
    try:
        page.goto(f"{jupyter_server.url}jupyter-progress/?token={TOKEN}")
        expect_connection(page, "live")
        shown = page.get_by_role("article", name=NAME)
        expect(shown.locator(".jpp-status-running").first).to_be_visible()
        yield shown
        assert witness.errors == []
    finally:
        loop.terminate()
        loop.wait(30 * SCALE)


def test_earlier_runs_are_drawn_behind_the_live_one_and_stay_after_a_reload(
    page: Page, article: Locator
) -> None:
    article.get_by_role("button", name="Draw other runs").press("Enter")
    offered = article.locator(".jpp-picker-run").filter(has_text=NAME)
    expect(offered).to_have_count(2)
    expect(article.locator(".jpp-picker").get_by_role("searchbox")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Escape")

    accuracy = article.get_by_role("figure", name="accuracy")
    lines = accuracy.locator(".jpp-legend-line")
    expect(lines).to_have_count(3)
    own, newer, older = (lines.nth(place).locator(".jpp-legend-value") for place in range(3))
    expect(newer).to_have_text("0.9248")
    expect(older).to_have_text("0.7753")
    before = own.inner_text()
    expect(own).not_to_have_text(before)

    accuracy.get_by_role("slider").press("Home")
    expect(accuracy.locator(".jpp-legend-value")).to_have_text(["0.3333"] * 3)
    expect(accuracy.get_by_role("columnheader")).to_have_count(4)
    picture_page(page, "overlaid", article.locator(".jpp-charts"))

    page.reload()
    expect(lines).to_have_count(3)
    expect(article.locator(".jpp-tag-held.jpp-behind-run")).to_have_count(2)
    article.get_by_role("link", name="Side by side").click()
    expect(page.locator(".jpp-compare-run")).to_have_count(3)
