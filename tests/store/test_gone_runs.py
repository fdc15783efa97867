"""Runs that are deleted, and directories removed by hand: forgotten, and known again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_progress.store.journal import tell

from .bench import Bench, Index

MakeIndex = Callable[..., Index]


def test_deleted_run_is_forgotten_but_offsets_stay(
    bench: Bench, index: MakeIndex, tmp_path: Path
) -> None:
    path = tmp_path / "log-0.db"
    gone, kept = bench.whole_run(), bench.whole_run()
    found = index(path).settle()
    before = found.log.head
    server = bench.server(0)
    sequence = tell(server, "server-0", "run_deleted", {}, "digits", "ada", run_id=gone.run_id)
    found.settle()
    gone.delete()
    found.settle()
    events = found.reader.events(0, 999)
    assert len(events) == before + 2
    assert [event.type for event in events[-2:]] == ["run_deleted", "activity_update"]
    blank = [event for event in events if event.type == "removed"]
    assert len(blank) == 8
    assert all(event.data == {} and event.run_id is None for event in blank)
    assert set(found.states()) == {kept.run_id}
    assert found.reader.series(gone.run_id) == {}
    feed, _next = found.reader.activity()
    assert feed[0].text == "digits was deleted"
    assert sum(line.run_id == gone.run_id for line in feed) == 1
    assert found.indexer.logged("server-0", "server-0", sequence, 0)
    found.close()
    rebuilt = index().settle()
    assert set(rebuilt.states()) == {kept.run_id}
    again = index(path).settle()
    assert again.reader.events(0, 999) == events


def test_run_deleted_by_one_server_is_not_read_again_by_another(
    bench: Bench, index: MakeIndex
) -> None:
    run = bench.whole_run()
    server = bench.server(1)
    bench.now += 100
    tell(server, "server-1", "run_deleted", {}, "digits", run_id=run.run_id)
    found = index().settle(5)
    assert found.states() == {}
    assert found.types().count("removed") == 8
    late = bench.writer(run, "kernel-00000000")
    late.append("run_updated", {"name": "ghost"}, flush=True)
    found.indexer.wake()
    found.settle(5)
    assert found.states() == {}
    assert len(found.types()) == 10


def test_run_directory_that_vanishes_is_reported(bench: Bench, index: MakeIndex) -> None:
    run = bench.run()
    bench.begin(run)
    found = index().settle()
    shutil.rmtree(run.path)
    found.settle()
    assert run.run_id in found.indexer.problems[-1]


def test_ended_run_whose_directory_was_removed_is_forgotten(
    bench: Bench, index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_progress.store.vanished.VANISHED_S", 0.0)
    path = tmp_path / "log-0.db"
    gone, kept = bench.whole_run(), bench.whole_run()
    found = index(path).settle()
    shutil.rmtree(gone.path)
    found.settle()
    assert set(found.states()) == {kept.run_id}
    assert found.types()[-2:] == ["run_deleted", "activity_update"]
    assert found.types().count("removed") == 8
    feed, _next = found.reader.activity()
    assert feed[0].text == "digits was deleted: its directory has gone"
    assert found.reader.series(gone.run_id) == {}
    assert list(found.indexer.problems) == []
    types = found.types()
    found.close()
    assert index(path).settle().types() == types


def test_run_directory_removed_while_nobody_looked_is_noticed_at_the_next_start(
    bench: Bench, index: MakeIndex, tmp_path: Path
) -> None:
    path = tmp_path / "log-0.db"
    gone, kept, going_on = bench.whole_run(), bench.whole_run(), bench.run()
    bench.begin(going_on)
    index(path).settle().close()
    shutil.rmtree(gone.path)
    shutil.rmtree(going_on.path)
    found = index(path).settle()
    assert set(found.states()) == {kept.run_id}


def test_run_directory_that_comes_back_is_known_again(
    bench: Bench, index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_progress.store.vanished.VANISHED_S", 0.0)
    run, aside = bench.whole_run(), tmp_path / "aside"
    found = index(tmp_path / "log-0.db").settle()
    before = found.states()
    for _ in range(2):
        run.path.rename(aside)
        found.settle()
        assert found.states() == {}
        aside.rename(run.path)
        found.settle()
        assert found.states() == before
    assert len(found.reader.series(run.run_id)["live_accuracy"]) == 20


def test_runs_whose_whole_folder_is_away_are_not_forgotten(
    bench: Bench, index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_progress.store.vanished.VANISHED_S", 0.0)
    run = bench.whole_run()
    found = index().settle()
    bench.data.runs.rename(tmp_path / "aside")
    found.settle()
    assert set(found.states()) == {run.run_id}
