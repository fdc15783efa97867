"""``jupyter progress doctor``: where everything is, and the story of one run from its journals."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError, version

import msgspec

from .. import __version__
from ..client.discovery import check_server, find_server
from ..client.rest import RestClient
from ..core.events import JournalLine
from ..errors import ProgressError
from ..store.journal_reader import read_journal
from ..store.layout import RunDirectory
from ..store.regular_files import kind_of, regular_files
from .local_view import data_directory, full_run_id

LIBRARIES = ("jupyter-server", "jupyterlab", "ipywidgets", "anywidget", "scikit-learn", "skops")
SHOWN_CHARACTERS = 160
VOLATILE = ("training_progress", "metrics_appended")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("run", nargs="?", help="tell this run's story")


def run(arguments: argparse.Namespace) -> int:
    """Tell the story of a run, or how things stand."""
    if arguments.run is not None:
        return _tell_story(data_directory().run(full_run_id(arguments.run)))
    return _tell_state()


def _tell_state() -> int:
    print(f"jupyter-progress {__version__}, Python {platform.python_version()} ({sys.executable})")
    for name in LIBRARIES:
        print(f"  {name} {_version_of(name)}")
    directory = data_directory()
    print(f"data directory {directory.path}, {len(directory.run_ids())} runs")
    address = find_server()
    if address is None:
        print("no Jupyter server is running; runs of notebooks and scripts work without one")
        return 0
    try:
        facts = check_server(RestClient(address))["server"]
    except ProgressError as error:
        print(f"server {address.url}: {error}")
        return 1
    print(f"server {address.url}: jupyter-progress {facts['version']}, Python {facts['python']}")
    return 0


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "is not installed"


def _tell_story(directory: RunDirectory) -> int:
    """Every fact of every writer, in order of time, and what is wrong with the files."""
    print(f"run directory {directory.path}")
    lines: list[tuple[str, str, JournalLine]] = []
    reports: Counter[str] = Counter()
    for path in sorted(directory.journals.glob("*.jsonl")):
        if (kind := kind_of(path)) is not None:
            print(f"  {path.name} is no journal but {kind}; it is passed over")
    for path in sorted(regular_files(directory.journals, ".jsonl")):
        part = read_journal(path, 0)
        facts = [line for line in part.lines if line.type not in VOLATILE]
        lines += [(line.time, path.stem, line) for line in facts]
        reports[path.stem] = len(part.lines) - len(facts)
        for damage in part.damaged:
            print(f"  damaged line in {path.name}: {damage}")
    for time, writer, line in sorted(lines, key=lambda found: (found[0], found[1])):
        data = msgspec.json.encode(line.data).decode()
        cut = data if len(data) <= SHOWN_CHARACTERS else data[: SHOWN_CHARACTERS - 1] + "…"
        print(f"  {time} {writer:>10} {line.sequence:>5} {line.type} {cut}")
    for writer, count in reports.items():
        if count:
            print(f"  and {count:,} reports of progress by {writer}")
    end = directory.exit()
    print(f"exit.json: {json.dumps(end) if end is not None else 'not written'}")
    return 0
