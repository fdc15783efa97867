"""What the panel looks like in both of Jupyter's themes, at rest, at work, done and failed.

With JUPYTER_PROGRESS_SCREENSHOTS=1 these tests write the pictures of the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from ..jupyter_process import SCALE
from .lab import Lab
from .runs import end_all_runs
from .screen import expect_connection, expect_status, figure, progress, wait_until

READ = """
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

import jupyter_progress as jp

X, y = load_digits(return_X_y=True, as_frame=True)
""".strip()
TRAIN = """
run = jp.train(RandomForestClassifier(3_000, random_state=0), X, y, name="digits")
run
""".strip()
SEARCH = """
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

grid = {"C": [0.1, 1, 10, 100], "gamma": [0.0001, 0.001, 0.01]}
search = GridSearchCV(SVC(), grid, cv=8, n_jobs=2)
jp.train(search, X, y, name="which SVC")
""".strip()
FAIL = """
from sklearn.base import BaseEstimator, ClassifierMixin

class Voter(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        return self.weigh(X, {})

    def weigh(self, X, weights):
        self.weights_ = [weights[column] for column in range(X.shape[1])]
        return self

    def predict(self, X):
        return self.weights_[X.argmax(axis=1)]

jp.train(Voter(), X, y, name="voter")
""".strip()
# WCAG 2.2, success criterion 1.4.3, with the effective colours of each text that is shown.
LOW_CONTRAST = """panel => {
    const channels = colour => {
        const canvas = document.createElement('canvas').getContext('2d');
        canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, alpha], below) =>
        [r, g, b].map((c, i) => c * alpha + below[i] * (1 - alpha));
    const behind = node => {
        if (!node) return [255, 255, 255];
        const own = channels(getComputedStyle(node).backgroundColor);
        return own[3] === 1 ? own.slice(0, 3) : over(own, behind(node.parentElement));
    };
    const luminance = rgb => {
        const [r, g, b] = rgb.map(c => c / 255).map(
            c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const low = [];
    for (const node of panel.querySelectorAll('*')) {
        const texts = [...node.childNodes].filter(child => child.nodeType === 3);
        const text = texts.map(child => child.data).join('').trim();
        const isExempt = node.closest(
            ':disabled, [aria-disabled=true], [aria-hidden=true], .jpp-spoken');
        if (!text || isExempt || !node.checkVisibility()) continue;
        const below = behind(node);
        const lights = [over(channels(getComputedStyle(node).color), below), below].map(luminance);
        const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
        if (ratio < 4.5) low.push(`${text.slice(0, 40)} (${node.className}): ${ratio.toFixed(2)}`);
    }
    return low;
}"""

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(lab: Lab) -> Iterator[Lab]:
    """JupyterLab with nothing beside the notebook, and its theme put back afterwards."""
    yield lab
    set_theme(lab, "Light")
    lab.page.goto("about:blank")
    end_all_runs(lab.server)


def set_theme(lab: Lab, name: str) -> None:
    """Change Lab's theme, and wait until it is on."""
    lab.page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
        f"JupyterLab {name}",
    )
    light = str(name == "Light").lower()
    expect(lab.page.locator(f"body[data-jp-theme-light='{light}']")).to_be_attached()
    lab.page.wait_for_timeout(300)  # the new theme's style sheet


def notebook_of(lab: Lab) -> Locator:
    return lab.page.locator(".jp-NotebookPanel")


def alone(lab: Lab) -> None:
    """Put everything but the notebook away, as for a picture."""
    lab.page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            app.shell.collapseLeft(); app.shell.collapseRight();
            const toggle = () => app.commands.execute('application:toggle-mode');
            if (app.shell.mode !== 'single-document') await toggle();
        }"""
    )


def expect_readable(panel: Locator) -> None:
    """All text of a panel stands out from what is behind it, and nothing is wider than it."""
    assert panel.evaluate(LOW_CONTRAST) == []
    assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth + 1")


def test_panel_at_work_and_done_is_readable_in_both_themes(
    desk: Lab, screenshot: Callable[..., None]
) -> None:
    desk.page.set_viewport_size({"width": 1200, "height": 1126})
    desk.write("quickstart.ipynb", READ, TRAIN)
    desk.open("quickstart.ipynb")
    alone(desk)
    desk.run_all()
    expect_connection(desk.panel, "live", 60_000 * SCALE)
    desk.panel.get_by_role("button", name="Details").click()
    wait_until(lambda: figure(desk.panel, "Live accuracy") not in ("", "–"), 40)
    wait_until(lambda: progress(desk.panel) >= 58, 40)
    desk.page.mouse.move(0, 0)
    for theme, name in (("Light", "panel"), ("Dark", "panel-dark")):
        set_theme(desk, theme)
        screenshot(name, notebook_of(desk))
        expect_readable(desk.panel)
    set_theme(desk, "Light")
    expect_status(desk.panel, "completed")
    screenshot("completed", notebook_of(desk))
    for theme in ("Light", "Dark"):
        set_theme(desk, theme)
        expect_readable(desk.panel)


@pytest.mark.slow
@pytest.mark.parametrize("width", [1000, 560])
def test_search_is_readable_with_its_leaderboard_in_both_themes_and_widths(
    desk: Lab, width: int, screenshot: Callable[..., None]
) -> None:
    desk.page.set_viewport_size({"width": width, "height": 1500})
    desk.write("search.ipynb", READ, SEARCH)
    desk.open("search.ipynb")
    alone(desk)
    desk.run_all()
    expect_connection(desk.panel, "live", 60_000 * SCALE)
    desk.panel.get_by_role("button", name="Details").click()
    expect(desk.panel.get_by_role("heading", name="Candidates")).to_be_visible()
    wait_until(lambda: progress(desk.panel) >= 50, 60)
    for theme in ("Dark", "Light"):
        set_theme(desk, theme)
        expect_readable(desk.panel)
    if width == 1000:
        screenshot("search", notebook_of(desk))
    expect_status(desk.panel, "completed", 60_000 * SCALE)
    expect_readable(desk.panel)


@pytest.mark.parametrize("width", [1000, 560])
def test_failed_panel_is_readable_in_both_themes_and_widths(
    desk: Lab, width: int, screenshot: Callable[..., None]
) -> None:
    desk.page.set_viewport_size({"width": width, "height": 1330})
    desk.write("failed.ipynb", READ, FAIL)
    desk.open("failed.ipynb")
    alone(desk)
    desk.run_all()
    expect_status(desk.panel, "failed", 30_000 * SCALE)
    desk.panel.get_by_role("button", name="Details").click()
    expect(desk.panel.locator(".jpp-failure")).to_contain_text("in weigh")
    if width == 1000:
        screenshot("failed", notebook_of(desk))
    for theme in ("Dark", "Light"):
        set_theme(desk, theme)
        expect_readable(desk.panel)
