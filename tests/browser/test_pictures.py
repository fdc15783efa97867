"""What the panel looks like in both of Jupyter's themes, at rest, at work, done and failed.

With JUPYTER_PROGRESS_SCREENSHOTS=1 these tests write the pictures of the documents.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from ..jupyter_process import SCALE
from .lab import Lab
from .looks import alone, expect_readable, expect_readable_in_both_themes, notebook_of, set_theme
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
pytestmark = pytest.mark.slow


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
    expect_readable_in_both_themes(desk)


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
    expect_readable_in_both_themes(desk)
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
    expect_readable_in_both_themes(desk)
