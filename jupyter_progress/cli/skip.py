"""``jupyter progress skip RUN [CANDIDATE]``: give up a candidate of a search."""

from __future__ import annotations

import argparse
import secrets

from ..tracking.record import user_name
from ..training.skipping import ask_to_skip
from .local_view import data_directory, print_json, read_leaderboard, read_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("run", help="a run's id, or the beginning or end of it")
    parser.add_argument(
        "candidate", nargs="?", type=int, help="its number; by default those under way"
    )
    parser.add_argument("--json", action="store_true", help="print the run's state, for a program")


def run(arguments: argparse.Namespace) -> int:
    """Ask for it; it takes effect soon after."""
    state = read_run(arguments.run)
    candidate = arguments.candidate
    rows = [] if candidate is None else read_leaderboard(state.run_id)
    ask_to_skip(
        data_directory().run(state.run_id),
        state,
        candidate=candidate,
        status=next((row.status for row in rows if row.candidate == candidate), None),
        who=user_name(),
        writer=f"cli-{secrets.token_hex(4)}",
    )
    if arguments.json:
        print_json(read_run(state.run_id))
    else:
        which = "what is under way" if candidate is None else f"candidate {candidate}"
        print(f"giving up {which} in {state.name} ({state.run_id})")
    return 0
