"""``jupyter progress runs``: the runs, all or those that fit."""

from __future__ import annotations

import argparse
import re
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..core.activity import headline
from ..core.durations import duration
from ..core.ending import stalled_words, stopped_early
from ..core.guessed import percent
from ..core.queueing import place_words
from ..core.run_query import read_run_query
from ..core.state import RunState
from ..core.transitions import ACTIVE, ENDED
from .local_view import data_directory, list_runs, print_json
from .terminal import COLOURS

GOING = ("running", "stopping")
TITLES = ("run", "name", "status", "took", "outcome")
NAME, OUTCOME = TITLES.index("name"), TITLES.index("outcome")
NAME_WIDTH = 40  # on a terminal; a pipe gets it whole
OUTCOME_WIDTH = 18  # what an outcome gets before a name does: "accuracy 0.9722"
MIN_WIDTH = 4
COLUMN_GAP = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("words", nargs="*", help="in a run's name, id, tags or estimator")
    several: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument(
        "--status", choices=sorted(ACTIVE | ENDED), help="only runs of this status; several: any",
        **several,
    )  # fmt: skip
    parser.add_argument("--tag", help="only runs with this tag; several: all", **several)
    parser.add_argument("--estimator", help="only runs of this class; several: any", **several)
    parser.add_argument(
        "--metric", help="what a metric must be: 'test.accuracy>0.9'; several: all", **several
    )
    parser.add_argument(
        "--sort",
        help="newest, oldest, name, duration, score or a metric; --sort=-score: best first",
    )
    parser.add_argument("--limit", type=_count, default=20, help="at most so many (default: 20)")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs; expected 1 or more")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """List the runs."""
    query = read_run_query(
        q=" ".join(arguments.words),
        status=arguments.status,
        tag=arguments.tag,
        estimator=arguments.estimator,
        metric=arguments.metric,
        sort=arguments.sort,
    )
    shown = list_runs(query, arguments.limit)
    if arguments.json:
        print_json({"runs": shown})
    elif not shown:
        print("No run fits." if data_directory().run_ids() else "No runs.")
    else:
        console = Console()
        rows = [_cells(state) for state in shown]
        if console.is_terminal:
            _fit(rows, console.width)
        # Wider than the terminal rather than cut by rich, which would cut the ids too.
        Console(width=max(console.width, _width(rows))).print(_table(rows))
    return 0


def _fit(rows: list[tuple[Text, ...]], width: int) -> None:
    """Cut names and outcomes, never ids: what is listed is there to be asked for by its id."""
    names, outcomes = _column_width(rows, NAME), _column_width(rows, OUTCOME)
    room = width - _width(rows) + names + outcomes
    name_width = min(names, NAME_WIDTH, room - min(outcomes, OUTCOME_WIDTH))
    name_width = max(name_width, MIN_WIDTH)
    for row in rows:
        row[NAME].truncate(name_width, overflow="ellipsis")
        row[OUTCOME].truncate(max(room - name_width, MIN_WIDTH), overflow="ellipsis")


def _column_width(rows: list[tuple[Text, ...]], column: int) -> int:
    return max(len(TITLES[column]), *(row[column].cell_len for row in rows))


def _width(rows: list[tuple[Text, ...]]) -> int:
    return sum(_column_width(rows, column) + COLUMN_GAP for column in range(len(TITLES)))


def _table(rows: list[tuple[Text, ...]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in TITLES:
        table.add_column(title, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _cells(state: RunState) -> tuple[Text, ...]:
    took = duration(state.elapsed_time) if state.elapsed_time is not None else ""
    return (
        Text(state.run_id),
        Text(state.name),
        _status(state),
        Text(took),
        Text(_outcome(state), style="dim"),
    )


def _status(state: RunState) -> Text:
    words = f"{state.status} {percent(state)}" if state.status in GOING else state.status
    if state.queue_place is not None:
        words = f"{state.status}, {place_words(state.queue_place)}"
    return Text(words, style=COLOURS.get(state.status, ""))


def _outcome(state: RunState) -> str:
    if state.error:
        # A message can have many lines; a row has one.
        return " ".join(f"{state.error.get('type')}: {state.error.get('message')}".split())
    figure = re.sub(r" on [0-9,]+ test rows$", "", headline(state.result or {}))
    told = (stopped_early(state), stalled_words(state), figure)
    return ", ".join(words for words in told if words)
