"""A real kernel as a page sees it: cells that run, and comms that carry a widget's messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from .jupyter_process import SCALE, TOKEN, JupyterProcess

LIMIT_S = 20 * SCALE


class Kernel:
    """A kernel as a page sees it: cells, and comms."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.comm_id = ""
        self.heard: list[dict[str, Any]] = []
        self.traits: dict[str, Any] = {}

    def run(self, code: str) -> str:
        """Run a cell; what it printed."""
        request = self.client.execute(code)
        printed = ""
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT_S)
            self._take(message)
            content = message["content"]
            if message["parent_header"].get("msg_id") != request:
                continue
            assert message["msg_type"] != "error", "\n".join(content["traceback"])
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                printed += content["text"]
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                return printed.strip()

    def _take(self, message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "comm_open" and "run_id" in content["data"]["state"]:
            self.comm_id = content["comm_id"]
            self.traits = dict(content["data"]["state"])
        elif message["msg_type"] == "comm_msg" and content["comm_id"] == self.comm_id:
            said = content["data"]
            if said["method"] == "custom":
                self.heard.append(said["content"])
            elif said["method"] == "update":
                self.traits.update(said["state"])

    def say(self, content: dict[str, Any]) -> None:
        """Send a custom message, as the widget's view does."""
        body = {"comm_id": self.comm_id, "data": {"method": "custom", "content": content}}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", body))

    def beat(self, connection: str = "live", via: str = "socket") -> None:
        self.say({"type": "beat", "connection": connection, "via": via, "views": 1})

    def listen(self, seconds: float) -> list[dict[str, Any]]:
        """What comes over the comm in so many seconds."""
        self.heard, until = [], time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                self._take(self.client.get_iopub_msg(timeout=left))
            except Exception as error:  # the client raises queue.Empty
                assert type(error).__name__ == "Empty"  # noqa: PT017
        return self.heard

    def wait_for(
        self, expression: str, value: str, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """Ask in cells until an expression has a value."""
        deadline = time.monotonic() + LIMIT_S
        while (found := self.run(f"print({expression})")) != value:
            assert time.monotonic() < deadline, found
            meanwhile()
            time.sleep(0.3)


@contextmanager
def running_kernel(environment: dict[str, str], python: Path | None = None) -> Iterator[Kernel]:
    """A kernel for as long as the block lasts, of this interpreter or of another one."""
    manager = KernelManager(kernel_name="python3")
    if python is not None:
        assert manager.kernel_spec is not None
        manager.kernel_spec.argv[0] = str(python)
    manager.start_kernel(env=environment)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=LIMIT_S)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def let_in(server: JupyterProcess, url: str, folder: Path) -> dict[str, str]:
    """The environment of a kernel that reaches a server by an address."""
    token_file = folder / "token"
    token_file.touch(mode=0o600)
    token_file.write_text(TOKEN)
    return {
        **server.environ(),
        "JUPYTER_PROGRESS_URL": url,
        "JUPYTER_PROGRESS_TOKEN_FILE": str(token_file),
    }
