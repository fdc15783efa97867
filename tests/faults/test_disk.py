"""Faults of the disk: full, damaged, of another version, on a network."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from jupyter_progress.core.requests import RunRequest, check_run_request
from jupyter_progress.store import database
from jupyter_progress.store.journal import JournalWriter
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.training.launch import start_keeper
from jupyter_progress.training.plain_journal import find_last_event
from jupyter_progress.training.recover import recover_run
from jupyter_progress.training.submit import create_run

from ..jupyter_process import SCALE
from ..store.bench import Bench, Index
from . import producer
from .conftest import Site, request
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


class SmallDisk:
    """A file system of a few megabytes that can be filled and given room again."""

    def __init__(self, mount: Path) -> None:
        self.path = mount
        self._filler = mount / "filler"

    def fill(self) -> None:
        """Take all room, and again what has become free since."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size):
                        pass
        assert os.statvfs(self.path).f_bfree == 0

    @property
    def is_full(self) -> bool:
        return os.statvfs(self.path).f_bfree == 0

    def give_room(self) -> None:
        self._filler.unlink()


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SmallDisk]:
    mount = tmp_path / "small"
    mount.mkdir()
    size = getattr(request, "param", "48m")
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mount)]
    if not shutil.which("mount") or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a tmpfs here")
    yield SmallDisk(mount)
    subprocess.run(["umount", "--lazy", str(mount)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("small_disk", ["256k"], indirect=True)
def test_small_file_system_that_fills_up_loses_no_fact(small_disk: SmallDisk) -> None:
    path = small_disk.path / "worker-1.jsonl"
    writer = JournalWriter(path)
    writer.append("stage_started", {"stage": "fit"}, flush=True)
    small_disk.fill()
    for number in range(200):
        writer.append("activity_update", {"id": f"{number}", "text": "x" * 100})
    assert not writer.flush()
    small_disk.give_room()
    writer.close()
    lines = path.read_text().splitlines()
    assert [f'"sequence":{number},' in line for number, line in enumerate(lines, 1)] == [True] * 201


BOOSTING = "sklearn.ensemble.GradientBoostingClassifier"


def boosting(trees: int) -> dict[str, Any]:
    return {**request(trees), "estimator": {"class": BOOSTING, "params": {"n_estimators": trees}}}


def refused(site: Site, method: str, path: str, body: Any) -> tuple[int, str, bool]:
    """The status, the reason and whether to ask again, of what a full disk refuses."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        site.jupyter.ask(method, path, body)
    with caught.value as error:
        told = json.loads(error.read())
    assert "the disk that holds the data directory is full" in told["message"]
    return error.code, told["reason"], told["retryable"]


@pytest.mark.slow
def test_run_on_a_full_disk_goes_on_and_ends_whole_once_there_is_room(
    small_disk: SmallDisk, tmp_path: Path, watch
) -> None:
    data = {"JUPYTER_PROGRESS_DATA_DIR": str(small_disk.path / "progress")}
    site = Site(tmp_path / "jupyter", **data)
    try:
        witness = watch(site.address)
        run_id = site.jupyter.ask("POST", "runs", boosting(40))["run_id"]
        wait_until(lambda: site.jupyter.get(f"runs/{run_id}")["current_stage"] == "train", 30)
        small_disk.fill()
        full = (507, "disk_full", True)
        assert refused(site, "POST", "activity", {"text": "no room"}) == full
        assert refused(site, "POST", "uploads?format=csv", {"a": "b" * 9000}) == full
        assert refused(site, "POST", "runs", {"kind": "external", "name": "elsewhere"}) == full
        assert refused(site, "POST", "runs", boosting(1)) == full
        assert refused(site, "PATCH", f"runs/{run_id}", {"name": "x" * 150}) == full
        journal = site.data.runs / run_id / "journal" / "worker-1.jsonl"
        small_disk.fill()
        # Long beyond the end of the fit: the worker waits with its model, and says nothing.
        time.sleep(15)
        assert b'"training_completed"' not in journal.read_bytes()
        assert site.jupyter.get(f"runs/{run_id}")["status"] == "running"
        small_disk.give_room()
        state = site.jupyter.wait_for_run(run_id, "completed", "failed", limit_s=60)
        assert state["status"] == "completed", state["error"]
        assert state["stages_completed"][-1] == "save_model"
        assert (site.data.runs / run_id / "model" / "manifest.json").exists()
        site.jupyter.ask("POST", "activity", {"text": "room"})
        logged = site.hold(witness)
        assert set(logged.runs) == {run_id}
        said = [event.data["text"] for event in logged.events if event.type == "activity_update"]
        assert "room" in said
        assert "no room" not in said
        assert not list((site.data.path / "uploads").iterdir())
        assert "Traceback" not in site.jupyter.log()
    finally:
        site.jupyter.stop()


@pytest.mark.slow
@pytest.mark.parametrize("room", ["for the keeper", "for nobody"])
def test_run_that_finds_no_room_in_time_has_failed_for_that(
    small_disk: SmallDisk, room: str
) -> None:
    data = DataDirectory(small_disk.path / "progress").ensure()
    asked = check_run_request(msgspec.convert(boosting(12), RunRequest))
    waits = {"room_wait_s": 3.0 if room == "for nobody" else 6.0}
    run = create_run(data, asked, who="ada", writer="kernel-1a2b3c4d", limits=waits)
    keeper = start_keeper(run, data)
    worker = run.journal("worker-1")
    wait_until(lambda: worker.exists() and b'"stage":"train"' in worker.read_bytes(), 40)
    small_disk.fill()
    pid = int(json.loads(run.worker_file.read_text())["pid"])
    wait_until(lambda: not psutil.pid_exists(pid), 60, "the worker gives up")
    assert not run.exit_file.exists()
    if room == "for nobody":
        wait_until(lambda: keeper.poll() is not None, 60, "the keeper gives up")
        with pytest.raises(OSError, match="No space"):
            recover_run(run)
        assert not run.exit_file.exists()
    small_disk.give_room()
    if room == "for nobody":
        assert recover_run(run)
    wait_until(run.exit_file.exists, 30, "the end of the run")
    end = find_last_event(run.journals)
    assert end is not None
    assert (end["type"], end["data"]["error"]["reason"]) == ("training_failed", "disk_full")


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
def test_database_that_is_damaged_under_a_server_is_made_again_and_views_begin_anew(
    site: Site, watch, drawn: random.Random
) -> None:
    witness = watch(site.address)
    process, run_id = producer.start(site.jupyter, 5, 0.01)
    assert process.wait() == 0
    before = site.settle(witness)
    refusals: list[tuple[int, str]] = []
    with site.database.open("r+b") as file:
        for place in range(0, site.database.stat().st_size, 512):
            file.seek(place)
            file.write(drawn.randbytes(256))
    wal = site.database.with_name(site.database.name + "-wal")
    wal.write_bytes(drawn.randbytes(wal.stat().st_size))

    def asks_until_it_is_found() -> bool:
        try:
            site.jupyter.ask("GET", f"activity?limit={drawn.randrange(1, 500)}")
        except urllib.error.HTTPError as error:
            refusals.append((error.code, json.load(error)["reason"]))
        return witness.follower.view.log_id not in ("", before.log_id)

    wait_until(asks_until_it_is_found, 30)
    assert set(refusals) <= {(503, "unavailable")}
    site.jupyter.ask("POST", "activity", {"text": "after the damage"})
    after = site.settle(witness)
    assert after.log_id != before.log_id
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
