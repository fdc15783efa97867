"""Lines and files that nobody wrote in good order: each is passed over, all others are logged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.store import journal_reader
from jupyter_progress.store.batch import Batch
from jupyter_progress.store.journal import JournalWriter
from jupyter_progress.store.journal_reader import read_journal
from jupyter_progress.store.regular_files import NoRegularFile
from jupyter_progress.training.plain_journal import last_sequences

from .bench import SCALE, Bench, Index, wait_until
from .odd_files import KINDS, make_other, note, put

MakeIndex = Callable[..., Index]


def test_sequence_that_no_database_holds_ends_no_indexing(bench: Bench, index: MakeIndex) -> None:
    found = index()
    found.indexer.start()
    damaged, other = bench.run(), bench.run()
    bench.queue(other)
    wait_until(lambda: other.run_id in found.states())
    put(damaged.journal("worker-1"), note(19223372036854775808), note(2**63), note(2**53), note(1))
    wait_until(lambda: len(found.indexer.problems) >= 3)
    bench.begin(other)
    wait_until(lambda: found.states()[other.run_id].status == "running")
    assert ("worker-1", 1) in [(writer, n) for _origin, writer, n in found.identities()]
    assert len(found.indexer.problems) == 3
    assert all("is no sequence" in problem for problem in found.indexer.problems)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_regular_file_is_passed_over_and_told_once(
    bench: Bench, index: MakeIndex, kind: str
) -> None:
    run = bench.run()
    make_other(run.journals / "x-1.jsonl", kind)
    server = bench.data.server_journal(3)
    server.parent.mkdir(parents=True)
    make_other(server, kind)
    found = index()
    bench.queue(run)
    found.settle()
    found.settle()
    assert found.states()[run.run_id].status == "queued"
    assert sorted(found.indexer.problems) == sorted(
        f"{path} is no journal but a {kind}" for path in (run.journals / "x-1.jsonl", server)
    )
    # As soon as a journal stands there, it is one.
    path = run.journals / "x-1.jsonl"
    path.rmdir() if kind == "folder" else path.unlink()
    put(path, note(1))
    found.settle()
    assert (run.run_id, "x-1", 1) in found.identities()


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_waits_for_what_has_a_journals_name(bench: Bench, kind: str) -> None:
    run = bench.run()
    bench.begin(run)
    path = run.journals / "x-1.jsonl"
    make_other(path, kind)
    assert last_sequences(run.journals, but="keeper") == {"worker-1": 2}
    with pytest.raises(NoRegularFile, match=f"is a {kind}; expected a regular file"):
        read_journal(path)
    # A training whose own journal is something else goes on, and its facts wait.
    writer = JournalWriter(path)
    assert writer.append("activity_update", {"id": "a"}, flush=True) == 1
    path.rmdir() if kind == "folder" else path.unlink()
    writer.close()
    assert [line.sequence for line in read_journal(path).lines] == [1]


def test_file_in_the_place_of_a_folder_stops_nobody_else(bench: Bench, index: MakeIndex) -> None:
    broken, whole = bench.run(), bench.run()
    broken.journals.rmdir()
    broken.journals.write_bytes(b"")
    (bench.data.runs / "20260921-130000-0000ffff").write_bytes(b"")
    (bench.data.servers / "server-9").write_bytes(b"")
    found = index()
    bench.queue(whole)
    found.settle()
    assert set(found.states()) == {whole.run_id}
    assert any(str(broken.journals) in problem for problem in found.indexer.problems)


def test_journal_that_becomes_a_folder_stops_nobody_else(bench: Bench, index: MakeIndex) -> None:
    run, other = bench.run(), bench.run()
    put(run.journal("worker-1"), note(1))
    found = index()
    found.settle()
    run.journal("worker-1").unlink()
    run.journal("worker-1").mkdir()
    bench.queue(other)
    found.settle()
    assert other.run_id in found.states()


def test_line_without_an_end_is_passed_over(
    bench: Bench, index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_reader, "LINE_LIMIT_BYTES", 3 << 20)
    run = bench.run()
    put(run.journal("worker-1"), note(1), b"\0" * (7 << 20), b"\n", note(2))
    found = index()
    found.settle()
    assert [n for *_place, n in found.identities()] == [1, 2]


class Unforeseen:
    """A log that refuses a batch with certain events in it, as one does that cannot hold them."""

    def __init__(self, found: Index, error: Exception, *texts: str) -> None:
        self.batches: list[int] = []
        self._commit, self._error, self._texts = found.log.commit, error, texts
        found.log.commit = self.commit  # type: ignore[method-assign]

    def commit(self, batch: Batch) -> None:
        self.batches.append(len(batch.events))
        if any(
            event.data.get("text") in self._texts or self._texts == ("*",) for event in batch.events
        ):
            raise self._error
        self._commit(batch)


@pytest.mark.parametrize(
    "error", [OverflowError("too large"), sqlite3.DataError("too big"), KeyError("a mistake")]
)
def test_lines_that_fail_unforeseen_are_passed_over_one_by_one(
    bench: Bench, index: MakeIndex, error: Exception
) -> None:
    run = bench.run()
    bad = {37, 38, 199}
    put(run.journal("worker-1"), *(note(n, "bad" if n in bad else "said") for n in range(1, 201)))
    found = index()
    log = Unforeseen(found, error, "bad")
    found.settle()
    assert [n for *_place, n in found.identities()] == [n for n in range(1, 201) if n not in bad]
    problems = list(found.indexer.problems)
    assert len(problems) == 3
    assert all("cannot hold" in problem and run.run_id in problem for problem in problems)
    assert len(log.batches) < 100
    put(run.journal("worker-1"), note(201))
    found.settle()
    assert found.identities()[-1][2] == 201


def test_log_that_holds_nothing_costs_no_more_than_one_line(bench: Bench, index: MakeIndex) -> None:
    run = bench.run()
    put(run.journal("worker-1"), *(note(n) for n in range(1, 101)))
    found = index()
    commit = found.log.commit
    log = Unforeseen(found, OverflowError("all of them"), "*")
    found.indexer.start()
    wait_until(lambda: len(log.batches) > 12)
    rounds = len(log.batches)
    assert not found.indexer.caught_up(1.5)
    assert len(log.batches) <= rounds + 3 * SCALE  # it waits between two attempts
    found.log.commit = commit  # type: ignore[method-assign]
    assert found.indexer.caught_up(10 * SCALE)
    assert len(found.identities()) == 99


def test_line_that_nobody_foresaw_ends_no_indexing(
    bench: Bench, index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_progress.store import assembly

    payload_of = assembly.payload_of

    def mistaken(type: str, data: dict[str, Any]) -> Any:
        if data.get("text") == "bad":
            raise AttributeError("a mistake of ours")
        return payload_of(type, data)

    monkeypatch.setattr(assembly, "payload_of", mistaken)
    run = bench.run()
    put(run.journal("worker-1"), note(1), note(2, "bad"), note(3))
    found = index()
    found.settle()
    assert [n for *_place, n in found.identities()] == [1, 3]
    assert len(found.indexer.problems) == 1


def test_round_that_breaks_off_loses_no_line_and_not_the_thread(
    bench: Bench, index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = index()
    run = bench.run()
    put(run.journal("worker-1"), note(1), note(2))
    telling = found.indexer._telling
    whole = telling.tell
    monkeypatch.setattr(telling, "tell", lambda *_taken, **_how: 1 / 0)
    found.indexer.start()
    wait_until(lambda: len(found.identities()) == 2)
    put(run.journal("worker-1"), note(3))
    monkeypatch.setattr(telling, "tell", whole)
    wait_until(lambda: len(found.identities()) == 3)


def overwrite(path: Path) -> None:
    """Put other bytes into a database and its WAL, of which each keeps its size."""
    for file in (path, path.with_name(path.name + "-wal")):
        file.write_bytes(b"#" * file.stat().st_size)


def test_log_that_is_damaged_while_it_is_open_is_made_again(
    bench: Bench, index: MakeIndex, tmp_path: Path
) -> None:
    run = bench.whole_run()
    renewed: list[str] = []
    path = tmp_path / "log-0.db"
    found = index(path, on_renewed=lambda: renewed.append(found.log.log_id))
    found.indexer.start()
    wait_until(lambda: found.indexer.caught_up(0) and run.run_id in found.states())
    before, first_id = found.identities(), found.log.log_id
    overwrite(path)
    found.reader.turn_to_new_file()  # a connection that is open may still know some pages
    with pytest.raises(sqlite3.DatabaseError):
        found.reader.story(run.run_id)
    wait_until(lambda: bool(renewed))
    assert renewed == [found.log.log_id]
    assert found.log.log_id != first_id
    assert path.with_name("log-0.damaged.db").exists()
    put(run.journal("kernel-x"), note(1, "afterwards"))
    wait_until(lambda: len(found.identities()) > len(before))
    assert set(found.identities()) == {*before, (run.run_id, "kernel-x", 1)}
    assert found.states()[run.run_id].status == "completed"
    assert found.indexer.trouble is None


def test_disk_that_damages_the_log_again_is_not_written_to_without_end(
    bench: Bench, index: MakeIndex, tmp_path: Path
) -> None:
    renewed: list[str] = []
    path = tmp_path / "log-0.db"
    found = index(path, on_renewed=lambda: renewed.append(found.log.log_id))
    bench.whole_run()
    found.indexer.start()
    for _ in range(2):
        wait_until(lambda: found.indexer.caught_up(0))
        found.log.note(sqlite3.NotSupportedError())  # no damage
        found.log.note(ValueError("a row that cannot be read"))
        wait_until(lambda: bool(renewed))
    wait_until(lambda: found.indexer.trouble is not None)
    assert len(renewed) == 1
    assert "damaged again: a row that cannot be read" in str(found.indexer.trouble)
