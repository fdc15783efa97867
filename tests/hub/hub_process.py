"""A real JupyterHub on loopback: its process, its proxy, its users and their servers."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

import hatch_build

from ..jupyter_process import OVERRIDES, SCALE

HERE = Path(__file__).parent
PROXY = HERE / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
# How often a server tells the Hub, and the Hub asks its proxy, when somebody was last at work.
ACTIVITY_EVERY_S = 2
# For how long a server remembers whom the Hub lets in.
REMEMBERED_S = 2


@dataclass
class HubProcess:
    """One JupyterHub with a proxy from npm, whose users need no account on the machine.

    Parameters
    ----------
    folder
        Everything that the Hub and its users write lies below it, a user's in ``home/<name>``.
    """

    folder: Path
    admin_token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    @property
    def url(self) -> str:
        """Where people come in, through the proxy; ends in a slash."""
        return f"http://127.0.0.1:{self.port}/"

    def home(self, user: str) -> Path:
        """A user's home directory."""
        return self.folder / "home" / user

    def user_url(self, user: str) -> str:
        """A user's own server, as the Hub writes its address; ends in a slash."""
        return f"{self.url}user/{quote(user, safe='@~')}/"

    def start(self) -> HubProcess:
        """Start it and wait until it answers."""
        assert PROXY.is_file(), f"{PROXY} is missing; scripts/install-hub-proxy brings it"
        self.port, hub_port, api_port = free_ports(3)
        (self.folder / "home").mkdir(parents=True)
        self._write_lab_settings()
        config = self.folder / "jupyterhub_config.py"
        config.write_text(self._config(hub_port, api_port), encoding="utf-8")
        log = (self.folder / "hub.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", f"--config={config}"],
            env=self._environ(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd=self.folder, start_new_session=True,
        )  # fmt: skip
        log.close()
        self._wait_until_it_answers()
        return self

    def _write_lab_settings(self) -> None:
        for name, settings in OVERRIDES.items():
            file = self.folder / "settings" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))

    def _environ(self) -> dict[str, str]:
        dropped = ("JPY_", "JUPYTER", "IPYTHONDIR", "CONFIGPROXY_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        here = str(Path(sys.executable).parent)
        return {**kept, "PATH": os.pathsep.join([here, kept["PATH"]])}

    def _config(self, hub_port: int, api_port: int) -> str:
        """The Hub's configuration file."""
        # Node as the build finds it, which may be that of a Python package.
        node = shutil.which("node", path=hatch_build.find_npm()[1]["PATH"])
        settings: dict[str, Any] = {
            "JupyterHub.bind_url": self.url,
            "JupyterHub.hub_bind_url": f"http://127.0.0.1:{hub_port}/hub/",
            "JupyterHub.db_url": f"sqlite:///{self.folder}/hub.sqlite",
            "JupyterHub.cookie_secret_file": str(self.folder / "cookie_secret"),
            "JupyterHub.authenticator_class": "dummy",
            "JupyterHub.spawner_class": "simple",
            "JupyterHub.last_activity_interval": ACTIVITY_EVERY_S,
            "JupyterHub.services": [{"name": "tests", "api_token": self.admin_token}],
            "JupyterHub.load_roles": [{
                "name": "tests", "services": ["tests"],
                "scopes": ["admin:users", "admin:servers", "tokens", "shares"],
            }],
            "ConfigurableHTTPProxy.command": [node, str(PROXY)],
            "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{api_port}",
            "ConfigurableHTTPProxy.pid_file": str(self.folder / "proxy.pid"),
            "Authenticator.allow_all": True,
            "SimpleLocalProcessSpawner.home_dir_template": str(self.folder / "home/{username}"),
            "Spawner.start_timeout": int(60 * SCALE),
            "Spawner.http_timeout": int(60 * SCALE),
            "Spawner.args": [
                "--allow-root", f"--HubOAuth.cache_max_age={REMEMBERED_S}",
                "--LabApp.expose_app_in_browser=True",
                "--ServerApp.jpserver_extensions=jupyter_progress=True",
            ],
            "Spawner.environment": {
                "JUPYTERHUB_ACTIVITY_INTERVAL": str(ACTIVITY_EVERY_S),
                "JUPYTERLAB_SETTINGS_DIR": str(self.folder / "settings"),
            },
        }  # fmt: skip
        lines = [f"c.{name} = {value!r}\n" for name, value in settings.items()]
        return "c = get_config()\n" + "".join(lines)

    def _wait_until_it_answers(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + 60 * SCALE
        while True:
            assert self.process.poll() is None, self.log()
            try:
                # By way of the proxy, which is up a moment later than the Hub.
                urllib.request.urlopen(f"{self.url}hub/api/", timeout=5).close()
                return
            except OSError:
                assert time.monotonic() < deadline, self.log()
                time.sleep(0.1)

    def log(self) -> str:
        """What the Hub, its proxy and its users' servers have logged so far."""
        return (self.folder / "hub.log").read_text("utf-8", "replace")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the Hub's own REST interface, as its administrator."""
        request = urllib.request.Request(
            f"{self.url}hub/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.admin_token}"},
        )
        with urllib.request.urlopen(request, timeout=30 * SCALE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def token_of(self, user: str) -> str:
        """A new API token of a user's own, as each can make one on the Hub's page."""
        return str(self.ask("POST", f"users/{quote(user)}/tokens", {})["token"])

    def start_server(self, user: str) -> None:
        """Make sure that there is such a user, and that the user's server is up."""
        if user not in [known["name"] for known in self.ask("GET", "users")]:
            self.ask("POST", f"users/{quote(user)}")
        if self.is_running(user):
            return
        self.ask("POST", f"users/{quote(user)}/server")
        deadline = time.monotonic() + 60 * SCALE
        while not self.is_running(user):
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.2)

    def stop_server(self, user: str) -> None:
        """Stop a user's server in good order, as its owner can on the Hub's page."""
        self.ask("DELETE", f"users/{quote(user)}/server")
        deadline = time.monotonic() + 60 * SCALE
        while self.ask("GET", f"users/{quote(user)}")["servers"]:
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.2)

    def is_running(self, user: str) -> bool:
        """Whether the user's server is up, as the Hub knows it."""
        servers = self.ask("GET", f"users/{quote(user)}")["servers"]
        return bool(servers and servers[""]["ready"])

    def stop(self) -> None:
        """End it in good order with all that it has started, and by force what does not end."""
        if self.process is None or self.process.poll() is not None:
            return
        started = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15 * SCALE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _gone, left = psutil.wait_procs(started, timeout=5 * SCALE)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, found by asking for all of them at once."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
