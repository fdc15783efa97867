from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from jupyter_progress.core.events import Event
from jupyter_progress.core.run_query import RunQuery
from jupyter_progress.core.state import RunState, begun_us
from jupyter_progress.core.times import to_iso
from jupyter_progress.errors import LogTooNew
from jupyter_progress.store import database, soundness
from jupyter_progress.store.batch import Batch, Cursor
from jupyter_progress.store.log import Log
from jupyter_progress.store.statements import sql_text, statements

from .bench import START

RUN = "20260921-130000-{:08x}"


def event(log_or_head: int, number: int, type: str = "stage_started", **facts: object) -> Event:
    return Event(
        type=type,
        time="2026-09-21T13:00:00.000Z",
        data=dict(facts),
        run_id=RUN.format(1),
        origin=RUN.format(1),
        writer="worker-1",
        sequence=number,
        offset=log_or_head + 1,
    )


def add(log: Log, number: int, type: str = "stage_started", **facts: object) -> None:
    log.commit(Batch(log.head, [event(log.head, number, type, **facts)]))


def test_log_that_is_opened_again_is_the_same_log(tmp_path: Path) -> None:
    path = tmp_path / "log-0.db"
    log = Log.open(path, now=START)
    add(log, 1)
    before = log.log_id
    assert (log.openings, log.head, log.journal_mode) == (1, 1, "wal")
    log.close()
    log = Log.open(path, now=START)
    assert (log.log_id, log.openings, log.head) == (before, 2, 1)
    assert path.stat().st_mode & 0o777 == 0o600
    log.close()


@pytest.mark.parametrize(
    "damage", ["no database", "torn pages", "no text", "cut", "empty", "missing offset"]
)
def test_damaged_log_is_set_aside_and_begun_anew(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "log-0.db"
    log = Log.open(path, now=START)
    before = log.log_id
    for number in range(1, 200):
        add(log, number, stage="x" * 200)
    log.close()
    path.with_suffix(".seal").unlink()  # as after a kill
    content = path.read_bytes()
    if damage == "no database":
        path.write_bytes(b"not a database at all" * 1000)
    elif damage == "torn pages":
        path.write_bytes(content[:4096] + b"\xa5" * 8192 + content[12288:])
    elif damage == "no text":
        path.write_bytes(content.replace(b"CREATE TABLE", b"CREATE \xf6ABLE", 1))
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        connection = sqlite3.connect(path)
        connection.execute("DELETE FROM events WHERE offset = 7")
        connection.commit()
        connection.close()
    log = Log.open(path, now=START)
    assert log.log_id != before
    assert (log.head, log.openings) == (0, 1)
    add(log, 1)
    log.close()
    assert (tmp_path / "log-0.damaged.db").exists() == (damage != "empty")


def test_damage_that_a_write_meets_has_even_a_large_log_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "CHECKED_SIZE_BYTES", 0)
    path = tmp_path / "log-0.db"
    log = Log.open(path, now=START)
    for number in range(1, 200):
        add(log, number, stage="x" * 200)
    before = log.log_id
    log.close()
    connection = sqlite3.connect(path)
    page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'activity'")
    start = (page.fetchone()[0] - 1) * 4096
    connection.close()
    content = path.read_bytes()
    path.write_bytes(content[:start] + b"\xa5" * 4096 + content[start + 4096 :])
    log = Log.open(path, now=START)
    assert log.log_id == before
    with pytest.raises(sqlite3.DatabaseError):
        add(log, 200, "activity_update", id="x", level="info", kind="note", text="t")
    log.close()
    log = Log.open(path, now=START)
    assert log.log_id != before
    assert log.head == 0
    log.close()
    assert sorted(found.name for found in tmp_path.glob("log-0*")) == [
        "log-0.damaged.db",
        "log-0.db",
    ]


@pytest.mark.parametrize("ended", ["in order", "by a kill"])
def test_bytes_overwritten_inside_a_row_are_noticed(tmp_path: Path, ended: str) -> None:
    path = tmp_path / "log-0.db"
    log = Log.open(path, now=START)
    for number in range(1, 20):
        add(log, number, stage="somewhere in here")
    before = log.log_id
    log.close()
    assert path.with_suffix(".seal").exists()
    damage = b"elsewhere"  # as good as any other word: only the checksum tells
    if ended == "by a kill":
        path.with_suffix(".seal").unlink()
        damage = b'"}:[,{\x00!x'
    place = path.read_bytes().index(b"somewhere")
    with path.open("r+b") as file:
        file.seek(place)
        file.write(damage)
    log = Log.open(path, now=START)
    assert log.log_id != before
    log.close()


def test_sealed_log_is_opened_as_it_is_and_one_that_was_moved_away_is_made_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / "log-0.db"
    log = Log.open(path, now=START)
    add(log, 1)
    before = log.log_id
    log.close()
    log = Log.open(path, now=START)
    assert (log.log_id, log.head) == (before, 1)
    assert not path.with_suffix(".seal").exists()
    log.close()
    path.rename(tmp_path / "kept.db")
    log = Log.open(path, now=START)
    assert log.log_id != before
    log.close()
    assert not (tmp_path / "log-0.damaged.db").exists()


def test_database_of_another_program_is_set_aside_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "log-0.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    content = path.read_bytes()
    Log.open(path, now=START).close()
    assert (tmp_path / "log-0.damaged.db").read_bytes() == content


def test_log_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "log-0.db"
    log = Log.open(path, now=START)
    add(log, 1)
    log.close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {database.SCHEMA_VERSION + 1}")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(LogTooNew, match=r"Upgrade jupyter-progress"):
        Log.open(path, now=START)
    assert path.read_bytes() == content


def test_network_file_system_gets_a_rollback_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not database.is_on_network(tmp_path / "x")
    path = tmp_path / "log-0.db"
    Log.open(path, now=START).close()
    monkeypatch.setattr(database, "is_on_network", lambda path: True)
    log = Log.open(path, now=START)
    assert log.journal_mode == "delete"
    reader = log.reader()
    add(log, 1)
    assert reader.head() == 1
    add(log, 2)
    assert [found.sequence for found in reader.events(0, 10)] == [1, 2]
    reader.close()
    log.close()


def test_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    log = Log.open(tmp_path / "log-0.db", now=START)
    add(log, 1)
    run = RUN.format(1)
    batch = Batch(
        log.head,
        [event(log.head, 2), event(log.head + 1, 1)],  # the second is known already
        states={run: RunState(run_id=run)},
        points={run: {"loss": [(1.0, 1.0)]}},
        cursors={(run, "worker-1"): Cursor(9, 2)},
    )
    with pytest.raises(sqlite3.IntegrityError):
        log.commit(batch)
    reader = log.reader()
    assert reader.head() == log.head == 1
    assert reader.run(run) is None
    assert reader.series(run) == {}
    assert log.cursors() == {}
    log.commit(Batch(1, [event(1, 2)], points={run: {"loss": [(1.0, 1.0)]}}))
    assert reader.series(run) == {"loss": [[1.0, 1.0]]}
    reader.close()
    log.close()


@pytest.mark.parametrize("place", ["file", ":memory:"])
def test_readers_in_other_threads_see_whole_transactions(tmp_path: Path, place: str) -> None:
    log = Log.open(tmp_path / "log-0.db" if place == "file" else place, now=START)
    reader = log.reader()
    wrong: list[object] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            head, _runs, feed = reader.snapshot()
            if head % 10 or len(feed) != min(head, 50):
                wrong.append((head, len(feed)))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        head = log.head
        facts = {"id": "x", "level": "info", "kind": "note", "text": "t"}
        events = [event(head + n, head + n + 1, "activity_update", **facts) for n in range(10)]
        log.commit(Batch(head, events))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert reader.head() == 300
    reader.close()
    log.close()


def test_runs_are_paged_newest_first_by_status_and_tag() -> None:
    log = Log.open(":memory:", now=START)
    states = {
        RUN.format(n): RunState(
            run_id=RUN.format(n),
            status="running" if n < 3 else "completed",
            tags=["even"] if n % 2 == 0 else ["odd", "x"],
        )
        for n in range(60)
    }
    log.commit(Batch(0, states=states))
    reader = log.reader()
    names = [int(state.run_id[-8:], 16) for state in reader.recent_runs()]
    assert names == [*range(59, 39, -1), 2, 1, 0]
    found: list[int] = []
    before = None
    while True:
        page, before = reader.runs(RunQuery(tags=("even",)), limit=7, before=before)
        found += [int(state.run_id[-8:], 16) for state in page]
        if before is None:
            break
    assert found == list(range(58, -1, -2))
    assert len(reader.runs(RunQuery(statuses=("running",)))[0]) == 3
    running = RunQuery(statuses=("running",), tags=("odd",))
    assert [state.tags for state in reader.runs(running)[0]] == [["odd", "x"]]
    assert reader.runs(limit=60)[1] is None
    assert reader.runs(limit=59)[1] == f"0-{RUN.format(1)}"
    log.commit(Batch(0, states={RUN.format(1): RunState(run_id=RUN.format(1), tags=["new"])}))
    assert reader.runs(RunQuery(tags=("odd",)), limit=99)[0][-1].run_id == RUN.format(3)
    log.close()


def queued(number: int, **facts: Any) -> RunState:
    """A run of one second with 199 others, whose id says nothing of their order."""
    run_id = RUN.format(number * 2654435761 % 2**32)
    return RunState(run_id=run_id, queued_time=to_iso(START + number * 0.005), **facts)


def test_runs_of_one_second_are_paged_in_the_order_in_which_they_were_queued() -> None:
    log = Log.open(":memory:", now=START)
    runs = [queued(n, tags=["all"]) for n in range(200)]
    log.commit(Batch(0, states={run.run_id: run for run in runs}))
    newest_first = [run.run_id for run in reversed(runs)]
    reader = log.reader()
    for asked in (RunQuery(), RunQuery(tags=("all",)), RunQuery(statuses=("queued",))):
        found: list[str] = []
        before = None
        while True:
            page, before = reader.runs(asked, limit=7, before=before)
            found += [state.run_id for state in page]
            if before is None:
                break
        assert found == newest_first, asked
    assert [run.run_id for run in reader.recent_runs()] == newest_first  # all are active
    assert [run.run_id for run in reader.active_runs()] == newest_first[::-1]
    log.close()


def test_page_goes_on_where_it_was_after_runs_came_changed_and_went() -> None:
    log = Log.open(":memory:", now=START)
    runs = [queued(n) for n in range(20)]
    log.commit(Batch(0, states={run.run_id: run for run in runs}))
    reader = log.reader()
    page, before = reader.runs(limit=5)
    ended = [replace(run, status="completed", end_time=to_iso(START + 9)) for run in runs]
    log.commit(Batch(0, states={run.run_id: run for run in [*ended, queued(20)]}))
    gone = page[-1].run_id  # the very run that the page ended with
    log.commit(Batch(0, forgotten={gone: 1}))
    rest, end = reader.runs(limit=50, before=before)
    assert [run.run_id for run in rest] == [run.run_id for run in reversed(runs[:15])]
    assert end is None
    log.close()


def test_log_of_the_schema_before_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "log-0.db"
    connection = sqlite3.connect(path)
    connection.executescript(sql_text("schema-1.sql"))
    connection.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 1")
    started = RunState(run_id=RUN.format(7), start_time=to_iso(START + 9.125))
    runs = [*map(queued, range(5)), started, RunState(run_id=RUN.format(8))]
    connection.executemany(
        "INSERT INTO runs (run_id, status, state) VALUES (?, ?, ?)",
        [(run.run_id, run.status, msgspec.json.encode(run)) for run in runs],
    )
    connection.commit()
    connection.close()
    log = Log.open(path, now=START)
    found = [run.run_id for run in log.reader().runs()[0]]
    order = [started, *reversed(runs[:5]), runs[-1]]
    assert found == [run.run_id for run in order]
    with sqlite3.connect(path) as connection:
        kept = dict(connection.execute("SELECT run_id, begun_us FROM runs"))
    connection.close()
    assert kept == {run.run_id: begun_us(run) for run in runs}
    log.close()


def test_activity_is_paged_newest_first_by_level_and_kind() -> None:
    log = Log.open(":memory:", now=START)
    for number in range(1, 31):
        facts = {
            "id": str(number),
            "level": "error" if number % 3 == 0 else "info",
            "kind": "note" if number % 2 == 0 else "training_failed",
            "text": f"text {number}",
        }
        add(log, number, "activity_update", **facts)
    reader = log.reader()
    page, before = reader.activity(limit=4)
    assert [line.offset for line in page] == [30, 29, 28, 27]
    assert before == 27
    assert [line.offset for line in reader.activity(limit=2, before=before)[0]] == [26, 25]
    both, rest = reader.activity(level="error", kind="note", limit=10)
    assert [line.offset for line in both] == [30, 24, 18, 12, 6]
    assert rest is None
    assert both[0].text == "text 30"
    log.close()


def test_activity_of_one_run_is_found_by_its_index_below_that_of_others() -> None:
    log = Log.open(":memory:", now=START)
    for number in range(1, 31):
        level = "error" if number % 3 == 0 else "info"
        facts = {"id": str(number), "level": level, "kind": "note", "text": f"text {number}"}
        told = event(log.head, number, "activity_update", **facts)
        about = RUN.format(2 if number % 5 == 0 else 1)
        log.commit(Batch(log.head, [replace(told, run_id=about, origin=about)]))
    reader = log.reader()
    run_id = RUN.format(2)
    page, before = reader.activity(limit=4, run_id=run_id)
    assert [line.offset for line in page] == [30, 25, 20, 15]
    assert {line.run_id for line in page} == {run_id}
    rest, end = reader.activity(limit=4, before=before, run_id=run_id)
    assert ([line.offset for line in rest], end) == ([10, 5], None)
    assert [line.offset for line in reader.activity(level="error", run_id=run_id)[0]] == [30, 15]
    asked = dict.fromkeys(("run_id", "level", "kind", "before", "limit"))
    with reader._connection() as connection:
        text = statements("read.sql")["activity_of_run"]
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", asked)]
    assert "events_by_run" in plan[0]
    assert not any("SCAN" in line or "TEMP B-TREE" in line for line in plan), plan
    log.close()


def test_every_statement_can_be_prepared() -> None:
    log = Log.open(":memory:", now=START)
    reader = log.reader()
    with reader._connection() as connection:
        for file in ("read.sql", "write.sql"):
            for name, text in statements(file).items():
                named = dict.fromkeys(
                    ("status", "tag", "before", "before_us", "limit", "level", "kind", "run_id")
                )
                unnamed = [None] * text.count("?")
                connection.execute(
                    f"EXPLAIN {text}", named if ":" in text else unnamed[: _count(text)]
                )
                assert name.islower()
    log.close()


def _count(text: str) -> int:
    numbered = [int(part[0]) for part in text.split("?")[1:] if part[:1].isdigit()]
    return max(numbered, default=text.count("?"))
