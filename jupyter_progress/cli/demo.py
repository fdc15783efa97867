"""``jupyter progress demo``: the whole way, on real data, in a server of its own."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ..client.follow import Follower
from ..client.rest import RestClient
from ..core.activity import headline
from ..core.state import RunState
from .own_server import OwnServer, own_server
from .watching import Watch, watch

# Fifteen to forty seconds of real work on one core: handwritten digits, one small tree after another.
REQUEST = {
    "name": "digits demo",
    "dataset": {"source": "sklearn", "name": "digits"},
    "estimator": {
        "class": "sklearn.ensemble.GradientBoostingClassifier",
        "params": {"n_estimators": 600, "random_state": 0},
    },
    "tags": ["demo"],
}
LIMIT_S = 600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "--keep",
        action="store_true",
        default=os.environ.get("KEEP", "") not in ("", "0"),
        help="leave the server up afterwards, and print its login address",
    )


def run(arguments: argparse.Namespace) -> int:
    """Start a server, train in it, and show the run until its end."""
    console = Console()
    # So that the server ends with the demo, however that is ended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console.print("Starting a Jupyter server of this demo's own …", style="dim")
    with own_server(Path.cwd()) as server:
        client = RestClient(server.address)
        run_id = client.post("runs", REQUEST)["run_id"]
        watching = Watch(run_id)
        follower = Follower(server.address, view=watching.view, on_messages=watching.take)
        ended = watch(watching, follower, console, LIMIT_S)
        status = _tell_end(ended, console)
        if arguments.keep:
            _keep(server, console)
    return status


def _tell_end(run: RunState, console: Console) -> int:
    if run.status != "completed" or run.result is None:
        error = run.error or {}
        console.print(f"\nThe run {run.status}: {error.get('message', '')}", style="red")
        if error.get("hint"):
            console.print(error["hint"])
        return 1
    console.print(Text(f"\nFinished: {headline(run.result)}.", style="bold green"))
    console.print("\nSee the run again:")
    for words, purpose in (
        (["progress", "page"], "its page in the browser"),
        (["progress", "show", run.run_id], "in this terminal"),
        (["lab", *_quickstart()], "train from a notebook"),
    ):
        console.print(Text(f"  {shlex.join([*_jupyter(), *words])}").append(f"   {purpose}", "dim"))
    return 0


def _jupyter() -> list[str]:
    """How the user calls Jupyter: by its name where that is this environment's, else by its path."""
    own = Path(sys.executable).parent / "jupyter"
    found = shutil.which("jupyter")
    if found is not None and Path(found).resolve() == own.resolve():
        return ["jupyter"]
    return [os.path.relpath(own) if own.is_relative_to(Path.cwd()) else str(own)]


def _quickstart() -> list[str]:
    notebook = Path("notebooks/quickstart.ipynb")
    return [str(notebook)] if notebook.exists() else []


def _keep(server: OwnServer, console: Console) -> None:
    console.print("\nThe server stays up until Ctrl-C. Log in at:")
    console.print(Text(f"  {server.login_url}"), soft_wrap=True)
    server.process.wait()
