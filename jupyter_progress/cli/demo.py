"""``jupyter progress demo``: the whole way, on real data, in a server of its own."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
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
from ..errors import RunHasEnded
from ..store.layout import DATA_DIR_VARIABLE
from .own_server import OwnServer, own_server
from .watching import Watch, watch

# Some twenty seconds of real work on one quiet core: handwritten digits, one small tree after
# another. The slow learning rate keeps every tree as much work as the first, and the accuracy
# climbing.
REQUEST = {
    "name": "digits demo",
    "dataset": {"source": "sklearn", "name": "digits"},
    "estimator": {
        "class": "sklearn.ensemble.GradientBoostingClassifier",
        "params": {
            "n_estimators": 1100,
            "learning_rate": 0.02,
            "max_features": 0.5,
            "subsample": 0.8,
            "random_state": 0,
        },
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
        try:
            ended = watch(watching, follower, console, LIMIT_S)
        except KeyboardInterrupt:
            # A run goes on without a server; that of a demo which is ended is of no use to anybody.
            _cancel(client, run_id, console)
            raise
        status = _tell_end(ended, console)
        if arguments.keep:
            _keep(server, console)
    return status


def _cancel(client: RestClient, run_id: str, console: Console) -> None:
    with contextlib.suppress(RunHasEnded):
        client.post(f"runs/{run_id}/cancel", {})
        console.print("\nCancelled the demo's run; the server stops.", style="dim")


def _tell_end(run: RunState, console: Console) -> int:
    if run.status != "completed" or run.result is None:
        error = run.error or {}
        console.print(f"\nThe run {run.status}: {error.get('message', '')}", style="red")
        if error.get("hint"):
            console.print(error["hint"])
        return 1
    console.print(Text(f"\nFinished: {headline(run.result)}.", style="bold green"))
    console.print("\nSee the run again:")
    commands = [
        (shlex.join([*_jupyter(), *words]), purpose)
        for words, purpose in (
            ([*_progress(), "page"], "its page in the browser"),
            ([*_progress(), "show", run.run_id], "in this terminal"),
            (_notebook(), "train from a notebook"),
        )
        if words
    ]
    width = max(len(command) for command, _ in commands)
    for command, purpose in commands:
        line = Text(f"  {command:{width}}").append(f"   {purpose}", "dim")
        console.print(line, soft_wrap=True)
    return 0


def _progress() -> list[str]:
    """The command's own words; with the data directory where it is not the usual one."""
    given = os.environ.get(DATA_DIR_VARIABLE)
    return ["progress", "--data-dir", given] if given else ["progress"]


def _jupyter() -> list[str]:
    """How the user calls Jupyter: by name where that is this environment's, else by path."""
    own = Path(sys.executable).parent / "jupyter"
    found = shutil.which("jupyter")
    if found is not None and Path(found).resolve() == own.resolve():
        return ["jupyter"]
    return [os.path.relpath(own) if own.is_relative_to(Path.cwd()) else str(own)]


def _notebook() -> list[str]:
    """What opens a notebook: JupyterLab, else Notebook, where one of them is installed."""
    quickstart = Path("notebooks/quickstart.ipynb")
    words = [str(quickstart)] if quickstart.exists() else []
    for module, command in (("jupyterlab", "lab"), ("notebook", "notebook")):
        if importlib.util.find_spec(module) is not None:
            return [command, *words]
    return []


def _keep(server: OwnServer, console: Console) -> None:
    console.print("\nThe server stays up until Ctrl-C. Log in at:")
    console.print(Text(f"  {server.login_url}"), soft_wrap=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.process.wait()
    console.print("\nThe server stops.", style="dim")
