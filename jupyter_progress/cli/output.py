"""``jupyter progress output RUN``: what the run's worker printed."""

from __future__ import annotations

import argparse

from ..training.output_tail import last_lines
from .local_view import data_directory, full_run_id, print_json

LIMIT_BYTES = 10_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("run", help="a run's id, or the beginning or end of it")
    parser.add_argument(
        "--tail", type=int, default=200, help="at most so many lines (default: 200)"
    )
    parser.add_argument("--json", action="store_true", help="for a program")


def run(arguments: argparse.Namespace) -> int:
    """Print the last lines."""
    directory = data_directory().run(full_run_id(arguments.run))
    text = last_lines(directory.output, max(1, arguments.tail), LIMIT_BYTES)
    if arguments.json:
        print_json({"text": text})
    else:
        print(text)
    return 0
