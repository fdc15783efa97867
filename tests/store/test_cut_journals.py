"""Journals that were cut, replaced or have lost their end: read again, and nothing logged twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_progress.server.facts import Facts

from .bench import Bench, Index
from .odd_files import note, put

MakeIndex = Callable[..., Index]


@pytest.mark.parametrize("while_down", [False, True])
def test_journal_that_was_cut_or_replaced_is_read_from_its_start(
    bench: Bench, index: MakeIndex, tmp_path: Path, while_down: bool
) -> None:
    run = bench.run()
    worker = bench.begin(run)
    worker.append("stage_started", {"stage": "load"}, flush=True)
    path = tmp_path / "log-0.db"
    found = index(path).settle()
    before = found.identities()
    if while_down:
        found.close()
    lines = worker.path.read_bytes().splitlines(keepends=True)
    worker.close()
    # Shorter; or another file, longer than the one that was read.
    first = lines[0].replace(b'"digits"', b'"longer name"') if while_down else lines[0]
    worker.path.write_bytes(b"".join([first, *lines[1:2], *(lines[2:] if while_down else [])]))
    if while_down:
        found = index(path)
    found.settle()
    assert found.identities() == before
    other = bench.writer(run, "worker-1")
    for stage in ("a", "b", "c"):
        other.append("stage_started", {"stage": stage}, flush=True)
    found.settle()
    new = [event.data["stage"] for event in found.reader.events(len(before), 99)]
    assert new == (["a", "b", "c"] if while_down else ["b", "c"])


def test_journal_that_was_cut_and_has_its_old_size_again_is_read_again(
    bench: Bench, index: MakeIndex
) -> None:
    run = bench.run()
    worker = bench.begin(run)
    worker.append("stage_started", {"stage": "load"}, flush=True)
    found = index().settle()
    before = found.identities()
    *others, last = worker.path.read_bytes().splitlines(keepends=True)
    worker.path.write_bytes(b"".join([*others, last.replace(b'"sequence":3', b'"sequence":4')]))
    found.settle()
    assert found.identities() == [*before, (run.run_id, "worker-1", 4)]


def test_server_goes_on_behind_what_its_log_knows_and_its_disk_has_lost(
    bench: Bench, index: MakeIndex
) -> None:
    lost = {"id": "a", "level": "info", "kind": "note", "text": "lost"}
    bench.server(0).append("activity_update", lost, flush=True)
    found = index().settle()
    assert found.indexer.known_sequence("server-0", "server-0") == 1
    bench.data.server_journal(0).write_bytes(b"")  # it was read before it was on disk
    facts = Facts(bench.data, 0, found.indexer)
    facts.note("info", "kept", who="ada", run_id=None)
    facts.close()
    found.settle()
    assert [event.data["text"] for event in found.reader.events(0, 9)] == ["lost", "kept"]


def test_journal_that_is_cut_and_grows_to_its_old_size_after_a_restart_is_read_again(
    bench: Bench, index: MakeIndex, tmp_path: Path
) -> None:
    path = bench.run().journal("worker-1")
    put(path, note(1))
    index(tmp_path / "log-0.db").settle().close()
    found = index(tmp_path / "log-0.db").settle()
    path.write_bytes(note(2))
    found.settle()
    assert [n for *_place, n in found.identities()] == [1, 2]
