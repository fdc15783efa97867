"""A server that holds its data directory to its limits, and the command that does it at once."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.cli import main as cli
from jupyter_progress.errors import LockTaken
from jupyter_progress.store.locks import FileLock
from jupyter_progress.store.pruning import LOCK
from jupyter_progress.tracking.run import Run

from .conftest import DIGITS

WEEK_S = 8 * 24 * 3600.0


@pytest.fixture
def extension_config() -> dict[str, Any]:
    return {"max_runs": 3, "prune_every_s": 0.3}


def make_run(name: str) -> str:
    with Run(name, display=False) as run:
        run.log(loss=1.0)
    return run.run_id


def make_old(folder: Path) -> None:
    for path in (folder, *folder.iterdir()):
        os.utime(path, (time.time() - WEEK_S,) * 2)


async def until(holds: Any, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_oldest_runs_are_forgotten_as_by_delete_but_not_one_that_goes_on(
    ask: Any, services: Any, open_stream: Any, scaled: Any
) -> None:
    stream = await open_stream(since=0)
    going_on = Run("going on", display=False)
    await services.work(going_on.__enter__)
    names = [f"run {n}" for n in range(4)]
    made = [await services.work(make_run, name) for name in names]
    deleted = [(await stream.until("run_deleted"))["run_id"] for _ in range(2)]
    assert deleted == made[:2]
    told = await stream.until("activity_update")
    assert told["data"]["text"] == "run 1 was deleted"
    kept = [run["run_id"] for run in (await ask("GET", "runs")).json["runs"]]
    assert kept == [made[3], made[2], going_on.run_id]
    assert services.data.run_ids() == kept[::-1]
    assert (await ask("GET", f"runs/{made[0]}")).json["reason"] == "unknown_run"
    # The command does the same beside a server that runs, which is told by a journal.
    status = await services.work(cli, ["prune", "--max-runs", "2"])
    assert status == 0
    assert (await stream.until("run_deleted"))["run_id"] == made[2]
    await services.work(going_on.__exit__, None, None, None)
    assert (await ask("GET", "runs")).status == 200


async def test_upload_that_no_run_needs_is_removed_and_one_that_a_run_waits_for_stays(
    ask: Any, services: Any, scaled: Any
) -> None:
    services.queue.stop(interrupt=False)
    rows = b"a,b,y\n" + b"".join(b"%d,%d,%d\n" % (n, n % 7, n % 2) for n in range(60))
    ids = [  # the same content would be the same upload
        (await ask("POST", "uploads", rows * n, params={"format": "csv"})).json["id"]
        for n in (1, 2, 3)
    ]
    dataset = {"source": "upload", "id": ids[0], "target": "y"}
    answer = await ask("POST", "runs", {**DIGITS, "dataset": dataset})
    assert answer.status == 201, answer.body
    for upload in ids[:2]:
        make_old(services.data.uploads / upload)
    gone = services.data.uploads / ids[1]
    await until(lambda: not gone.exists(), scaled(10))
    assert sorted(path.name for path in services.data.uploads.iterdir()) == sorted([ids[0], ids[2]])


async def test_nothing_is_removed_while_another_process_removes(services: Any) -> None:
    services.retention.stop()
    made = [await services.work(make_run, f"run {n}") for n in range(4)]
    await until(lambda: len(services.reader.runs()[0]) == 4, 10)
    services.retention._stopping.clear()
    with FileLock(services.data.path / LOCK), pytest.raises(LockTaken):
        await services.work(services.retention.look)
    removed = await services.work(services.retention.look)
    assert [(removal.id, removal.reason) for removal in removed] == [(made[0], "count")]
    assert removed[0].size_bytes > 0
