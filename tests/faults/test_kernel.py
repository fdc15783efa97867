"""The kernel's own follower: comm and stream down at once, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..client.fault_proxy import FaultProxy
from ..ipython_kernel import Kernel, let_in, running_kernel
from ..jupyter_process import SCALE
from ..panel.test_widget_in_a_kernel import MAKE, snapshots
from .conftest import Site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(180 * SCALE),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]


@pytest.fixture
def proxy(site: Site) -> Iterator[FaultProxy]:
    proxy = FaultProxy(site.address)
    yield proxy
    proxy.stop()


@pytest.fixture
def kernel(site: Site, proxy: FaultProxy, tmp_path: Path) -> Iterator[Kernel]:
    with running_kernel(let_in(site.jupyter, proxy.address.url, tmp_path)) as kernel:
        yield kernel


def feed_of(kernel: Kernel) -> list[str]:
    found = kernel.run(
        "import json; print(json.dumps([a['text'] for a in panel.state['activity']]))"
    )
    texts: list[str] = json.loads(found)
    return texts


def test_comm_and_stream_down_at_once_leave_the_panel_current_by_polling(
    site: Site, proxy: FaultProxy, kernel: Kernel
) -> None:
    kernel.run(MAKE)
    kernel.wait_for("panel.connection", "live")
    sent: list[str] = []

    def note(text: str) -> None:
        site.jupyter.ask("POST", "activity", {"text": text})
        sent.insert(0, text)

    note("over the stream")
    proxy.refuses_sockets = True
    proxy.cut()
    kernel.run("panel.comm.close()")
    note("with both down")
    kernel.wait_for("panel.connection", "polling")
    kernel.wait_for("[a['text'] for a in panel.state['activity']][:1]", "['with both down']")
    proxy.refuses_sockets = False
    kernel.run("panel.reopen()")
    kernel.beat("offline", "none")
    assert snapshots(kernel.listen(2.0)) == 1
    note("with both back")
    kernel.wait_for(
        "[a['text'] for a in panel.state['activity']][:1]",
        "['with both back']",
        lambda: kernel.beat("offline", "none"),
    )
    kernel.wait_for("panel.connection", "live", lambda: kernel.beat("offline", "none"))
    assert [text for text in feed_of(kernel) if text in sent] == sent
    site.hold()
