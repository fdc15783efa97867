"""A Hub that stops servers: its idle culler, and a person who presses "Stop My Server"."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_progress.server.extension import KEEPALIVE_EVERY_S

from ..browser.runs import LONG, start_run
from ..browser.screen import expect_connection, wait_until
from ..jupyter_process import SCALE
from .hub_process import HubProcess
from .person import Person

pytestmark = pytest.mark.slow

# A little more than the extension and the Hub take to say that somebody is at work.
IDLE_S = round(KEEPALIVE_EVERY_S + 6 * SCALE)


@contextmanager
def idle_culler(hub: HubProcess, folder: Path) -> Iterator[None]:
    """The Hub's own culler, which takes servers that have been idle for IDLE_S."""
    words = [
        sys.executable, "-m", "jupyterhub_idle_culler", f"--url={hub.url}hub/api",
        f"--timeout={IDLE_S}", "--cull-every=1",
    ]  # fmt: skip
    with (folder / "culler.log").open("ab") as log:
        culler = subprocess.Popen(
            words, env={**os.environ, "JUPYTERHUB_API_TOKEN": hub.admin_token},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield
        assert culler.poll() is None, (folder / "culler.log").read_text("utf-8")
    finally:
        culler.terminate()
        culler.wait()


def test_culler_leaves_a_server_that_trains_alone_and_takes_one_that_is_only_looked_at(
    hub: HubProcess, person: Callable[[str], Person], tmp_path: Path
) -> None:
    busy, watching = person("busy"), person("watching")
    run_id = start_run(busy, "nobody watches", trees=LONG)
    busy.wait_for_run(run_id, "running")
    # A page that was forgotten in a tab is nobody at work; it is opened after the run has started.
    watching.open()
    expect_connection(watching.page, "live")
    since = time.monotonic()
    with idle_culler(hub, tmp_path):
        wait_until(lambda: not hub.is_running("watching"), IDLE_S + 20)
        assert time.monotonic() - since > IDLE_S / 2
        assert hub.is_running("busy")
    assert busy.get(f"runs/{run_id}")["status"] == "running"


def test_run_is_interrupted_with_the_server_and_the_next_one_shows_it(
    hub: HubProcess, person: Callable[[str], Person]
) -> None:
    someone = person("ñ@x")
    run_id = start_run(someone, "stopped by the Hub", trees=LONG)
    before = someone.wait_for_run(run_id, "running")
    hub.stop_server("ñ@x")
    hub.start_server("ñ@x")
    after = someone.wait_for_run(run_id, "interrupted")
    assert after["start_time"] == before["start_time"]
    told = [one["kind"] for one in someone.get("activity")["activity"] if one["run_id"] == run_id]
    assert told[0] == "training_interrupted"
