"""Attempts: a run that is resumed is trained by its next worker, on what the one before left.

Attempt N of a run is the work of ``worker-N`` under a keeper of its own. ``attempt.json`` says
which one it is, and where the journals stood when it was asked for: what stands there tells of the
attempts before. It is written once for each resumption, under the run's lock; a run that was never
resumed has none. The keeper imports this file, so it needs the standard library and psutil.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ..core.kinds import has_keeper
from ..store.durable_files import PRIVATE_FOLDER, sync_folder
from ..store.layout import DataDirectory, RunDirectory, read_json_object
from ..store.locks import is_locked

# What ended a worker from outside: what it was doing can come to its end the next time. A failure
# of the training itself would come again, unless it left something behind to go on from.
FROM_OUTSIDE: Final = frozenset(
    {
        "worker_killed", "worker_crashed", "worker_silent", "worker_not_started",
        "keeper_killed", "keeper_not_started", "out_of_memory", "disk_full", "time_limit",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """One attempt at a run.

    Parameters
    ----------
    number
        1 for the first; a resumption is one more.
    after
        The last sequence of each journal that belongs to the attempts before.
    earlier_s
        Seconds that these took.
    writer
        Who asked for it and is to start its keeper; empty for the first one.
    """

    number: int = 1
    after: dict[str, int] = field(default_factory=dict)
    earlier_s: float = 0.0
    writer: str = ""

    @property
    def worker(self) -> str:
        """The writer's name of its worker."""
        return f"worker-{self.number}"


def attempt_of(run: RunDirectory) -> Attempt:
    """The attempt that a run's directory is in."""
    found = read_json_object(run.attempt_file)
    if found is None:
        return Attempt()
    return Attempt(
        number=int(found["number"]),
        after={str(writer): int(n) for writer, n in found["after"].items()},
        earlier_s=float(found["earlier_s"]),
        writer=str(found["writer"]),
    )


def begin_attempt(run: RunDirectory, attempt: Attempt) -> None:
    """Make room for the next attempt, with the run's lock held; nothing of the last one is lost.

    Killed between any two steps, the run has ended as before, or is ready to be started. So the
    file by which everybody knows that it has ended goes last.
    """
    before = attempt.number - 1
    # Whoever sees these without an exit.json takes the run for one that lost its keeper.
    for path in (run.keeper_file, run.worker_file):
        if path.exists():
            path.replace(_aside(path, before))
    _set_controls_aside(run, before)
    facts = {
        "number": attempt.number,
        "after": attempt.after,
        "earlier_s": attempt.earlier_s,
        "writer": attempt.writer,
    }
    run.write_json(run.attempt_file, facts)
    if not run.exit_file.exists():  # its server was killed before it could write that
        run.write_json(run.exit_file, {"exit_status": None, "signal": None, "asked": None})
    run.exit_file.replace(_aside(run.exit_file, before))
    sync_folder(run.path)


def is_to_start_here(run: RunDirectory, data_dir: DataDirectory) -> bool:
    """Whether a process that is no server is to start the keeper of an attempt after the first.

    Two that think so do no harm: the second keeper finds the run's lock taken, and ends.
    """
    attempt = attempt_of(run)
    if attempt.number == 1 or run.exit_file.exists():
        return False
    slot = attempt.writer.removeprefix("server-")
    is_servers = slot != attempt.writer
    return not (is_servers and is_locked(data_dir.path / f"log-{slot}.lock"))


def has_begun(run: RunDirectory, number: int) -> bool:
    """Whether an attempt after the first has been made room for."""
    return _aside(run.exit_file, number - 1).exists()


def may_resume(run: RunDirectory, kind: str, reason: str | None = None) -> bool:
    """Whether a run that ended badly has something to go on from.

    Parameters
    ----------
    kind
        Of the run.
    reason
        Why it failed, as a code; None where it was interrupted.
    """
    if not has_keeper(kind):  # it is resumed where it trains
        return False
    return reason is None or reason in FROM_OUTSIDE or has_checkpoint(run)


def has_checkpoint(run: RunDirectory) -> bool:
    """Whether an attempt has left something in the run's folders of checkpoints."""
    return any(map(_has_entries, (run.checkpoints, run.own_checkpoints)))


def _has_entries(folder: Path) -> bool:
    try:
        return any(not entry.name.startswith(".") for entry in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return False


def drop_checkpoints(run: RunDirectory) -> None:
    """Remove what nobody can go on from any more; what a user's own code keeps is the user's."""
    shutil.rmtree(run.checkpoints, ignore_errors=True)


def with_resumable(
    run: RunDirectory, kind: str, event_type: str, facts: dict[str, Any]
) -> dict[str, Any]:
    """A last event's facts, saying whether the run can be resumed."""
    if event_type == "training_interrupted":
        return {**facts, "resumable": may_resume(run, kind)}
    if event_type == "training_failed":
        reason = str(facts["error"].get("reason"))
        return {**facts, "resumable": may_resume(run, kind, reason)}
    return facts


def _set_controls_aside(run: RunDirectory, number: int) -> None:
    """What was asked of the last attempt is done with."""
    aside = _aside(run.controls, number)
    if aside.exists():  # killed here before; since then nothing could be asked
        shutil.rmtree(run.controls, ignore_errors=True)
    elif run.controls.exists():
        run.controls.rename(aside)
    run.controls.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def _aside(path: Path, number: int) -> Path:
    """``exit-1.json`` for ``exit.json`` of the first attempt."""
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
