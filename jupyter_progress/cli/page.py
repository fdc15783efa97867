"""``jupyter progress page``: the page of all runs, on the server that is up or on a new one."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from typing import NoReturn
from urllib.parse import quote

from ..client.discovery import ServerAddress, check_server, find_server, page_in_browser
from ..client.rest import RestClient
from ..errors import ProgressError
from ..models.child_environment import child_argv
from .local_view import data_directory


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--no-browser", action="store_true", help="only print the address")


def run(arguments: argparse.Namespace) -> int:
    """Open the page of a server that shows these runs; where there is none, become one."""
    address = _server_of_these_runs()
    if address is None:
        _become_server(open_browser=not arguments.no_browser)
    page = page_in_browser(address)
    if not page.startswith(address.url):
        # No token either: a person logs in at the Hub, with a browser that is elsewhere.
        print(f"The server that is running shows the runs on your JupyterHub, at:\n  {page}")
        return 0
    if address.token:
        page += f"?token={quote(address.token)}"
    print(f"The Jupyter server that is running shows the runs at:\n  {page}")
    if not arguments.no_browser:
        webbrowser.open(page)
    return 0


def _server_of_these_runs() -> ServerAddress | None:
    """A server that is alive, has this extension, and keeps its runs where this command looks."""
    address = find_server()
    if address is None:
        return None
    try:
        facts = check_server(RestClient(address))["server"]
    except ProgressError:
        return None  # one without the extension, or that lets nobody in: of no use here
    return address if facts.get("data_dir_id") == data_directory().identity else None


def _become_server(*, open_browser: bool) -> NoReturn:
    """Replace this process: the server's log, its address and Ctrl-C are the user's own."""
    words = [
        *child_argv(sys.executable, "jupyter_server"),
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.jpserver_extensions=jupyter_progress=True",
        "--ServerApp.default_url=/jupyter-progress/",
        f"--ServerApp.open_browser={open_browser}",
        f"--ServerApp.allow_root={os.geteuid() == 0}",
    ]  # fmt: skip
    os.execv(sys.executable, words)  # noqa: S606 - no shell, own words only
