"""Taking a run: its directory, its request, and the first lines of its journal."""

from __future__ import annotations

import secrets
import sys
import time as clock
from pathlib import Path
from typing import Any

import msgspec

from ..core.functions import FunctionRequest
from ..core.names import new_run_id, shorten
from ..core.requests import Executor
from ..core.run_requests import KeptRequest
from ..core.times import to_iso
from ..errors import Unavailable
from ..store.journal import JournalWriter, refuse_unwritten, tell
from ..store.layout import DataDirectory, RunDirectory


def create_run(
    data_dir: DataDirectory,
    request: KeptRequest,
    *,
    who: str,
    writer: str,
    limits: dict[str, Any] | None = None,
    time: float | None = None,
    entropy: int | None = None,
) -> RunDirectory:
    """Take a run. It is queued, and on disk, on return; ``launch.start_keeper`` starts it.

    Parameters
    ----------
    request
        Checked before.
    who
        The user who asked.
    writer
        Who journals it: ``server-0``, ``kernel-1a2b3c4d``.
    limits
        ``root_dir``: what a data file's path is relative to (default: the executor's working
        directory); ``allowed``: packages that estimators may come from; ``threads``: for BLAS and
        OpenMP; ``memory_bytes``, ``time_s``: the keeper ends a run that goes over;
        ``room_wait_s``: how long worker and keeper wait for room on a full disk;
        ``checkpoint_every_s``: seconds of training between two checkpoints, at least.
    time, entropy
        For the run's id: seconds since 1970-01-01 UTC, and 32 random bits.

    Returns
    -------
    RunDirectory

    Raises
    ------
    DiskFull, Unavailable
        The disk did not take it; there is no such run.
    """
    now = clock.time() if time is None else time
    run_id = new_run_id(now, secrets.randbits(32) if entropy is None else entropy)
    name = request.name or default_name(request)
    executor = _whole_executor(request.executor)
    spec = msgspec.to_builtins(
        msgspec.structs.replace(request, name=name, executor=Executor(**executor))
    )
    queued = {
        "name": name,
        "spec": _shown(spec),
        "who": who,
        "kind": request.kind,
        "tags": request.tags,
    }
    facts = {
        "run_id": run_id,
        "name": name,
        "kind": request.kind,
        "who": who,
        "time": to_iso(now),
        "tags": request.tags,
        "request": spec,
        "executor": executor,
        "limits": limits or {},
        # The queuing line is the first that its writer journals of this run.
        "queued_by": {"writer": writer, "sequence": 1},
    }
    run = data_dir.create_run(run_id, facts)
    _queue(run, writer, queued)
    return run


def _queue(run: RunDirectory, writer: str, queued: dict[str, Any]) -> None:
    """Journal that a run is queued; one whose line the disk does not take is no run."""
    journal = JournalWriter(run.journal(writer))
    try:
        tell(journal, run.run_id, "training_queued", queued, queued["name"], queued["who"])
        refuse_unwritten(journal, 1)
    except Unavailable:
        run.delete()
        raise
    finally:
        journal.close()


def default_name(request: KeptRequest) -> str:
    """What a run without a name is called: ``RandomForestClassifier on digits``."""
    if isinstance(request, FunctionRequest):
        return "Own function"
    dataset = request.dataset
    if dataset.get("source") == "sklearn":
        data = str(dataset.get("name"))
    elif dataset.get("source") == "file":
        data = Path(str(dataset.get("path"))).name
    else:
        data = "own data"
    cls = request.estimator.get("class")
    estimator = str(cls).rpartition(".")[2] if cls else "Own estimator"
    return shorten(f"{estimator} on {data}", 150)


def _whole_executor(executor: Executor | None) -> dict[str, Any]:
    given = executor or Executor()
    return {
        "python": given.python or sys.executable,
        "cwd": given.cwd or str(Path.cwd()),
        "sys_path": list(given.sys_path or []),
    }


def _shown(spec: dict[str, Any]) -> dict[str, Any]:
    """The request as views show it; an interpreter's search path is long and no use there."""
    executor = spec.get("executor") or {}
    return {**spec, "executor": {**executor, "sys_path": None}}
