"""What tells a person something in a browser: cards, Jupyter's notifications, the browser's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page

from .screen import wait_until

# Playwright has every page think that it is in front and seen, so a page is told which it is.
# Whatever tells is written down as it appears.
WITNESS = """
document.hasFocus = () => window.isInFront === true;
Object.defineProperty(
    document, 'visibilityState', {get: () => window.isCovered ? 'hidden' : 'visible'});
window.told = [];
window.Notification = class extends Notification {
    constructor(title, options) { super(title, options); window.told.push(['browser', title]); }
};
const BY = {
    '.jpp-page .jpp-notice': 'page', '.jpp-panel .jpp-notice': 'panel', '.Toastify__toast': 'lab',
};
new MutationObserver(changes => {
    for (const added of changes.flatMap(change => [...change.addedNodes])) {
        if (!(added instanceof HTMLElement)) continue;
        for (const [selector, by] of Object.entries(BY)) {
            const inside = added.querySelectorAll(selector);
            for (const card of added.matches(selector) ? [added, ...inside] : inside) {
                window.told.push([by, card.innerText]);
            }
        }
    }
}).observe(document, {childList: true, subtree: true});
"""
# Longer than the longest turn of a view, and than Jupyter takes to show what it was given.
SETTLED_MS = 3500


@dataclass
class Tellings:
    """The tabs of one browser, and which of them is in front."""

    context: BrowserContext

    def __post_init__(self) -> None:
        self.context.add_init_script(WITNESS)

    def put_in_front(self, front: Page | None, *, are_covered: bool = False) -> None:
        """One tab is looked at, or none; others can be seen beside it, or not."""
        for page in self.context.pages:
            page.evaluate(
                """([isInFront, isCovered]) => {
                    Object.assign(window, {isInFront, isCovered});
                    document.dispatchEvent(new Event('visibilitychange'));
                    if (isInFront) window.dispatchEvent(new Event('focus'));
                }""",
                [page is front, are_covered and page is not front],
            )

    def all(self) -> list[Any]:
        return [tuple(told) for page in self.context.pages for told in page.evaluate("window.told")]

    def next(self) -> list[Any]:
        """By whom what was told since the last question; waits until something was."""
        wait_until(lambda: bool(self.all()), 60)
        return self.rest()

    def rest(self) -> list[Any]:
        """The same, which may be nothing."""
        self.context.pages[0].wait_for_timeout(SETTLED_MS)
        told = self.all()
        for page in self.context.pages:
            page.evaluate("window.told.length = 0")
        return told
