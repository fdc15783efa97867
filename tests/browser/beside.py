"""What the extension shows beside the notebooks, as the tests say it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from ..jupyter_process import SCALE

PREFIX = "jupyter-progress:"
SIDEBAR = "#jupyter-progress-sidebar"


def status_item(page: Page) -> Locator:
    """The item in the status bar, or in Notebook's bar of menus."""
    return page.locator(".jpp-item")


def sidebar(page: Page) -> Locator:
    return page.locator(SIDEBAR)


def shown_percent(page: Page) -> int:
    """How far the status item says that the run is; -1 where it says nothing."""
    words = status_item(page).locator(".jpp-item-percent").all_inner_texts()
    found = re.search(r"(\d+) %", words[0]) if words else None
    return int(found[1]) if found else -1


def told(page: Page, words: str) -> Locator:
    """Jupyter's own notifications with these words."""
    return page.locator(".Toastify__toast", has_text=words)


def modules_loaded(page: Page) -> set[str]:
    """Which of the extension's modules the page has loaded so far, without their hashes."""
    names: list[str] = page.evaluate(
        """() => performance.getEntriesByType('resource').map(entry => entry.name)
                .filter(name => name.includes('/jupyter-progress/static/'))"""
    )
    return {name.split("/")[-1].split(".")[0] for name in names}


def set_setting(page: Page, label: str, is_on: bool) -> None:
    """Turn one of the settings on or off, in Jupyter's own form."""
    page.evaluate(
        """() => { window.jupyterapp.commands.execute(
                'settingeditor:open', {query: 'Training Runs'}); }"""
    )
    box = page.get_by_label(label, exact=True)
    box.set_checked(is_on, timeout=30_000 * SCALE)
    expect(box).to_be_checked(checked=is_on)


def is_enabled(page: Page, command: str) -> bool:
    found: bool = page.evaluate(
        "name => window.jupyterapp.commands.isEnabled(name)", PREFIX + command
    )
    return found
