"""A Jupyter server of the command's own, on a free loopback port, for as long as it is needed."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from ..client.discovery import ServerAddress, normal_url
from ..client.rest import RestClient
from ..errors import ServerUnreachable
from ..models.child_environment import child_argv

START_LIMIT_S = 60.0
STOP_LIMIT_S = 15.0


class OwnServer:
    """A Jupyter server that this process started.

    Attributes
    ----------
    address
        Where it is.
    process
        The server.
    """

    def __init__(self, process: subprocess.Popen[bytes], token: str, output: Path) -> None:
        self.process = process
        self.output = output
        self._token = token
        self.address = self._wait()

    @property
    def login_url(self) -> str:
        """The page's address with the token in it: only for who started the server."""
        return f"{self.address.url}jupyter-progress/?token={self._token}"

    def _wait(self) -> ServerAddress:
        entry = Path(jupyter_runtime_dir()) / f"jpserver-{self.process.pid}.json"
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerUnreachable(
                    f"the Jupyter server ended at once, with status {self.process.returncode}. "
                    f"Its last words:\n{self.last_words()}"
                )
            try:
                found = json.loads(entry.read_text("utf-8"))
                address = ServerAddress(
                    normal_url(found["url"]), self._token, self.process.pid, sys.executable
                )
                # The file is there a moment before the port is listened to.
                RestClient(address).get("status")
                return address
            except (OSError, ValueError, ServerUnreachable):
                time.sleep(0.05)
        raise ServerUnreachable(
            f"the Jupyter server did not come up within {START_LIMIT_S:.0f} s. "
            f"Its last words:\n{self.last_words()}"
        )

    def last_words(self) -> str:
        """The end of what the server logged, without the token."""
        text = self.output.read_text("utf-8", "replace")[-2000:]
        return text.replace(self._token, "…")

    def stop(self) -> None:
        """End the server in good order."""
        _end(self.process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def start_server(folder: Path) -> OwnServer:
    """Start a server with this extension.

    Parameters
    ----------
    folder
        Its root directory.

    Raises
    ------
    ServerUnreachable
        It did not come up; the message has its last words.
    """
    token = secrets.token_hex(24)
    # Through the environment: arguments can be read by everyone on the machine.
    environment = {**os.environ, "JUPYTER_TOKEN": token}
    handle, name = tempfile.mkstemp(prefix="jupyter-progress-", suffix=".log")
    with os.fdopen(handle, "wb") as output:
        process = subprocess.Popen(
            [
                *child_argv(sys.executable, "jupyter_server"),
                "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.open_browser=False",
                # Only this user can log in, on the loopback interface; in a container that is root.
                "--ServerApp.allow_root=True",
                "--ServerApp.jpserver_extensions=jupyter_progress=True",
                f"--ServerApp.root_dir={folder}",
            ],
            env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        return OwnServer(process, token, Path(name))
    except BaseException:
        # Not left behind either: it may be just about to come up, or the user may not want to wait.
        _end(process)
        Path(name).unlink()
        raise


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    """A server that ends with the block."""
    server = start_server(folder)
    try:
        yield server
    finally:
        server.stop()
        server.output.unlink(missing_ok=True)
