"""Faults of the disk: full, damaged, of another version, on a network."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_progress.store import database
from jupyter_progress.store.journal import JournalWriter

from ..jupyter_process import SCALE
from ..store.bench import Bench, Index
from . import producer
from .conftest import Site
from .invariant import check_log, check_rebuilt, read_log
from .witness import wait_until

pytestmark = pytest.mark.timeout(180 * SCALE)


def test_full_disk_stops_no_training_and_all_is_logged_once_there_is_room(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.data.path / "log-0.db"
    index = Index(bench, path).settle()
    run = bench.run()
    worker = bench.begin(run, bench.queue(run))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    journal = run.journal("worker-1").stat().st_size
    try:
        # Neither the log has room, nor the journal for more than a part of a line.
        resource.setrlimit(resource.RLIMIT_FSIZE, (journal + 50, limits[1]))
        bench.train(worker, steps=30)
        with pytest.raises(sqlite3.OperationalError):
            index.settle()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    bench.complete(run, worker)
    index.settle()
    assert index.states()[run.run_id].status == "completed"
    check_log(bench.data, read_log(path))
    check_rebuilt(bench.data, read_log(path))
    index.close()


@pytest.mark.slow
def test_server_on_a_full_disk_catches_up_when_there_is_room_again(site: Site, watch) -> None:
    witness = watch(site.address)
    wait_until(lambda: witness.follower.connection == "live", 5)
    assert site.jupyter.process is not None
    pid = site.jupyter.process.pid
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, limits[1]))
    process, run_id = producer.start(site.jupyter, 10, 0.05)
    assert process.wait() == 0  # a script has its own disk's trouble, not its server's
    assert run_id not in witness.follower.view.runs
    assert site.jupyter.get("status")["runs"] == []
    resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    assert site.hold(witness).runs[run_id].status == "completed"


@pytest.mark.slow
def test_small_file_system_that_fills_up_loses_no_fact(tmp_path: Path, site: Site) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(mount)]
    if subprocess.run(words, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a tmpfs here")
    try:
        filler = mount / "filler"
        writer = JournalWriter(mount / "worker-1.jsonl")
        writer.append("stage_started", {"stage": "fit"}, flush=True)
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"x" * 4096):
                pass
        assert os.statvfs(mount).f_bfree == 0
        for number in range(200):
            writer.append("activity_update", {"id": f"{number}", "text": "x" * 100})
        writer.flush()
        filler.unlink()
        writer.close()
        lines = (mount / "worker-1.jsonl").read_text().splitlines()
        assert [f'"sequence":{number},' in line for number, line in enumerate(lines, 1)] == [
            True
        ] * 201
    finally:
        subprocess.run(["umount", str(mount)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["overwritten", "truncated", "lost", "of another program"])
def test_damaged_database_is_made_again_and_views_begin_anew(
    site: Site, watch, drawn: random.Random, damage: str
) -> None:
    witness = watch(site.address)
    process, run_id = producer.start(site.jupyter, 5, 0.01)
    assert process.wait() == 0
    before = site.settle(witness)
    if damage == "overwritten" or drawn.random() < 0.5:
        site.jupyter.stop()
    else:
        site.jupyter.kill()
        with contextlib.closing(sqlite3.connect(site.database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(site.database.read_bytes())
    if damage == "overwritten":
        place = drawn.randrange(len(content) - 64)
        content[place : place + 64] = drawn.randbytes(64)
    elif damage == "truncated":
        del content[drawn.randrange(4096, len(content) - 4096) :]
    else:
        content[:] = b"" if damage == "lost" else b"something else entirely" * 99
    site.database.write_bytes(content)
    site.jupyter.start()
    wait_until(lambda: witness.follower.view.log_id not in ("", before.log_id), 20)
    after = site.settle(witness)
    assert after.log_id != before.log_id
    assert after.runs.keys() == before.runs.keys()
    assert after.runs[run_id].status == "completed"
    assert after.series == before.series
    witness.check(before, after)


@pytest.mark.slow
def test_database_of_a_later_version_is_left_as_it_is(site: Site) -> None:
    site.jupyter.ask("POST", "activity", {"text": "kept"})
    site.settle()
    site.jupyter.stop()
    command = f"import sqlite3; c = sqlite3.connect({str(site.database)!r}); "
    command += f"c.execute('PRAGMA user_version = {database.SCHEMA_VERSION + 1}')"
    subprocess.run([sys.executable, "-c", command], check=True)
    content = site.database.read_bytes()
    site.jupyter.start()
    assert "Upgrade jupyter-progress" in site.jupyter.log()
    site.jupyter.stop()
    assert site.database.read_bytes() == content


def test_log_on_a_network_file_system_does_without_wal(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "is_on_network", lambda _path: True)
    path = bench.data.path / "log-0.db"
    for _ in range(2):
        index = Index(bench, path)
        assert index.log.journal_mode == "delete"
        bench.whole_run()
        index.settle()
        assert not path.with_name("log-0.db-wal").exists()
        check_log(bench.data, read_log(path))
        check_rebuilt(bench.data, read_log(path))
        index.close()
