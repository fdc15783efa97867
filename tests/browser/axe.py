"""What axe has to say of a page, or of a part of it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page

CODE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
VIOLATIONS = """async part => {
    const found = await axe.run(part ?? document, {resultTypes: ['violations']});
    return found.violations.flatMap(({id, help, nodes}) => nodes.map(
        ({html, failureSummary}) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary}`));
}"""


def violations(shown: Page | Locator) -> list[str]:
    """What axe finds in a page, or in a part of one, as it is shown now."""
    page = shown if isinstance(shown, Page) else shown.page
    if page.evaluate("() => typeof axe === 'undefined'"):
        page.evaluate(CODE.read_text("utf-8"))  # not as a script: the page's policy forbids it
    found: list[str] = (
        page.evaluate(VIOLATIONS, None)
        if isinstance(shown, Page)
        else shown.evaluate(VIOLATIONS, None)
    )
    return found
