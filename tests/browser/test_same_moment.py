"""Two browsers on one run show the same at the same time, at any moment of it."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .runs import LONG, start_run
from .screen import ALL_RUNS, expect_connection, expect_status, feed, progress, step_of, wait_until

# It goes on when it is told to, so that there are moments to compare at.
STEP_BY_STEP = """
import sys
import jupyter_progress as jp

with jp.Run("step by step", stages=["load", "train"], display=False) as run:
    with run.stage("load"):
        sys.stdin.readline()
    with run.stage("train"):
        for step in run.track(range(1, 41)):
            run.log({"train/loss": 2 / step, "val/loss": 3 / step}, step=step)
            if step % 10 == 7:
                run.note(f"looked at step {step}")
                sys.stdin.readline()
"""
MOMENTS = (7, 17, 27, 37)
# When each step was first seen, and with which percent.
RECORD = """() => {
    window.seen = {};
    const look = () => {
        const words = document.querySelector('article .jpp-whereabouts')?.innerText ?? '';
        const [, step] = words.match(/step ([\\d,]+)/) ?? [];
        const percent = document.querySelector('article [role=progressbar]')?.ariaValueNow;
        const now = performance.timeOrigin + performance.now();
        if (step) window.seen[step] ??= [now, Number(percent)];
        requestAnimationFrame(look);
    };
    look();
}"""

pytestmark = pytest.mark.slow


@pytest.fixture
def browsers(chromium: Browser, server: JupyterProcess) -> Iterator[list[Page]]:
    """A wide and a narrow one, that know nothing of each other."""
    contexts = [
        chromium.new_context(viewport={"width": width, "height": 900}) for width in (1200, 500)
    ]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
        expect_connection(page, "live")
    yield pages
    for context in contexts:
        context.close()


@pytest.fixture
def loop(server: JupyterProcess, browsers: list[Page]) -> Iterator[subprocess.Popen[str]]:
    """The loop, as another process runs it."""
    words = [sys.executable, "-c", STEP_BY_STEP]
    environment, root = server.environ(), server.root
    with subprocess.Popen(
        words, env=environment, cwd=root, stdin=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def go_on(loop: subprocess.Popen[str]) -> None:
    assert loop.stdin is not None
    loop.stdin.write("\n")
    loop.stdin.flush()


def shown(page: Page) -> dict[str, Any]:
    run = page.get_by_role("article", name="step by step")
    loss = run.get_by_role("figure", name="loss", exact=True)
    return {
        "step": step_of(run),
        "percent": progress(run),
        # A narrow one has no room for their names.
        "stages": [part.get_attribute("class") for part in run.locator(".jpp-stage").all()],
        "of the run": feed(run),
        "of all runs": feed(page.locator(ALL_RUNS)),
        "points": loss.get_by_role("row").all_inner_texts(),
        "legend": run.locator(".jpp-legend-value").all_inner_texts(),
    }


def test_two_browsers_show_the_same_at_every_moment_of_a_run(
    browsers: list[Page], loop: subprocess.Popen[str]
) -> None:
    for page in browsers:
        expect_status(page.get_by_role("article", name="step by step"), "running")
    go_on(loop)
    for page in browsers:
        page.get_by_role("button", name="Table of loss").click()
    for moment in MOMENTS:
        told = f"looked at step {moment}"
        for page in browsers:
            expect(page.locator(ALL_RUNS).get_by_text(told)).to_be_visible()
        last: list[dict[str, Any]] = []

        def is_same(moment: int = moment, last: list[dict[str, Any]] = last) -> bool:
            last[:] = [shown(page) for page in browsers]
            # It is in the middle of that one, so that those before it are done.
            return last[0] == last[1] and last[0]["step"] == moment - 1

        wait_until(is_same, 3, lambda last=last: f"{last[0]}\n{last[1]}")  # type: ignore[misc]
        seen = last[0]
        assert len(seen["points"]) == moment + 1  # with the head of the table
        assert seen["points"][-1].split() == [str(moment), f"{2 / moment:.4f}", f"{3 / moment:.4f}"]
        assert any(told in line for line in seen["of the run"])
        assert 0 < seen["percent"] < 100
        go_on(loop)
    for page in browsers:
        expect_status(page.get_by_role("article", name="step by step"), "completed", 3_000 * SCALE)
    assert shown(browsers[0]) == shown(browsers[1])


def test_two_browsers_show_a_step_in_the_same_moment(
    browsers: list[Page], server: JupyterProcess
) -> None:
    run_id = start_run(server, "seen twice", trees=LONG)
    wait_until(lambda: bool(server.get(f"runs/{run_id}")["step"]), 60)
    for page in browsers:
        page.evaluate(RECORD)

    def both() -> list[tuple[Any, Any]]:
        one, other = (page.evaluate("window.seen") for page in browsers)
        return [(one[step], other[step]) for step in one.keys() & other.keys()]

    wait_until(lambda: len(both()) > 20, 60, lambda: f"{both()}")
    pairs = both()
    apart = statistics.median(abs(one[0] - other[0]) for one, other in pairs)
    assert apart <= 250 * SCALE, f"{apart:.0f} ms apart"
    assert [pair for pair in pairs if abs(pair[0][1] - pair[1][1]) > 1] == []
