"""The machine goes down: what no disk had is gone, what is left must still come to an end."""

from __future__ import annotations

import json
import random

import pytest

from jupyter_progress.store.journal import tell
from jupyter_progress.store.layout import RunDirectory
from jupyter_progress.training.plain_journal import PlainJournal
from jupyter_progress.training.recover import recover_run

from ..store.bench import Bench, Index
from .invariant import check_rebuilt, differences, read_log


def go_down(run: RunDirectory, journal: str, lost: int) -> None:
    """Leave the run as a machine does that lost power, with the end of one journal not on disk."""
    path = run.journal(journal)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: len(lines) - lost]))
    run.lock_file.write_text(json.dumps({"pid": 1, "start_time": 0.0, "boot_id": "another"}))
    run.write_json(run.keeper_file, {"pid": 1, "start_time": 0.0, "boot_id": "another"})


@pytest.mark.parametrize("share", ["one line", "some lines"])
@pytest.mark.parametrize("journal", ["keeper", "worker-1"])
def test_run_ends_as_interrupted_though_the_log_knows_more_than_the_disk_kept(
    bench: Bench, drawn: random.Random, journal: str, share: str
) -> None:
    run = bench.run()
    worker = bench.begin(run, bench.queue(run))
    bench.train(worker, steps=5)
    keeper = PlainJournal(run.journal("keeper"))
    for number in range(40):
        told = {"id": f"k{number}", "level": "info", "kind": "note", "text": f"second {number}"}
        keeper.append("activity_update", told)
    keeper.close()
    database = bench.data.path / "log-0.db"
    index = Index(bench, database).settle()
    bench.close()
    count = {"keeper": 40, "worker-1": 5}[journal]
    go_down(run, journal, 1 if share == "one line" else drawn.randint(1, count))
    assert recover_run(run)
    index.settle()
    assert index.states()[run.run_id].status == "interrupted"
    missing, _lost = differences(bench.data, read_log(database))
    assert not missing
    index.close()


def test_machine_that_goes_down_with_nothing_lost_leaves_the_same_state_everywhere(
    bench: Bench,
) -> None:
    run = bench.run()
    worker = bench.begin(run, bench.queue(run))
    tell(worker, run.run_id, "stage_started", {"stage": "train"}, "digits")
    bench.writer(run, "keeper").append("training_progress", {"resources": {}}, flush=True)
    bench.close()
    go_down(run, "keeper", 0)
    database = bench.data.path / "log-0.db"
    index = Index(bench, database).settle()
    assert recover_run(run)
    index.settle()
    check_rebuilt(bench.data, read_log(database))
    index.close()
