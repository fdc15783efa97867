"""A notebook behind a Hub: its kernel finds its server by itself, its panel is live."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from ..browser.lab import Lab
from ..browser.screen import expect_connection, step_of, wait_until
from ..browser.witness import Witness
from ..jupyter_process import SCALE
from .person import Person

pytestmark = pytest.mark.slow

WHERE = """
import jupyter_progress as jp
print("found", jp.server().url, "shown at", jp.server().page_url)
!jupyter-progress page
"""
TRAIN = """
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
X, y = load_digits(return_X_y=True)
run = jp.train(GradientBoostingClassifier(n_estimators=30_000, max_features="sqrt", subsample=0.5,
                                          random_state=0), X, y, name="from the notebook")
run
"""


def test_kernel_finds_its_server_and_the_panel_is_live_after_a_reload(
    person: Callable[[str], Person],
) -> None:
    someone = person("ñ@x")
    lab = Lab(someone.page, someone)  # type: ignore[arg-type] - it has the url and the root
    lab.write("train.ipynb", WHERE, TRAIN, "import time; time.sleep(60)")
    someone.open("lab/tree/train.ipynb")
    lab.wait_for_cells()
    lab.run_all()
    expect(lab.panel.locator(".jpp-status-running")).to_be_visible(timeout=60_000 * SCALE)
    expect_connection(lab.panel, "live")
    # The server's own door, not the Hub's: nothing of the Hub's is needed to reach it.
    told = lab.outputs()
    assert re.search(r"found http://127\.0\.0\.1:\d+/user/%C3%B1@x/ shown at /user/", told)
    assert "on your JupyterHub, at:\n  /user/%C3%B1@x/jupyter-progress/\n" in f"{told}\n"
    assert [run["name"] for run in someone.get("runs")["runs"]][:1] == ["from the notebook"]

    lab.save()
    witness = Witness(lab.page)
    sockets: list[str] = []
    lab.page.on("websocket", lambda socket: sockets.append(socket.url))
    lab.reload()
    # The cell after it is busy for long yet: this is the renderer's view, on the page's own socket.
    expect_connection(lab.panel, "live")
    before = step_of(lab.panel)
    wait_until(lambda: step_of(lab.panel) > before)
    assert [said for said in witness.errors if "jupyter-progress" in said] == []
    # The page has a token from the Hub; an address with it would stand in the log of a proxy.
    streams = [url for url in sockets if "/jupyter-progress/" in url]
    assert streams
    assert not [url for url in streams if "token" in url]
