"""Find the Jupyter server that this process belongs to, and say what is wrong with it.

Three ways, in this order: what the extension put into the kernel's environment; the server whose
pid is the kernel's ``JPY_PARENT_PID``; outside of a kernel the newest server that is alive. The
first is the only one that works for a server with a password and no token.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec
import psutil

from ..errors import ExtensionMissing, VersionMismatch

if TYPE_CHECKING:
    from .rest import RestClient

PAGE_PATH = "jupyter-progress/"
API_PATH = PAGE_PATH + "api/v1/"
ENV_URL = "JUPYTER_PROGRESS_URL"
ENV_TOKEN_FILE = "JUPYTER_PROGRESS_TOKEN_FILE"  # noqa: S105 - the name of a variable
START_TOLERANCE_S = 5.0  # a file's time and a process's start are not told by the same clock


@dataclass(frozen=True)
class ServerAddress:
    """Where a Jupyter server is, and the way in.

    Parameters
    ----------
    url
        The server's base URL, ending in ``/``.
    token
        Never shown by ``repr``; empty where the server asks for none.
    pid
        The server's process, where it is on this machine.
    python
        The server's interpreter, where it is known.
    """

    url: str
    token: str = field(default="", repr=False)
    pid: int | None = None
    python: str | None = None

    @property
    def api_url(self) -> str:
        """Where the calls of this extension begin, ending in ``/``."""
        return self.url + API_PATH


def find_server(environ: Mapping[str, str] | None = None) -> ServerAddress | None:
    """Find the server that this process belongs to.

    Parameters
    ----------
    environ
        The environment to look in; this process's by default.

    Returns
    -------
    ServerAddress or None
        None where no server is in reach: then runs are started and watched without one.
    """
    environ = os.environ if environ is None else environ
    parent = _parent_pid(environ)
    if environ.get(ENV_URL):
        return _from_environment(environ, parent)
    servers = list(_running_servers())
    if parent is not None:
        servers = [server for server in servers if server.pid == parent]
    return servers[0] if servers else None


def normal_url(url: str) -> str:
    """The base URL in the one form that is used here: ASCII, without query, ending in ``/``."""
    parts = urlsplit(url)
    path = parts.path.removesuffix("/").removesuffix(API_PATH.removesuffix("/"))
    path = quote(path.removesuffix("/") + "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def page_in_browser(address: ServerAddress, environ: Mapping[str, str] | None = None) -> str:
    """Where a person's browser finds the page of a server.

    Behind a JupyterHub that is not where processes on its machine reach the server.

    Parameters
    ----------
    address
        The server.
    environ
        The environment in which it was found; this process's by default.

    Returns
    -------
    str
        A URL; only its path where the Hub has not told this process its public address.
    """
    environ = os.environ if environ is None else environ
    prefix = normal_url(environ.get("JUPYTERHUB_SERVICE_PREFIX", ""))
    if prefix != "/" and urlsplit(address.url).path == prefix:
        return normal_url(environ.get("JUPYTERHUB_PUBLIC_URL") or prefix) + PAGE_PATH
    return address.url + PAGE_PATH


def _parent_pid(environ: Mapping[str, str]) -> int | None:
    text = environ.get("JPY_PARENT_PID", "")
    return int(text) if text.isdigit() else None


def _from_environment(environ: Mapping[str, str], parent: int | None) -> ServerAddress:
    url = normal_url(environ[ENV_URL])
    token = ""
    if environ.get(ENV_TOKEN_FILE):
        try:
            token = Path(environ[ENV_TOKEN_FILE]).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            token = next((s.token for s in _running_servers() if s.url == url), "")
    return ServerAddress(url, token, parent, server_python(parent))


def _running_servers() -> Iterator[ServerAddress]:
    """Servers that are alive, newest first; their files survive a SIGKILL, so each is checked."""
    from jupyter_core.paths import jupyter_runtime_dir

    found: list[tuple[float, Path]] = []
    for file in Path(jupyter_runtime_dir()).glob("jpserver-*.json"):
        try:
            found.append((file.stat().st_mtime, file))
        except OSError:
            continue  # it ended just now
    for written, file in sorted(found, reverse=True):
        entry = _read_entry(file)
        pid = entry.get("pid")
        url = entry.get("url")
        if not isinstance(pid, int) or not isinstance(url, str) or not url.startswith("http"):
            continue
        if not urlsplit(url).scheme.endswith(("http", "https")) or not _is_alive(pid, written):
            continue
        token = str(entry.get("token") or "")
        yield ServerAddress(normal_url(url), token, pid, server_python(pid))


def _read_entry(file: Path) -> dict[str, Any]:
    try:
        entry = msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError):
        return {}
    return entry if isinstance(entry, dict) else {}


def _is_alive(pid: int, written: float) -> bool:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        # A pid is used again: a process that began after the file was written is another one.
        return bool(process.create_time() <= written + START_TOLERANCE_S)
    except psutil.Error:
        return False


def server_python(pid: int | None) -> str | None:
    """The interpreter that a process runs, as it was called (a virtual environment's own path)."""
    if pid is None:
        return None
    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:
        return None
    first = words[0] if words else ""
    return first if first.startswith("/") and "python" in Path(first).name else None


def extension_missing(address: ServerAddress) -> ExtensionMissing:
    """The error for a server that answers but does not have this extension."""
    python = address.python
    shown = python or "python (the server's own)"
    which = f"which runs {python}" if python else "whose Python is not known here"
    return ExtensionMissing(
        f"the Jupyter server at {address.url}, {which}, has not loaded jupyter-progress. "
        f"Install it there with `{shown} -m pip install jupyter-progress`, then restart Jupyter "
        "(the server, not only the kernel)."
    )


def check_server(client: RestClient) -> dict[str, Any]:
    """Make sure that a server has this extension, in a version that this one can talk to.

    Parameters
    ----------
    client
        Asks the server.

    Returns
    -------
    dict
        The answer of ``GET status``.

    Raises
    ------
    ExtensionMissing
        The server is there without the extension.
    VersionMismatch
        The two are more than one minor version apart.
    Denied, ServerUnreachable
        It does not let this process in, or does not answer.
    """
    from .. import __version__

    status = client.get("status")
    if not isinstance(status, dict) or not isinstance(status.get("server"), dict):
        raise extension_missing(client.address)
    facts = status["server"]
    python = str(facts.get("python") or client.address.python or "python")
    check_versions(__version__, str(facts.get("version", "")), python)
    return status


def check_versions(own: str, server: str, server_python: str) -> None:
    """Raise VersionMismatch where two versions are more than one minor version apart."""
    ours, theirs = _major_minor(own), _major_minor(server)
    if ours is None or theirs is None:
        return
    if ours[0] == theirs[0] and abs(ours[1] - theirs[1]) <= 1:
        return
    if ours < theirs:
        what = "this kernel's: `%pip install --upgrade jupyter-progress`, then restart the kernel"
    else:
        what = (
            f"the server's: `{server_python} -m pip install --upgrade jupyter-progress`, "
            "then restart Jupyter"
        )
    raise VersionMismatch(
        f"this kernel has jupyter-progress {own}, the Jupyter server {server}; they can be one "
        f"minor version apart. Upgrade {what}."
    )


def _major_minor(version: str) -> tuple[int, int] | None:
    parts = version.split(".")
    if len(parts) < 2 or not parts[0].isdigit() or not parts[1].isdigit():
        return None
    return int(parts[0]), int(parts[1])
