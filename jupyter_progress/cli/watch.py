"""``jupyter progress watch RUN``: follow one run in this terminal until it ends."""

from __future__ import annotations

import argparse

from rich.console import Console

from ..tracking.local_follow import LocalFollower
from ..training.recover import recover_run
from .local_view import data_directory, full_run_id, leaderboard_of, print_json
from .terminal import draw_error
from .watching import Watch, watch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("run", help="a run's id, or the beginning or end of it")
    parser.add_argument("--json", action="store_true", help="print the last state, for a program")


def run(arguments: argparse.Namespace) -> int:
    """Follow the run; 0 where it completed."""
    run_id = full_run_id(arguments.run)
    directory = data_directory()
    watching = Watch(run_id, lambda state: leaderboard_of(source.reader, state))
    source = LocalFollower(
        directory,
        [run_id],
        view=watching.view,
        on_messages=watching.take,
        on_tick=lambda: recover_run(directory.run(run_id)),
    )
    console = Console(stderr=arguments.json)
    ended = watch(watching, source, console)
    error = draw_error(ended)
    if error is not None:
        console.print(error)
    if arguments.json:
        print_json(ended)
    return 0 if ended.status == "completed" else 1
