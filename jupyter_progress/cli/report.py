"""``jupyter progress report NOTEBOOK``: bring what a saved notebook shows of runs up to date."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from ..core.names import shorten
from ..core.times import to_iso
from ..errors import InvalidRequest
from ..panel.bundle import ACTIVITY_SAVED, mime_data, static_forms
from ..panel.saved_notebook import (
    Forms,
    NoNotebook,
    Renewed,
    SavedOutput,
    read_notebook,
    renew,
    saved_outputs,
)
from ..panel.scores import LIMIT, NAMES, Scores
from ..store.durable_files import write_whole
from ..tracking.local_follow import LocalFollower
from .local_view import data_directory, following, leaderboard_of, print_json

LARGEST_BYTES = 200_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("notebook", nargs="+", type=Path, help="a notebook's file")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; end with 1 where it is out of date"
    )
    parser.add_argument("--json", action="store_true", help="for a program")


def run(arguments: argparse.Namespace) -> int:
    """Read each notebook, and write those anew that say something else by now."""
    told = []
    is_fault = False
    for path in arguments.notebook:
        before = _read(path)
        renewed = _renewed(path, before)
        is_changed = renewed.text.encode() != before
        if is_changed and not arguments.check:
            _write(path, before, renewed.text.encode())
        is_fault = is_fault or bool(renewed.unknown) or (is_changed and arguments.check)
        told.append(_facts(path, renewed, is_changed))
        if not arguments.json:
            _tell(path, renewed, arguments.check)
    if arguments.json:
        print_json({"notebooks": told, "written": not arguments.check})
    return 1 if is_fault else 0


# The file


def _read(path: Path) -> bytes:
    """The whole file.

    Raises
    ------
    InvalidRequest
        It cannot be a notebook, or not be read.
    """
    try:
        if path.is_dir():
            raise InvalidRequest(str(path), "is a folder; expected the file of a notebook (.ipynb)")
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise InvalidRequest(
                str(path),
                f"has {size / 1e6:,.0f} MB; at most {LARGEST_BYTES // 1_000_000} MB are read. "
                "Clear its large outputs first",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidRequest(str(path), "there is no such file; expected a notebook") from None
    except OSError as error:
        raise InvalidRequest(str(path), f"cannot be read ({error.strerror})") from None


def _write(path: Path, before: bytes, after: bytes) -> None:
    """Replace the file in one step, keeping its permissions; a link goes on pointing to it."""
    target = path.resolve()
    try:
        mode = target.stat().st_mode
        if not os.access(target, os.W_OK):
            raise InvalidRequest(str(path), "may not be written; nothing was changed")
        if target.read_bytes() != before:
            raise InvalidRequest(str(path), "was changed by somebody meanwhile; try again")
        write_whole(target, after, mode & 0o7777)
    except OSError as error:
        raise InvalidRequest(
            str(path), f"cannot be written ({error.strerror}); it is as it was"
        ) from None


# Its outputs


def _renewed(path: Path, content: bytes) -> Renewed:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest(str(path), "is no notebook: it is no text in UTF-8") from None
    try:
        root = read_notebook(text)
    except NoNotebook as error:
        raise InvalidRequest(str(path), str(error)) from None
    outputs = saved_outputs(text, root)
    if not outputs:
        return Renewed(text)
    known = set(data_directory().run_ids())
    wanted = {output.run_id for output in outputs}
    # Of everything that was going on, every run may be part.
    followed = None if None in wanted else sorted(known & {str(run_id) for run_id in wanted})
    if followed == []:
        return Renewed(text, unknown=outputs)
    with following(followed) as follower:
        return renew(text, root, lambda output: _report(output, follower))


def _report(output: SavedOutput, follower: LocalFollower) -> Forms | None:
    """What an output should hold by now; None where nothing is known of its run."""
    now = to_iso(time.time())
    view, reader = follower.view, follower.reader
    log_id = (output.own or {}).get("log_id")
    if output.run_id is None:
        _, runs, lines = reader.snapshot()
        runs = [view.runs.get(each.run_id, each) for each in runs]
        own = mime_data(None, None, lines, log_id=log_id, time=now)
        return own, static_forms(None, None, runs, lines)
    state = view.runs.get(output.run_id) or reader.run(output.run_id)
    if state is None:
        return None
    lines, _ = reader.activity(limit=ACTIVITY_SAVED, run_id=state.run_id)
    scores = Scores(state.run_id)
    scores.replace(reader.series(state.run_id, list(NAMES), LIMIT))
    rows = leaderboard_of(reader, state) if state.search is not None else []
    own = mime_data(state.run_id, state, lines, log_id=log_id, time=now)
    return own, static_forms(state.run_id, state, [], lines, scores.points, rows)


# What is told


def _facts(path: Path, renewed: Renewed, is_changed: bool) -> dict[str, Any]:
    outputs = [
        {"cell": output.cell, "run_id": output.run_id, "outcome": outcome}
        for outcome in ("updated", "current", "unknown")
        for output in getattr(renewed, outcome)
    ]
    return {
        "path": str(path),
        "changed": is_changed,
        "mended_widgets": renewed.mended,
        "outputs": sorted(outputs, key=lambda output: output["cell"]),
    }


def _tell(path: Path, renewed: Renewed, is_check: bool) -> None:
    updated, current, unknown = renewed.updated, renewed.current, renewed.unknown
    if not (updated or current or unknown):
        print(f"{path}: shows no run")
        return
    verb = "out of date" if is_check else "brought up to date"
    words = []
    if updated:
        words.append(f"{len(updated)} {_plural(updated)} {verb}")
    if current:
        words.append(f"{len(current)} {'was' if len(current) == 1 else 'were'} up to date")
    if renewed.mended:
        words.append("the state of its widgets " + ("has to be mended" if is_check else "mended"))
    if words:
        print(f"{path}: {', '.join(words)}")
    for output in unknown:
        told = shorten(str(output.run_id), 80)
        print(
            f"jupyter progress: {path}, cell {output.cell}: there is no run {told} in "
            f"{data_directory().path}; its output is left as it was. If it was trained elsewhere, "
            "name the data directory: --data-dir",
            file=sys.stderr,
        )


def _plural(outputs: list[SavedOutput]) -> str:
    return "output" if len(outputs) == 1 else "outputs"
