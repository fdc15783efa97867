"""Finding runs in a log: by what is asked, in which order, page by page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from jupyter_progress.core.names import is_page_start
from jupyter_progress.core.run_query import RunQuery, read_run_query
from jupyter_progress.core.state import RunState
from jupyter_progress.core.times import to_iso
from jupyter_progress.errors import InvalidRequest
from jupyter_progress.store import database
from jupyter_progress.store.batch import Batch
from jupyter_progress.store.indexer import Indexer
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.store.log import Log
from jupyter_progress.store.reader import LogReader
from jupyter_progress.store.statements import sql_text

from ..browser.past_runs import make_past_runs
from .bench import START

RUN = "20260921-130000-{:08x}"
CLASSES = ("RandomForestClassifier", "SVC", "Ridge")
STATUSES = ("completed", "failed", "running")


def state(number: int) -> RunState:
    """Every third run fails, every fifth has no score, and equal values are many."""
    score = {"accuracy": number % 7 / 7, "f1_macro": -number / 100}
    return RunState(
        run_id=RUN.format(number * 2654435761 % 2**32),
        name=f"run {number % 20}",
        status=STATUSES[number % 3],
        tags=["even", "all"] if number % 2 == 0 else ['Ünicode, "odd"', "all"],
        queued_time=to_iso(START + number),
        elapsed_time=float(number % 11) if number % 3 else None,
        spec={"estimator": {"class": f"sklearn.x.{CLASSES[number % 3]}"}},
        result=None if number % 5 == 0 else {"test": score},
    )


RUNS = [state(number) for number in range(100)]
POINTS = {
    run.run_id: {"val/loss": [(1.0, 9.0), (2.0, float(n))]} for n, run in enumerate(RUNS[:30])
}


@pytest.fixture(params=["in memory", "on disk"])
def log(request: Any, tmp_path: Path) -> Iterator[Log]:
    path: Path | str = ":memory:" if request.param == "in memory" else tmp_path / "log-0.db"
    opened = Log.open(path, now=START)
    opened.commit(Batch(0, states={run.run_id: run for run in RUNS}, points=POINTS))
    yield opened
    opened.close()


def walk(reader: LogReader, query: RunQuery, limit: int = 7) -> list[RunState]:
    """All pages of a query."""
    found: list[RunState] = []
    before = None
    while True:
        page, before = reader.runs(query, limit, before)
        found += page
        if before is None:
            return found
        assert len(page) == limit


def newest(runs: list[RunState]) -> list[str]:
    return [run.run_id for run in sorted(runs, key=RUNS.index, reverse=True)]


def accuracy(run: RunState) -> float:
    return ((run.result or {}).get("test") or {}).get("accuracy", -1.0)


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"q": "RUN 1"}, lambda run: "1" in run.name),  # the id has ones, too, but "run" as well
        ({"q": "forest even"}, lambda run: "Forest" in str(run.spec) and "even" in run.tags),
        ({"q": "ünicode"}, lambda run: "even" not in run.tags),
        ({"q": "%"}, lambda run: False),
        ({"q": "' OR 1=1 --"}, lambda run: False),
        ({"status": ["failed", "running"]}, lambda run: run.status != "completed"),
        ({"tag": ["all", "even"]}, lambda run: "even" in run.tags),
        ({"tag": ["Ünicode, \"odd\""]}, lambda run: "even" not in run.tags),
        ({"estimator": ["svc", "sklearn.linear_model.Ridge"]},
         lambda run: "Forest" not in str(run.spec)),
        ({"metric": ["test.accuracy>=0.5"]}, lambda run: accuracy(run) >= 0.5),
        ({"metric": ["test.accuracy>=0.5", "test.f1_macro<-0.5"]},
         lambda run: accuracy(run) >= 0.5 and RUNS.index(run) > 50),
        ({"metric": ["metrics.val/loss<=3"]}, lambda run: RUNS.index(run) <= 3),
        ({"metric": ["test.nothing>0"]}, lambda run: False),
        ({"status": ["completed"], "tag": ["even"], "q": "forest", "metric": ["test.accuracy>0.1"]},
         lambda run: run.status == "completed" and "even" in run.tags and accuracy(run) > 0.1),
    ],
)  # fmt: skip
def test_runs_are_found_by_what_is_asked(
    log: Log, asked: Any, fits: Callable[[RunState], bool]
) -> None:
    query = read_run_query(**asked)
    expected = [run for run in RUNS if fits(run)]
    if asked == {"q": "RUN 1"}:
        expected = [run for run in RUNS if "1" in run.name + run.run_id]
    reader = log.reader()
    assert [run.run_id for run in walk(reader, query)] == newest(expected)
    assert reader.count_runs(query) == len(expected)
    reader.close()


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("name", lambda run: int(run.name[4:])),
        ("duration", lambda run: run.elapsed_time),
        ("score", lambda run: None if accuracy(run) < 0 else accuracy(run)),
        ("test.accuracy", lambda run: None if accuracy(run) < 0 else accuracy(run)),
        ("metrics.val/loss", lambda run: RUNS.index(run) if RUNS.index(run) < 30 else None),
        ("test.nothing", lambda run: None),
    ],
)
@pytest.mark.parametrize("is_descending", [False, True])
def test_pages_follow_the_order_and_what_has_no_value_comes_last(
    log: Log, sort: str, value: Callable[[RunState], float | None], is_descending: bool
) -> None:
    latest = sorted(RUNS, key=RUNS.index, reverse=True)
    known = [run for run in latest if value(run) is not None]
    known.sort(key=lambda run: value(run) or 0.0, reverse=is_descending)
    unknown = [run for run in latest if value(run) is None]
    reader = log.reader()
    query = read_run_query(sort=f"-{sort}" if is_descending else sort)
    if is_descending:  # of equals the newest comes first, whichever way
        known.sort(key=RUNS.index, reverse=True)
        known.sort(key=lambda run: -(value(run) or 0.0))
    assert [run.run_id for run in walk(reader, query)] == [run.run_id for run in known + unknown]
    oldest = read_run_query(sort="oldest")
    assert [run.run_id for run in walk(reader, oldest)] == [run.run_id for run in RUNS]
    reader.close()


def test_page_in_any_order_goes_on_where_it_was(log: Log) -> None:
    reader = log.reader()
    query = read_run_query(sort="-test.accuracy")
    whole = [run.run_id for run in walk(reader, query)]
    page, before = reader.runs(query, 10)
    gone, renamed = page[-1].run_id, page[0]
    log.commit(Batch(0, states={RUN.format(1): replace(renamed, run_id=RUN.format(1))}))
    log.commit(Batch(0, forgotten={gone: 1}))
    rest: list[str] = []
    while before is not None:
        page, before = reader.runs(query, 10, before)
        rest += [run.run_id for run in page]
    assert rest == whole[10:]
    reader.close()


@pytest.mark.parametrize("suffix", ["", ".x", ".bnVsbA", ".WzFd", ".WyJuYW1lIiwxXQ"])
def test_place_of_another_order_is_refused(log: Log, suffix: str) -> None:
    reader = log.reader()
    _, other = reader.runs(read_run_query(sort="-duration"), 10)
    assert other is not None
    for before in (f"1-{RUN.format(1)}{suffix}", other):
        with pytest.raises(InvalidRequest, match="before"):
            reader.runs(read_run_query(sort="name"), 10, before)
    with pytest.raises(InvalidRequest, match="another order"):
        reader.runs(limit=10, before=other)
    reader.close()


def test_run_that_changes_and_one_that_goes_are_found_so(log: Log) -> None:
    reader = log.reader()
    changed = replace(RUNS[5], name="Other", tags=["new"], status="completed")
    log.commit(Batch(0, states={changed.run_id: changed}, forgotten={RUNS[6].run_id: 1}))
    for query in (read_run_query(q="other new"), read_run_query(tag=["new"])):
        assert [run.name for run in walk(reader, query)] == ["Other"]
    assert reader.count_runs() == 99
    assert RUNS[6].run_id not in [run.run_id for run in walk(reader, read_run_query(sort="score"))]
    facets = reader.facets()
    assert facets["tags"] == [("all", 98), ("even", 49), ('Ünicode, "odd"', 49), ("new", 1)]
    assert facets["estimators"] == [
        ("RandomForestClassifier", 33), ("Ridge", 33), ("SVC", 33)
    ]  # fmt: skip
    assert facets["metrics"] == [
        ("test.accuracy", 79), ("test.f1_macro", 79), ("metrics.val/loss", 29)
    ]  # fmt: skip
    assert dict(facets["statuses"])["failed"] == 33
    reader.close()


def test_run_that_completes_again_has_the_scores_of_that_time_alone(log: Log) -> None:
    reader = log.reader()
    again = replace(RUNS[6], result={"test": {"accuracy": 0.25}})
    log.commit(Batch(0, states={again.run_id: again}))
    found = walk(reader, read_run_query(metric=["test.f1_macro>-9"]))
    assert len(found) == 79
    assert again.run_id not in [run.run_id for run in found]
    assert again.run_id in [
        run.run_id for run in walk(reader, read_run_query(sort="test.f1_macro"))
    ]
    resumed = replace(again, status="running", result=None)
    log.commit(Batch(0, states={again.run_id: resumed}))
    assert dict(reader.facets()["metrics"])["test.accuracy"] == 79
    reader.close()


@pytest.mark.parametrize(("first", "then"), [("newest", "oldest"), ("oldest", "newest")])
def test_place_of_one_end_is_refused_from_the_other(log: Log, first: str, then: str) -> None:
    reader = log.reader()
    for more in ({}, {"q": "run"}):
        _, before = reader.runs(read_run_query(sort=first, **more), 10)
        assert before is not None
        assert is_page_start(before)
        with pytest.raises(InvalidRequest, match="another order"):
            reader.runs(read_run_query(sort=then, **more), 10, before)
    reader.close()


def test_log_that_is_made_again_from_the_journals_finds_the_same(tmp_path: Path) -> None:
    make_past_runs(tmp_path, 30)
    found = []
    for name in ("first.db", "again.db"):
        opened = Log.open(tmp_path / name, now=START)
        data = DataDirectory(tmp_path)
        indexer = Indexer(data, opened, on_commit=lambda committed: None, own_server=0)
        while indexer.index_once():
            pass
        query = read_run_query(
            q="forest", metric=["test.accuracy>0.8"], sort="-metrics.live_accuracy"
        )
        found.append([walk(indexer.reader, query), indexer.reader.facets()])
        indexer.stop()
        opened.close()
    assert found[0] == found[1]
    assert len(found[0][0]) > 3


def test_log_of_the_schema_before_finds_what_it_held(tmp_path: Path) -> None:
    made = tmp_path / "log-0.db"
    log = Log.open(made, now=START)
    log.commit(Batch(0, states={run.run_id: run for run in RUNS}))
    log.close()
    old = tmp_path / "old.db"
    connection = sqlite3.connect(old)
    for number in (1, 2):
        connection.executescript(sql_text(f"schema-{number}.sql"))
    connection.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 2")
    connection.execute("ATTACH ? AS made", (str(made),))
    connection.execute(
        "INSERT INTO runs (run_id, status, state, begun_us) "
        "SELECT run_id, status, state, begun_us FROM made.runs"
    )
    connection.commit()
    connection.close()
    Log.open(old, now=START).close()
    with sqlite3.connect(old) as connection:
        connection.execute("ATTACH ? AS made", (str(made),))
        for table in ("found_runs", "run_tags", "test_scores"):
            ours = connection.execute(f"SELECT * FROM {table}").fetchall()
            assert ours == connection.execute(f"SELECT * FROM made.{table}").fetchall()
            assert len(ours) >= 100
    connection.close()
