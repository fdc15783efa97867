"""``jupyter progress stop RUN`` and ``cancel RUN``: asked through the run's directory."""

from __future__ import annotations

import argparse
import secrets

from ..core.transitions import has_ended
from ..tracking.record import user_name
from ..training.controls import ask_to_stop
from .local_view import data_directory, print_json, read_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("run", help="a run's id, or the beginning or end of it")
    parser.add_argument("--json", action="store_true", help="print the run's state, for a program")


def run(arguments: argparse.Namespace) -> int:
    """Ask for the end of the run; ``command`` is the action. 0 where that is how it ends."""
    state = read_run(arguments.run)
    ends_by = ask_to_stop(
        data_directory().run(state.run_id),
        state,
        action=arguments.command,
        who=user_name(),
        writer=f"cli-{secrets.token_hex(4)}",
    )
    if arguments.json:
        print_json(read_run(state.run_id))
    elif ends_by != arguments.command:
        print(f"{state.name} ({state.run_id}) is being cancelled already: nothing of it is kept")
    elif has_ended(state.status):
        print(f"{state.name} ({state.run_id}) has ended so already")
    else:
        verb = "stopping" if arguments.command == "stop" else "cancelling"
        print(f"{verb} {state.name} ({state.run_id})")
    return 0 if ends_by == arguments.command else 1
