"""What can be read on a screen that shows a run, in JupyterLab and on the page alike."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from jupyter_progress.core.activity import within_run

from ..jupyter_process import SCALE, JupyterProcess

PANEL = ".jpp-panel"
# Issue and wire allow this much between a fault and a view that says so, and back.
WITHIN_MS = 3_000 * SCALE
CONNECTION = ".jpp-connection"
NEWEST_SHOWN = 3
ALL_RUNS = ".jpp-surroundings"  # of the page: what is not about the selected run


def expect_connection(view: Page | Locator, connection: str, within_ms: float = WITHIN_MS) -> None:
    """The view says which connection it is on, in words and as a mark."""
    mark = view.locator(CONNECTION).first
    expect(mark).to_have_attribute("data-connection", connection, timeout=within_ms)
    expect(mark).to_contain_text(connection.capitalize())


def shown_age(view: Page | Locator) -> int | None:
    """How many seconds old the view says that it is; None where it says nothing of the kind."""
    said = view.locator(CONNECTION).first.locator(".jpp-age").all_inner_texts()
    if not said:
        return None
    words = re.search(r"last update (\d+) s ago", said[0])
    assert words is not None, said
    return int(words[1])


def expect_prompt_polling(view: Page | Locator) -> None:
    """The view polls, and says all the time that what it shows is a moment old."""
    expect_connection(view, "polling")
    for _ in range(5):
        age = shown_age(view)
        assert age is not None, "polling without an age"
        assert age <= 3 * SCALE
        time.sleep(0.3)


def expect_status(view: Page | Locator, status: str, within_ms: float = 60_000 * SCALE) -> None:
    """The run that the view shows has a status."""
    expect(view.locator(f".jpp-status-{status}").first).to_be_visible(timeout=within_ms)


def progress(view: Page | Locator) -> int:
    """The overall progress that the first bar shows, in percent."""
    return int(view.locator("[role='progressbar']").first.get_attribute("aria-valuenow") or -1)


def figure(view: Page | Locator, name: str) -> str:
    """A figure under the bar, by its name."""
    found = view.locator(f".jpp-figure:has(dt:text-is('{name}')) dd")
    if not found.count():
        return ""
    return found.first.inner_text().strip()


def feed(view: Page | Locator) -> list[str]:
    """The texts of the activity feed, newest first, as they stand on the screen."""
    return [text.strip() for text in view.locator(".jpp-told-text").all_inner_texts()]


def add_note(page: Page, text: str) -> None:
    """Write a note for the feed of all runs."""
    of_all = page.locator(ALL_RUNS)
    of_all.get_by_label("A note for the activity feed").fill(text)
    of_all.get_by_role("button", name="Add").click()


def expect_feed(page: Page, server: JupyterProcess) -> None:
    """The page's own feed has exactly what the server tells: nothing missing, nothing twice."""
    of_all = page.locator(ALL_RUNS)
    of_all.get_by_role("button", name="Show older").click()

    def told() -> list[str]:
        names = {run["run_id"]: run["name"] for run in server.get("runs?limit=200")["runs"]}
        lines = server.get("activity?limit=50")["activity"]
        return [_line_among(line, names.get(line["run_id"], "")) for line in lines]

    _expect_told(lambda count: feed(of_all)[:count], told)


def expect_run_feed(panel: Locator, server: JupyterProcess, run_id: str) -> None:
    """A small panel has exactly the newest of what the server tells of its run."""
    name = server.get(f"runs/{run_id}")["name"]

    def told() -> list[str]:
        activities = server.get("activity?limit=200")["activity"]
        own = [activity for activity in activities if activity["run_id"] == run_id]
        return [_line(activity, name) for activity in own[:NEWEST_SHOWN]]

    _expect_told(lambda _: feed(panel), told)


def _line(activity: dict[str, Any], run_name: str = "") -> str:
    """An activity as a feed writes it; below a run's name, without that name."""
    text = within_run(activity["text"], activity["kind"], run_name)
    return f"{text} · {activity['who']}" if activity["who"] else text


def _line_among(activity: dict[str, Any], run_name: str) -> str:
    """The same among lines of other runs: what the data's check found names no run of itself."""
    lead = f"{run_name}: " if activity["kind"] == "data_finding" else ""
    return lead + _line(activity)


def _expect_told(shown: Callable[[int], list[str]], told: Callable[[], list[str]]) -> None:
    last: list[list[str]] = []

    def is_same() -> bool:
        # Asked each time anew: the machine's health may change, and be told, at any moment.
        lines = told()
        last[:] = [shown(len(lines)), lines]
        return last[0] == last[1]

    wait_until(is_same, 5, lambda: f"{last[0]} but {last[1]}")


def step_of(view: Page | Locator) -> int:
    """The step that the run is at, as the view says it; 0 before the first."""
    words = view.locator(".jpp-whereabouts").first.inner_text()
    return int(words.split("step ")[1].split()[0].replace(",", "")) if "step " in words else 0


def wait_until(
    holds: Callable[[], bool], within_s: float = 20.0, told: Callable[[], str] = str
) -> None:
    """Wait for something that no locator can say."""
    deadline = time.monotonic() + within_s * SCALE
    while not holds():
        assert time.monotonic() < deadline, told() or holds
        time.sleep(0.1)
