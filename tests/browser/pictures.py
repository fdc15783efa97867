"""Pictures of what there is to see: each state at three widths, light and dark.

A state is looked over wherever a test brings it about: nothing reaches out of it, all its words
stand out, and axe finds nothing to mend. With ``JUPYTER_PROGRESS_SCREENSHOTS=1`` the same look is
written to ``docs/screenshots/<name>-<width>.png`` and ``…-dark.png``; an ordinary run leaves the
pictures alone, for no two of them are alike. The width is that of the window, also where a panel
alone is pictured: of a notebook's 400 pixels it has some 270.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

from .axe import violations
from .lab import Lab
from .looks import LOW_CONTRAST, OUTSIDE, alone, set_theme

SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
WIDTHS = (400, 900, 1600)
LAB_WIDTHS = WIDTHS[1:]  # with a sidebar at its side a notebook has no place in 400
THEMES = {"Light": "", "Dark": "-dark"}
SETTLED_MS = 150  # a chart draws anew at its width
COLOURS = 256
# Its box as far as it can be seen, once it stands at the top of what is scrolled.
IN_SIGHT = """shown => {
    shown.scrollIntoView({block: 'start'});
    const scrolled = shown.querySelector('.jp-WindowedPanel-outer');
    if (scrolled) scrolled.scrollTop = 0;
    let {left, top, right, bottom} = shown.getBoundingClientRect();
    for (let around = shown.parentElement; around; around = around.parentElement) {
        if (!/auto|scroll/.test(getComputedStyle(around).overflowY)) continue;
        const box = around.getBoundingClientRect();
        [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
        [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    bottom = Math.min(bottom, innerHeight);
    return {x: left, y: top, width: right - left, height: bottom - top};
}"""


def picture_names(name: str, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """The files of a state, without their folder and suffix."""
    return [f"{name}-{width}{suffix}" for width in widths for suffix in THEMES.values()]


def picture_page(
    page: Page,
    name: str,
    shown: Locator | None = None,
    *,
    height: int = 900,
    anew: Callable[[], None] | None = None,
) -> None:
    """The server's page in a state.

    Parameters
    ----------
    page
        The browser's page, in that state.
    name
        The state, as its files are called.
    shown
        What is pictured; by default the whole window.
    height
        Of the window.
    anew
        Brings about the state again, where it does not last.
    """

    def set_scheme(theme: str) -> None:
        page.emulate_media(color_scheme="dark" if theme == "Dark" else "light")

    looked_at = shown or page.locator(".jpp-page")
    _look(page, name, looked_at, set_scheme, height, anew, whole=shown or page)


def picture_in_lab(
    lab: Lab,
    name: str,
    shown: Locator | None = None,
    *,
    height: int = 1100,
    anew: Callable[[], None] | None = None,
) -> None:
    """A panel, or another part of JupyterLab, in a state; its notebook alone in the window.

    Parameters
    ----------
    lab
        A person in front of JupyterLab.
    name
        The state, as its files are called.
    shown
        What is pictured; by default the first panel.
    height
        Of the window, which cuts what is pictured where that is longer.
    anew
        Brings about the state again, where it does not last.
    """
    alone(lab)
    shown = lab.panel if shown is None else shown
    panels = shown if shown.evaluate("shown => shown.matches('.jpp-panel')") else None
    within = shown.locator(".jpp-panel")
    looked_at = panels or (within if within.count() else shown)
    _look(lab.page, name, looked_at, lambda theme: set_theme(lab, theme), height, anew, whole=shown)


def picture_lab(
    lab: Lab, name: str, looked_at: Locator, anew: Callable[[], None] | None = None
) -> None:
    """The whole window of JupyterLab, of which one part is looked over."""
    _look(
        lab.page, name, looked_at, lambda theme: set_theme(lab, theme), 900, anew,
        whole=lab.page, widths=LAB_WIDTHS,
    )  # fmt: skip


def picture_panel(page: Page, name: str, panel: Locator, into: Callable[[str], None]) -> None:
    """A panel of another front end, which goes into the theme Light or Dark in a way of its own."""
    _look(page, name, panel, into, 1100, None, whole=panel)


def _look(
    page: Page,
    name: str,
    parts: Locator,
    into: Callable[[str], None],
    height: int,
    anew: Callable[[], None] | None,
    whole: Page | Locator,
    widths: tuple[int, ...] = WIDTHS,
) -> None:
    before = page.viewport_size
    page.mouse.move(0, 0)  # what was clicked last is pointed at no more
    for theme, suffix in THEMES.items():
        into(theme)
        if anew is not None:
            anew()
        for width in widths:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(SETTLED_MS)
            _write(f"{name}-{width}{suffix}", page, whole)
            assert parts.count() > 0, name
            for part in parts.all():
                outside, pale = part.evaluate(OUTSIDE), part.evaluate(LOW_CONTRAST)
                assert outside == [], (name, theme, width, outside)
                assert pale == [], (name, theme, width, pale)
        for part in parts.all():
            assert violations(part) == [], (name, theme)
    into("Light")
    if before is not None:
        page.set_viewport_size(before)


def _write(name: str, page: Page, shown: Page | Locator) -> None:
    if os.environ.get("JUPYTER_PROGRESS_SCREENSHOTS") != "1":
        return
    SCREENSHOTS.mkdir(exist_ok=True)
    clip = shown.evaluate(IN_SIGHT) if isinstance(shown, Locator) else None
    png = page.screenshot(animations="disabled", clip=clip)
    taken = Image.open(BytesIO(png)).convert("RGB")
    # A screen of words and lines has few colours: so it takes a third of the room.
    few = taken.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(SCREENSHOTS / f"{name}.png", optimize=True)
