"""The widget's protocol over a real kernel's comm, against a real server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..ipython_kernel import Kernel, let_in, running_kernel
from ..jupyter_process import SCALE, TOKEN, JupyterProcess

pytestmark = [
    pytest.mark.timeout(180 * SCALE),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]
MAKE = """
import time
import jupyter_progress as jp
panel = jp.Panel()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("widget"))
    try:
        yield process.start()
    finally:
        process.stop()


@pytest.fixture
def kernel(server: JupyterProcess, tmp_path: Path) -> Iterator[Kernel]:
    with running_kernel(let_in(server, server.url, tmp_path)) as kernel:
        yield kernel


def snapshots(heard: list[dict[str, Any]]) -> int:
    return sum(
        message["type"] == "snapshot"
        for told in heard
        if told["type"] == "messages"
        for message in told["messages"]
    )


def note(server: JupyterProcess, text: str) -> None:
    server.ask("POST", "activity", {"text": text})


@pytest.mark.slow
def test_view_is_fed_and_taken_over_for_and_served_again(
    kernel: Kernel, server: JupyterProcess
) -> None:
    kernel.run(MAKE)
    assert TOKEN not in str(kernel.traits)
    kernel.wait_for("panel.connection", "live")

    # A view that can reach no server is fed over the comm.
    kernel.beat("offline", "none")
    kernel.say({"type": "want", "what": "snapshot"})
    assert snapshots(kernel.listen(2.0)) >= 1
    kernel.beat("live", "comm")
    note(server, "over the comm")
    told = [m for said in kernel.listen(2.0) for m in said.get("messages", [])]
    assert any(
        m["type"] == "activity_update" and m["data"]["text"] == "over the comm" for m in told
    )

    # A view with its own socket is left to it, and says which connection it shows.
    kernel.beat("polling", "rest")
    kernel.wait_for("panel.connection", "polling", lambda: kernel.beat("polling", "rest"))
    kernel.beat("live", "socket")
    note(server, "over the socket")
    assert not [m for said in kernel.listen(1.5) for m in said.get("messages", []) if "offset" in m]

    # Silence under an idle kernel: it polls, and stays current.
    time.sleep(3.5)
    assert kernel.run("print(panel.connection)") == "polling"
    note(server, "while nobody looked")
    kernel.wait_for("[a['text'] for a in panel.state['activity']][:1]", "['while nobody looked']")
    kernel.listen(0.5)
    kernel.beat("offline", "none")
    assert snapshots(kernel.listen(2.0)) == 1
    kernel.wait_for("panel.connection", "live", lambda: kernel.beat("offline", "none"))


def test_closed_comm_has_the_kernel_poll_and_an_opened_one_gets_a_snapshot(
    kernel: Kernel, server: JupyterProcess
) -> None:
    kernel.run(MAKE)
    kernel.wait_for("panel.connection", "live")
    kernel.run("panel.comm.close()")
    kernel.wait_for("panel.connection", "polling")
    note(server, "with the comm closed")
    kernel.wait_for("[a['text'] for a in panel.state['activity']][:1]", "['with the comm closed']")
    kernel.run("panel.reopen()")
    kernel.beat("offline", "none")
    assert snapshots(kernel.listen(2.0)) == 1
    kernel.wait_for("panel.connection", "live", lambda: kernel.beat("offline", "none"))


def test_busy_kernel_hears_no_beats_and_keeps_its_socket(kernel: Kernel) -> None:
    kernel.run(MAKE)
    kernel.wait_for("panel.connection", "live")
    kernel.beat("live", "socket")
    assert kernel.run("time.sleep(4)\nprint(panel.connection)") == "live"


def test_view_asks_for_its_code_and_for_controls(kernel: Kernel) -> None:
    kernel.run(MAKE)
    for _ in range(9):
        kernel.say({"type": "want", "what": "bundle"})
    bundles = [said for said in kernel.listen(3.0) if said["type"] == "bundle"]
    assert 1 <= len(bundles) <= 3
    assert "mountPanel" in bundles[0]["js"]
    kernel.say({"type": "control", "id": 7, "action": "stop", "run_id": "20000101-000000-00000000"})
    kernel.say({"type": "control", "id": 8, "action": "note", "run_id": None, "text": "hello"})
    kernel.say({"type": "control", "id": 9, "action": "explode", "run_id": None})
    answers = {said["id"]: said for said in kernel.listen(3.0) if said["type"] == "control_result"}
    assert not answers[7]["ok"]
    assert "there is no run" in answers[7]["message"]
    assert answers[8]["ok"]
    assert not answers[9]["ok"]
