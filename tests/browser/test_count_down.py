"""The count-down to the next attempt at a server that has gone: it falls, and ends in one."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .screen import WITHIN_MS, expect_connection, wait_until

# What is said of the attempts, and when the words changed, in milliseconds.
RECORD = """() => {
    window.said = [];
    const look = () => {
        const words = [...document.querySelectorAll('.jpp-attempt')].at(-1)?.innerText ?? '';
        if (words !== window.said.at(-1)?.[1]) window.said.push([performance.now(), words]);
        requestAnimationFrame(look);
    };
    look();
}"""
COUNTED = re.compile(r"Next attempt in (\d+) s")
# What comes every second is not counted down; after a minute it comes more rarely.
LONG_AWAY_S = 60.0

pytestmark = pytest.mark.slow


def falls(said: list[tuple[float, str]]) -> list[list[tuple[float, int]]]:
    """The stretches in which numbers followed each other: when, and which."""
    found: list[list[tuple[float, int]]] = [[]]
    for at, words in said:
        counted = COUNTED.search(words)
        seconds = int(counted[1]) if counted else None
        if seconds is None or (found[-1] and seconds > found[-1][-1][1]):
            found.append([])
        if seconds is not None:
            found[-1].append((at, seconds))
    return [fall for fall in found if fall]


def test_count_down_falls_second_by_second_to_an_attempt(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = JupyterProcess(tmp_path_factory.mktemp("gone")).start()
    try:
        page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
        expect_connection(page, "live")
        server.kill()
        expect_connection(page, "offline", WITHIN_MS + 4_000)
        page.evaluate(RECORD)

        def whole() -> list[list[tuple[float, int]]]:
            return [fall for fall in falls(page.evaluate("window.said")) if len(fall) >= 4]

        wait_until(lambda: len(whole()) >= 2, LONG_AWAY_S + 30, lambda: page.evaluate("said"))
        for fall in whole():
            numbers = [seconds for _, seconds in fall]
            assert numbers == sorted(set(numbers), reverse=True)
            for (before, _), (after, _) in pairwise(fall):
                assert after - before <= 2_000 * SCALE
        # Where the count-down is at its end, the server is asked.
        words = page.locator(".jpp-attempt").last
        expect(words).to_have_text(re.compile("Next attempt in [12] s"))
        with page.expect_request("**/jupyter-progress/api/**", timeout=4_000 * SCALE):
            pass
        server.start()
        page.get_by_role("button", name="Try now").click()
        expect_connection(page, "live", WITHIN_MS)
        expect(page.locator(".jpp-attempt")).to_have_count(0)
    finally:
        server.stop()
