"""The address that a Hub gives to `ñ@x`, on a plain Jupyter server: page, stream, kernel."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from ..browser.runs import SHORT, start_run
from ..browser.screen import expect_connection, expect_status
from ..browser.witness import Witness
from ..jupyter_process import SCALE, TOKEN, JupyterProcess

BASE_URL = "/user/%C3%B1@x/"
FIND = """
import jupyter_progress as jp
server = jp.server()
print(server.url, [run["name"] for run in server.rest.get("runs")["runs"]])
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(
        tmp_path_factory.mktemp("plain"), arguments=[f"--ServerApp.base_url={BASE_URL}"]
    )
    try:
        yield process.start()
    finally:
        process.stop()


def test_page_stream_and_script_reach_a_server_below_such_an_address(
    server: JupyterProcess, chromium: Browser
) -> None:
    assert server.url.endswith(BASE_URL)
    context = chromium.new_context()
    page = context.new_page()
    witness = Witness(page)
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
    expect_connection(page, "live", 10_000 * SCALE)
    run_id = start_run(server, "below ñ@x", trees=SHORT)
    run = page.get_by_role("article", name="below ñ@x")
    expect_status(run, "completed")
    server.wait_for_run(run_id, "completed")
    assert witness.errors == []
    context.close()

    # As a kernel or a terminal of this server finds it, by what Jupyter wrote down of itself.
    assert server.process is not None
    environment = {**server.environ(), "JPY_PARENT_PID": str(server.process.pid)}
    environment.pop("JUPYTER_TOKEN")
    told = subprocess.run(
        [sys.executable, "-c", FIND], env=environment,
        capture_output=True, text=True, check=True, timeout=60 * SCALE,
    ).stdout  # fmt: skip
    assert told == f"{server.url} ['below ñ@x']\n"
