"""``jupyter progress resume RUN``: asked through its directory, and its keeper started here."""

from __future__ import annotations

import argparse
import secrets

from ..core.transitions import has_ended
from ..tracking.record import user_name
from ..training.attempts import is_to_start_here
from ..training.launch import default_concurrent_runs, start_keeper
from ..training.resume import ask_to_resume
from .local_view import data_directory, print_json, read_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("run", help="a run's id, or the beginning or end of it")
    parser.add_argument("--json", action="store_true", help="print the run's state, for a program")


def run(arguments: argparse.Namespace) -> int:
    """Have the run go on."""
    state = read_run(arguments.run)
    data = data_directory()
    directory = data.run(state.run_id)
    writer = f"cli-{secrets.token_hex(4)}"
    ask_to_resume(directory, state, who=user_name(), writer=writer)
    if is_to_start_here(directory, data):
        start_keeper(directory, data, places=default_concurrent_runs())
    if arguments.json:
        print_json(read_run(state.run_id))
    elif has_ended(state.status):
        print(f"resuming {state.name} ({state.run_id})")
    else:
        print(f"{state.name} ({state.run_id}) is {state.status} again already")
    return 0
