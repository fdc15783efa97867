"""``jupyter progress prune``: forget what is beyond the limits, now; or say what that would be."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.names import shorten
from ..core.retention import Limits, Removal
from ..core.run_query import EVERYTHING
from ..core.state import RunState
from ..models.registry import Registry
from ..store.journal import JournalWriter, tell
from ..store.layout import DataDirectory
from ..store.locks import free_slot
from ..store.pruning import prune
from ..tracking.record import user_name
from ..training.scratch import scratch_folder
from .local_view import data_directory, list_runs, print_json

if TYPE_CHECKING:
    from ..server.extension import JupyterProgress

ALL_RUNS = 1_000_000
PATIENCE_S = 60.0  # for a server that is at it
REASONS = {
    "age": "ended too long ago",
    "count": "beyond the number of runs",
    "size": "beyond the size of the data directory",
    "unused": "no run needs it any longer",
    "unfinished": "was left half made",
}
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    parser.add_argument("--json", action="store_true", help="for a program")
    limits = parser.add_argument_group("limits, by default the server's traits; 0 means no limit")
    limits.add_argument("--keep-days", type=_number, metavar="DAYS", help="after a run's end")
    limits.add_argument("--max-runs", type=_whole, metavar="N", help="how many runs are kept")
    limits.add_argument("--max-bytes", type=_whole, metavar="N", help="of the data directory")
    limits.add_argument(
        "--keep-uploads-hours", type=_number, metavar="HOURS", help="after an upload's last use"
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 0")
    return int(text)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of at least 0")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Prune."""
    data = data_directory()
    with _deleting(data) as delete_run:
        removed = prune(
            data,
            list_runs(EVERYTHING, ALL_RUNS),
            _limits(arguments),
            in_service=Registry(data.models, data.key()).runs_in_service(),
            delete_run=delete_run,
            scratch=_scratch(),
            dry_run=arguments.dry_run,
            wait_s=PATIENCE_S,
        )
    total = sum(removal.size_bytes for removal in removed)
    if arguments.json:
        shown = [dataclasses.asdict(removal) for removal in removed]
        print_json({"dry_run": arguments.dry_run, "removed": shown, "size_bytes": total})
        return 0
    for removal in removed:
        print(_line(removal))
    verb = "would free" if arguments.dry_run else "freed"
    print(f"{verb} {size_text(total)}" if removed else "Nothing is beyond the limits.")
    return 0


def _limits(arguments: argparse.Namespace) -> Limits:
    """The limits of this user's configuration, changed as the command line says."""
    given = {
        "keep_runs_days": arguments.keep_days,
        "max_runs": arguments.max_runs,
        "max_data_bytes": arguments.max_bytes,
        "keep_uploads_hours": arguments.keep_uploads_hours,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    return dataclasses.replace(_configured().limits, **changes)


def _scratch() -> Path | None:
    named = _configured().scratch
    return None if named is None else scratch_folder(named)


def _configured() -> JupyterProgress:
    """The extension's settings, as this user's configuration has them."""
    from jupyter_core.application import JupyterApp

    from ..server.extension import JupyterProgress

    reader = JupyterApp()
    reader.config_file_name = "jupyter_server_config"
    reader.load_config_file()
    return JupyterProgress(config=reader.config)


@contextmanager
def _deleting(data: DataDirectory) -> Iterator[Callable[[RunState], None]]:
    """Delete runs as a server does: told in a server's journal, of a slot that nobody has.

    A server that is running reads it there, and one that is started later does too.
    """
    slot, lock = free_slot(data.path)
    path = data.server_journal(slot)
    journal: JournalWriter | None = None

    def delete(state: RunState) -> None:
        nonlocal journal
        directory = data.run(state.run_id)
        if journal is None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            journal = JournalWriter(path)
        tell(
            journal, f"server-{slot}", "run_deleted", {}, state.name,
            who=user_name(), run_id=state.run_id,
        )  # fmt: skip
        directory.delete()

    try:
        yield delete
    finally:
        if journal is not None:
            journal.close()
        lock.release()


def _line(removal: Removal) -> str:
    name = f" ({shorten(removal.name, 40)})" if removal.name else ""
    return (
        f"{removal.kind} {removal.id}{name}: {size_text(removal.size_bytes)}, "
        f"{REASONS[removal.reason]}"
    )


def size_text(size_bytes: int) -> str:
    """A number of bytes for a person: ``3.4 MiB``."""
    size, unit = float(size_bytes), 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size_bytes} bytes" if unit == 0 else f"{size:.1f} {UNITS[unit]}"
