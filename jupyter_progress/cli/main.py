"""The commands, their arguments, and how their errors are told."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .. import __version__
from ..errors import ProgressError, UnknownRun, UnsupportedPlatform

# command -> (module, one line of help); a module has `add_arguments(parser)` and `run(arguments)`.
COMMANDS = {
    "demo": ("demo", "train on real data in a server of its own, shown here as it happens"),
    "page": ("page", "open the page with all runs in the browser"),
    "runs": ("runs", "list the runs, newest first"),
    "show": ("show", "show one run"),
    "watch": ("watch", "follow one run in this terminal until it ends"),
    "stop": ("control", "end a run's training and keep the best so far"),
    "cancel": ("control", "end a run and drop it"),
    "skip": ("skip", "give up a candidate of a search"),
    "resume": ("resume", "go on with a run that failed or was interrupted"),
    "report": ("report", "bring what a saved notebook shows of runs up to date"),
    "output": ("output", "print the last lines that a run's worker printed"),
    "prune": ("prune", "remove old runs and uploads that are beyond the configured limits"),
    "doctor": ("doctor", "say what is installed where, and what a run's files hold"),
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    words
        The command line without the program's name; by default the process's own.

    Returns
    -------
    int
        The exit status: 0, 1 after an error that was told, 130 after an interrupt.
    """
    if sys.platform not in ("linux", "darwin"):
        return _tell(UnsupportedPlatform("jupyter-progress runs on Linux and macOS"))
    words = sys.argv[1:] if words is None else words
    parser = _parser(words)
    arguments = parser.parse_args(words)
    if arguments.command is None:
        parser.print_help()
        return 2
    if arguments.data_dir is not None:
        os.environ["JUPYTER_PROGRESS_DATA_DIR"] = str(arguments.data_dir.absolute())
    try:
        return int(arguments.perform(arguments) or 0)
    except ProgressError as error:
        return _tell(error)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:
        # `jupyter progress runs | head`: the reader has enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; only the commands that are named in ``words`` have their modules imported."""
    parser = argparse.ArgumentParser(
        prog="jupyter progress", description="Training runs that Jupyter looks after."
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="PATH",
        help="where the runs are kept (default: progress below Jupyter's data directory)",
    )
    parser.add_argument("--version", action="version", version=f"jupyter-progress {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name, (module_name, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if name in words:
            module = importlib.import_module(f".{module_name}", __package__)
            module.add_arguments(command)
            command.set_defaults(perform=module.run, command=name)
    return parser


def _tell(error: ProgressError) -> int:
    hint = "; `jupyter progress runs` lists them" if isinstance(error, UnknownRun) else ""
    print(f"jupyter progress: {error}{hint}", file=sys.stderr)
    return 1
