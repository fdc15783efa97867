"""``jupyter progress page``: a server with the page of all runs, opened in the browser."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--no-browser", action="store_true", help="only print the address")


def run(arguments: argparse.Namespace) -> NoReturn:
    """Become the Jupyter server: its log, its address and Ctrl-C are the user's own."""
    words = [
        sys.executable, "-m", "jupyter_server",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.jpserver_extensions=jupyter_progress=True",
        "--ServerApp.default_url=/jupyter-progress/",
        f"--ServerApp.open_browser={not arguments.no_browser}",
        f"--ServerApp.allow_root={os.geteuid() == 0}",
    ]  # fmt: skip
    os.execv(sys.executable, words)  # noqa: S606 - no shell, own words only
