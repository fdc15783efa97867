"""``jupyter progress show RUN``: one run, as it is now."""

from __future__ import annotations

import argparse

from rich.console import Console

from ..errors import UnknownRun
from .local_view import full_run_id, print_json, read_leaderboard, read_view
from .terminal import draw_error, draw_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("run", help="a run's id, or the beginning or end of it")
    parser.add_argument("--json", action="store_true", help="for a program")


def run(arguments: argparse.Namespace) -> int:
    """Show the run."""
    run_id = full_run_id(arguments.run)
    view = read_view([run_id])
    state = view.runs.get(run_id)
    if state is None:
        raise UnknownRun(run_id)
    if arguments.json:
        print_json(state)
        return 0
    console = Console()
    board = read_leaderboard(run_id) if state.search is not None else []
    console.print(draw_run(view, run_id, [], "", board))
    error = draw_error(state)
    if error is not None:
        console.print(error)
    return 0
