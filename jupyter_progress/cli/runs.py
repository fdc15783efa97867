"""``jupyter progress runs``: the runs, newest first."""

from __future__ import annotations

import argparse

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..core.activity import headline
from ..core.durations import duration
from ..core.names import shorten
from ..core.state import RunState
from ..core.transitions import ACTIVE, ENDED
from .local_view import data_directory, list_runs, print_json
from .terminal import COLOURS

GOING = ("running", "stopping")
NAME_WIDTH = 40
OUTCOME_WIDTH = 8
COLUMN_GAP = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--status", choices=sorted(ACTIVE | ENDED), help="only runs of this status")
    parser.add_argument("--tag", help="only runs with this tag")
    parser.add_argument("--limit", type=_count, default=20, help="at most so many (default: 20)")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs; expected 1 or more")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """List the runs."""
    shown = list_runs(arguments.status, arguments.tag, arguments.limit)
    if arguments.json:
        print_json({"runs": shown})
    elif not shown:
        print("No run fits." if data_directory().run_ids() else "No runs.")
    else:
        console = Console()
        console.print(_table(shown, console.width))
    return 0


def _table(states: list[RunState], width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    rows = [_cells(state) for state in states]
    taken = 0
    for title, cells in zip(
        ("run", "name", "status", "took"), zip(*rows, strict=True), strict=False
    ):
        table.add_column(title, no_wrap=True)
        taken += max(len(title), *(cell.cell_len for cell in cells)) + COLUMN_GAP
    table.add_column("outcome", no_wrap=True)
    for row in rows:
        # Cut here: rich would take the room that a long outcome wants from the other columns.
        row[-1].truncate(max(width - taken, OUTCOME_WIDTH), overflow="ellipsis")
        table.add_row(*row)
    return table


def _cells(state: RunState) -> tuple[Text, ...]:
    took = duration(state.elapsed_time) if state.elapsed_time is not None else ""
    return (
        Text(state.run_id),
        Text(shorten(state.name, NAME_WIDTH)),
        _status(state),
        Text(took),
        Text(_outcome(state), style="dim"),
    )


def _status(state: RunState) -> Text:
    words = f"{state.status} {int(state.progress)} %" if state.status in GOING else state.status
    return Text(words, style=COLOURS.get(state.status, ""))


def _outcome(state: RunState) -> str:
    if state.error:
        return f"{state.error.get('type')}: {state.error.get('message')}"
    return headline(state.result or {}).partition(" on ")[0]
