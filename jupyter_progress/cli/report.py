"""``jupyter progress report NOTEBOOK``: bring what a saved notebook shows of runs up to date."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

from ..core.names import is_run_id, shorten
from ..core.times import to_iso
from ..errors import InvalidRequest, ProgressError
from ..panel.bundle import ACTIVITY_SAVED, mime_data, static_forms
from ..panel.json_text import Place
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
from ..store.regular_files import NoRegularFile, open_regular
from ..tracking.local_follow import LocalFollower
from .local_view import data_directory, following, leaderboard_of, print_json

LARGEST_BYTES = 200_000_000
OUTCOMES = ("updated", "current", "unknown", "left")

log = logging.getLogger(__name__)


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
        facts, is_right = _guarded(path, arguments)
        told.append(facts)
        is_fault = is_fault or not is_right
    if arguments.json:
        print_json({"notebooks": told, "written": not arguments.check})
    return 1 if is_fault else 0


def _guarded(path: Path, arguments: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """Do one notebook; what is told of it, and whether all of it is right."""
    try:
        renewed, is_changed = _brought_up_to_date(path, arguments.check)
    except ProgressError as error:
        return _refused(path, error.problem if isinstance(error, InvalidRequest) else str(error))
    except Exception as error:
        # Whatever one notebook brings about, the others go on, and what was written is told.
        log.debug("%r could not be brought up to date", path, exc_info=True)
        return _refused(path, f"cannot be brought up to date ({shorten(repr(error), 200)})")
    if not arguments.json:
        _tell(path, renewed, arguments.check)
    is_left = bool(renewed.unknown or renewed.left or renewed.is_state_left)
    facts = _facts(path, renewed, is_changed)
    return facts, not is_left and not (is_changed and arguments.check)


def _brought_up_to_date(path: Path, is_check: bool) -> tuple[Renewed, bool]:
    """What has become of a notebook, and whether it says something else now."""
    before = _read(path)
    renewed = _renewed(path, before)
    after = renewed.text.encode()
    if after != before and not is_check:
        _write(path, before, after)
    return renewed, after != before


# The file


def _read(path: Path) -> bytes:
    """The whole file.

    Raises
    ------
    InvalidRequest
        It cannot be a notebook, or not be read.
    """
    try:
        # A link is followed, and what it leads to has to be a file: a pipe is not waited for, and
        # a device has no end.
        with os.fdopen(open_regular(os.path.realpath(path)), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            content = b"" if size > LARGEST_BYTES else file.read(LARGEST_BYTES + 1)
    except NoRegularFile as error:
        raise InvalidRequest(str(path), str(error.strerror)) from None
    except FileNotFoundError:
        raise InvalidRequest(str(path), "there is no such file; expected a notebook") from None
    except OSError as error:
        raise InvalidRequest(str(path), f"cannot be read ({error.strerror})") from None
    size = max(size, len(content))
    if size > LARGEST_BYTES:
        raise InvalidRequest(
            str(path),
            f"has {size / 1e6:,.0f} MB; at most {LARGEST_BYTES // 1_000_000} MB are read. "
            "Clear its large outputs first",
        )
    return content


def _write(path: Path, before: bytes, after: bytes) -> None:
    """Replace the file in one step, keeping its permissions; a link goes on pointing to it."""
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
        if not os.access(target, os.W_OK):
            raise InvalidRequest(str(path), "may not be written; nothing was changed")
        if _read(target) != before:
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
    try:
        return _renewed_outputs(text, root)
    except RecursionError:
        raise InvalidRequest(str(path), "is nested too deeply to be read") from None


def _renewed_outputs(text: str, root: Place) -> Renewed:
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
    # A notebook may have any text there, also such as no database takes.
    is_id = is_run_id(output.run_id)
    state = (view.runs.get(output.run_id) or reader.run(output.run_id)) if is_id else None
    if state is None:
        return None
    lines, _ = reader.activity(limit=ACTIVITY_SAVED, run_id=state.run_id)
    scores = Scores(state.run_id)
    scores.replace(reader.series(state.run_id, list(NAMES), LIMIT))
    rows = leaderboard_of(reader, state) if state.search is not None else []
    own = mime_data(state.run_id, state, lines, log_id=log_id, time=now)
    return own, static_forms(state.run_id, state, [], lines, scores.points, rows)


# What is told


def _named(path: Path) -> str:
    """The file's name as a terminal can show it: who made it may have put anything there."""
    name = str(path)
    return name if name.isprintable() else repr(name)


def _refused(path: Path, problem: str) -> tuple[dict[str, Any], bool]:
    """Say why a notebook was not brought up to date."""
    print(f"jupyter progress: {_named(path)}: {problem}", file=sys.stderr)
    return {**_facts(path, Renewed(""), False), "error": problem}, False


def _facts(path: Path, renewed: Renewed, is_changed: bool) -> dict[str, Any]:
    outputs = [
        {"cell": output.cell, "run_id": output.run_id, "outcome": outcome}
        for outcome in OUTCOMES
        for output in getattr(renewed, outcome)
    ]
    return {
        "path": str(path),
        "changed": is_changed,
        "mended_widgets": renewed.mended,
        "left_widgets": renewed.is_state_left,
        "outputs": sorted(outputs, key=lambda output: output["cell"]),
        "error": None,
    }


def _tell(path: Path, renewed: Renewed, is_check: bool) -> None:
    updated, current = renewed.updated, renewed.current
    name = _named(path)
    if not any(getattr(renewed, outcome) for outcome in OUTCOMES):
        print(f"{name}: shows no run")
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
        print(f"{name}: {', '.join(words)}")
    for problem in _problems(renewed):
        print(f"jupyter progress: {name}, {problem}", file=sys.stderr)


def _problems(renewed: Renewed) -> list[str]:
    """What was left as it is, and why."""
    unknown = [
        f"cell {output.cell}: there is no run {shorten(str(output.run_id), 80)!r} in "
        f"{data_directory().path}; its output is left as it is. If it was trained elsewhere, "
        "name the data directory: --data-dir"
        for output in renewed.unknown
    ]
    number = "a number that JSON has no form for (NaN, or one beyond 1e308)"
    left = [
        f"cell {output.cell}: its output holds {number}, and is left as it is. Run the cell again, "
        "or clear its output"
        for output in renewed.left
    ]
    state = f"the state of its widgets holds {number}, and is left as it is. Save it anew"
    return [*unknown, *left, *([state] if renewed.is_state_left else [])]


def _plural(outputs: list[SavedOutput]) -> str:
    return "output" if len(outputs) == 1 else "outputs"
