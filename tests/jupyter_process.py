"""A real Jupyter server as a process of its own, with folders of its own, for tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from .rest_caller import SCALE, RestCaller

TOKEN = "a-token-for-tests-only"
OVERRIDES = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


@dataclass
class JupyterProcess(RestCaller):
    """One `jupyter lab`, `jupyter notebook` or `jupyter server`.

    Parameters
    ----------
    folder
        Everything that Jupyter writes lies below it, notebooks in ``folder / "work"``.
    application
        ``server``, ``lab`` or ``notebook``.
    extension
        Whether jupyter-progress is enabled in the server.
    arguments
        Further words of the command line.
    """

    folder: Path
    application: str = "server"
    extension: bool = True
    arguments: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    url: str = ""
    token: str = TOKEN

    @property
    def root(self) -> Path:
        return self.folder / "work"

    @property
    def data_dir(self) -> Path:
        return self.folder / "data" / "progress"

    def environ(self) -> dict[str, str]:
        """The environment that the server (and a kernel beside it) runs in."""
        dropped = ("JPY_", "JUPYTER", "IPYTHONDIR")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        return {
            **kept,
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "JUPYTER_TOKEN": TOKEN,
            **self.environment,
        }

    def start(self) -> JupyterProcess:
        """Start it and wait until it answers."""
        self.root.mkdir(parents=True, exist_ok=True)
        for name, settings in OVERRIDES.items():
            file = self.folder / "settings" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        module = {"server": "jupyter_server", "lab": "jupyterlab", "notebook": "notebook"}
        port = ["--ServerApp.port=0"] if not self.url else [f"--ServerApp.port={self.port}"]
        words = [
            sys.executable, "-m", module[self.application], *port,
            "--ServerApp.ip=127.0.0.1", "--ServerApp.open_browser=False",
            "--ServerApp.allow_unauthenticated_access=False", "--allow-root",
            f"--ServerApp.root_dir={self.root}",
            f"--ServerApp.jpserver_extensions=jupyter_progress={self.extension}",
            *self.arguments,
        ]  # fmt: skip
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            words, env=self.environ(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd=self.root, start_new_session=True,
        )  # fmt: skip
        log.close()
        self.url = self._wait_for_url()
        return self

    @property
    def port(self) -> str:
        return self.url.split(":")[2].split("/")[0]

    def _wait_for_url(self) -> str:
        assert self.process is not None
        entry = self.folder / "runtime" / f"jpserver-{self.process.pid}.json"
        deadline = time.monotonic() + 60 * SCALE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log()
            try:
                url = json.loads(entry.read_text())["url"]
                urllib.request.urlopen(f"{url}api?token={TOKEN}", timeout=5).close()
                return str(url)
            except (OSError, ValueError):
                time.sleep(0.1)
        raise TimeoutError(self.log())

    def log(self) -> str:
        """What the server has logged so far."""
        return (self.folder / "server.log").read_text("utf-8", "replace")

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it in good order, and by force where it does not end."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15 * SCALE)
        except subprocess.TimeoutExpired:
            self.kill()
