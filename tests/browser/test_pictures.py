"""What the panel looks like in both of Jupyter's themes, at work, done and failed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ..jupyter_process import SCALE
from .lab import Lab
from .looks import alone, notebook_of
from .pictures import picture_in_lab
from .screen import expect_connection, expect_status, figure, progress, wait_until

READ = """
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

import jupyter_progress as jp

X, y = load_digits(return_X_y=True, as_frame=True)
""".strip()
TRAIN = """
run = jp.train(RandomForestClassifier(8_000), X, y, name="digits")
run
""".strip()
SEARCH = """
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

grid = {"C": [0.1, 1, 10, 100], "gamma": [0.0001, 0.001, 0.01]}
search = GridSearchCV(SVC(), grid, cv=20, n_jobs=2)
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
pytestmark = pytest.mark.slow


def test_panel_at_work_is_readable_in_both_themes_and_at_all_widths(desk: Lab) -> None:
    desk.page.set_viewport_size({"width": 1200, "height": 1126})
    desk.write("quickstart.ipynb", READ, TRAIN)
    desk.open("quickstart.ipynb")
    alone(desk)
    desk.run_all()
    expect_connection(desk.panel, "live", 60_000 * SCALE)
    desk.panel.get_by_role("button", name="Details").click()
    wait_until(lambda: figure(desk.panel, "Live accuracy") not in ("", "–"), 40)
    wait_until(lambda: progress(desk.panel) >= 25, 60)
    desk.page.mouse.move(0, 0)
    picture_in_lab(desk, "panel-running", notebook_of(desk), height=1126)
    desk.panel.get_by_role("button", name="Stop").click()
    expect_status(desk.panel, "completed")


def test_completed_panel_is_readable_in_both_themes_and_at_all_widths(desk: Lab) -> None:
    desk.page.set_viewport_size({"width": 1000, "height": 1300})
    desk.write("completed.ipynb", READ, TRAIN.replace("8_000", "300"))
    desk.open("completed.ipynb")
    alone(desk)
    desk.run_all()
    expect_status(desk.panel, "completed")
    desk.panel.get_by_role("button", name="Details").click()
    picture_in_lab(desk, "panel-completed", height=1300)


def test_search_is_readable_with_its_leaderboard_in_both_themes_and_at_all_widths(
    desk: Lab,
) -> None:
    desk.page.set_viewport_size({"width": 1000, "height": 1500})
    desk.write("search.ipynb", READ, SEARCH)
    desk.open("search.ipynb")
    alone(desk)
    desk.run_all()
    expect_connection(desk.panel, "live", 60_000 * SCALE)
    desk.panel.get_by_role("button", name="Details").click()
    expect(desk.panel.get_by_role("heading", name="Candidates")).to_be_visible()
    wait_until(lambda: progress(desk.panel) >= 30, 60)
    picture_in_lab(desk, "panel-search", height=1500)
    expect_status(desk.panel, "completed", 60_000 * SCALE)


def test_failed_panel_is_readable_in_both_themes_and_at_all_widths(desk: Lab) -> None:
    desk.page.set_viewport_size({"width": 1000, "height": 1330})
    desk.write("failed.ipynb", READ, FAIL)
    desk.open("failed.ipynb")
    alone(desk)
    desk.run_all()
    expect_status(desk.panel, "failed", 30_000 * SCALE)
    desk.panel.get_by_role("button", name="Details").click()
    expect(desk.panel.locator(".jpp-failure")).to_contain_text("in weigh")
    # Lab's own notification of the failure stands in front of the panel's end.
    desk.page.add_style_tag(content=".Toastify { display: none; }")
    picture_in_lab(desk, "panel-failed", height=1330)
