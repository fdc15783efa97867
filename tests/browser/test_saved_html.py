"""What nbconvert makes of a saved notebook, in a browser: the report alone, and nothing live."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, Route, expect

from ..notebooks.test_saved import LOOP, executed
from .pictures import picture_panel

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]


@pytest.fixture(scope="module", params=["", "html"], ids=["widget", "plain HTML"])
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A notebook that a program has executed."""
    return executed(tmp_path_factory.mktemp("saved"), LOOP, display=request.param)


def asked_of(page: Page, notebook: Any, path: Path, template: str) -> set[str]:
    """Open the notebook as HTML, with no network; answers what it asked others for."""
    html, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    path.write_text(html, encoding="utf-8")
    asked: set[str] = set()

    def refuse(route: Route) -> None:
        asked.add(route.request.url)
        route.abort()

    page.route(lambda url: not url.startswith(("file:", "data:", "blob:")), refuse)
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_timeout(1000)  # for what asks only once the page is there
    page.unroute_all()
    return asked


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_html_of_a_saved_notebook_shows_the_chart_and_neither_runs_nor_asks_anything(
    foreign_page: Page, saved: Any, tmp_path: Path, template: str
) -> None:
    page = foreign_page
    # nbconvert's own page asks for libraries of its own.
    bare = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    own = asked_of(page, bare, tmp_path / "bare.html", template)
    scripts = page.locator("script:not([type^='application/vnd'])").count()
    assert asked_of(page, saved, tmp_path / "saved.html", template) == own
    assert page.locator("script:not([type^='application/vnd'])").count() == scripts

    report = page.locator("[data-mime-type='text/html'], .output_html").filter(has_text="a loop")
    expect(report).to_have_count(1)
    chart = report.locator("svg").last
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    assert box["width"] > 100
    assert box["height"] > 20
    assert report.locator("script, iframe, link, object, embed, img").count() == 0
    assert page.locator("[type='application/vnd.jupyter.widget-view+json']").count() == 0
    assert page.locator(".jupyter-widgets, .jpp-panel").count() == 0


def test_report_is_readable_in_both_themes_and_at_all_widths(
    foreign_page: Page, tmp_path: Path
) -> None:
    notebook = executed(tmp_path, LOOP, display="")

    def into(theme: str) -> None:
        exporter = HTMLExporter(template_name="lab", theme=theme.lower())
        html, _ = exporter.from_notebook_node(notebook)
        (tmp_path / "saved.html").write_text(html, encoding="utf-8")
        foreign_page.goto((tmp_path / "saved.html").as_uri(), wait_until="domcontentloaded")

    report = foreign_page.locator("[data-mime-type='text/html']").filter(has_text="a loop")
    picture_panel(foreign_page, "saved-html", report, into)
