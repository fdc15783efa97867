"""A walk through a view by the Tab key, as the tests say it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

TABBABLE = (
    "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled),"
    " textarea:not(:disabled), summary, [tabindex='0']"
)
# All that keys have to reach, each with a number that the walk finds again. What says `-1` of
# itself is reached by arrows from what is beside it.
NUMBER = """([selector, within]) => {
    const parts = [...document.querySelectorAll(within)].flatMap(
        root => [...root.querySelectorAll(selector)]
    ).filter(part => part.checkVisibility({visibilityProperty: true}) && part.tabIndex >= 0);
    parts.forEach((part, index) => { part.dataset.walked = index; });
    return parts.map(part => (part.ariaLabel ?? part.innerText ?? '').trim().slice(0, 40)
        || part.outerHTML.slice(0, 80));
}"""
# What has the focus, and whether it is seen to have it and can be seen at all.
FOCUSED = """within => {
    const at = document.activeElement;
    if (!at || at === document.body || !at.closest(within)) return null;
    const box = at.getBoundingClientRect();
    const style = getComputedStyle(at);
    const before = window.walkedBefore;
    window.walkedBefore = at;
    return {
        number: at.dataset.walked === undefined ? -1 : Number(at.dataset.walked),
        words: (at.ariaLabel ?? at.innerText ?? '').trim().slice(0, 40),
        isMarked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        isSeen: at.checkVisibility() && box.width > 4 && box.height > 4
            && box.top < innerHeight && box.bottom > 0,
        isAfter: !before || !before.isConnected || before === at
            || !!(before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
        isSame: before === at,
    };
}"""


def walk(page: Page, within: str = "body", key: str = "Tab") -> list[str]:
    """Press a key until the focus has left; the words of all that had it.

    Everything that can be used is reached, marked, in sight and in the order in which it is read,
    and the way leads out at the end.
    """
    names: list[str] = page.evaluate(NUMBER, [TABBABLE, within])
    page.evaluate("() => { delete window.walkedBefore; }")
    stops: list[dict[str, Any]] = []
    first = page.evaluate(FOCUSED, within)
    if first is not None and first["number"] >= 0:
        stops.append(first)
    for _ in range(len(names) + 20):
        page.keyboard.press(key)
        stop = page.evaluate(FOCUSED, within)
        if stop is None:
            break
        stops.append(stop)
    else:
        pytest.fail(f"the focus is caught: {[stop['words'] for stop in stops[-6:]]}")
    missed = [
        name for number, name in enumerate(names) if number not in {s["number"] for s in stops}
    ]
    assert missed == []
    assert [stop["words"] for stop in stops if not (stop["isMarked"] and stop["isSeen"])] == []
    assert [stop["words"] for stop in stops if stop["isSame"]] == []
    if key == "Tab":
        assert [stop["words"] for stop in stops if not stop["isAfter"]] == []
    return [stop["words"] for stop in stops]


def leave(page: Page) -> None:
    """Go on by Tab until the focus is out of the page, whose beginning comes next."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            return
    pytest.fail("the focus is caught")
