"""From journals to the log: each event once, in order, whoever writes and whenever one looks."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_progress.core.events import LAST_EVENTS
from jupyter_progress.core.view import View
from jupyter_progress.core.wire import Message, durable_message
from jupyter_progress.store.journal import tell
from jupyter_progress.store.log import Log
from jupyter_progress.store.telling import Committed

from .bench import SCALE, START, Bench, Index, wait_until

MakeIndex = Callable[..., Index]


def test_whole_run_is_logged_in_order_with_state_series_and_feed(
    bench: Bench, index: MakeIndex
) -> None:
    run = bench.whole_run()
    found = index().settle()
    assert found.types() == [
        "training_queued",
        "activity_update",
        "training_started",
        "activity_update",
        "stage_started",
        "stage_completed",
        "training_completed",
        "activity_update",
    ]
    state = found.reader.run(run.run_id)
    assert state is not None
    assert (state.status, state.who, state.live_accuracy) == ("completed", "ada", 0.95)
    assert state.metrics == {"live_accuracy": 0.95}
    assert found.reader.series(run.run_id)["live_accuracy"][-1] == [19.0, 0.95]
    feed, _next = found.reader.activity()
    assert [line.kind for line in feed] == [
        "training_completed",
        "training_started",
        "training_queued",
    ]
    assert all(line.run_id == run.run_id for line in feed)
    assert list(found.indexer.problems) == []


def test_reading_again_adds_nothing(bench: Bench, index: MakeIndex, tmp_path: Path) -> None:
    bench.whole_run()
    path = tmp_path / "log-0.db"
    first = index(path).settle()
    identities, states = first.identities(), first.states()
    first.close()
    path.with_suffix(".seal").unlink()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE cursors SET byte = 0, fingerprint_bytes = 0, fingerprint = 0")
    connection.commit()
    connection.close()
    again = index(path).settle()
    assert again.identities() == identities
    assert again.states() == states
    assert [committed.events for committed in again.told if committed.events] == []


def test_restart_goes_on_where_it_was_with_what_was_volatile(
    bench: Bench, index: MakeIndex, tmp_path: Path
) -> None:
    run = bench.run()
    worker = bench.begin(run, bench.queue(run))
    worker.append("stage_started", {"stage": "train", "index": 1})
    worker.append("training_progress", {"stage": "train", "step": 7, "live_accuracy": 0.7})
    worker.log_metrics(7, {"loss": 0.5})
    worker.flush()
    first = index(tmp_path / "log-0.db").settle()
    before = first.indexer.live_state(run.run_id)
    last = max(message.revision for told in first.told for message in told.volatile)
    first.close()
    again = index(tmp_path / "log-0.db").settle()
    assert again.indexer.live_state(run.run_id) == before
    assert before is not None
    assert (before.step, before.live_accuracy, before.metrics) == (7, 0.7, {"loss": 0.5})
    worker.append("training_progress", {"stage": "train", "step": 8}, flush=True)
    again.settle()
    assert [message.data.step for told in again.told for message in told.volatile] == [8]
    assert again.told[-1].volatile[-1].revision > last


def test_rebuilt_log_reaches_the_same_states(bench: Bench, index: MakeIndex) -> None:
    live = index(own_server=0)
    for number in range(4):
        run = bench.run()
        worker = bench.begin(run, bench.queue(run))
        live.settle(1)
        bench.train(worker)
        live.settle(1)
        kernel = bench.writer(run, "kernel-1a2b3c4d")
        kernel.append("run_updated", {"name": f"run {number}", "tags": ["t"]}, flush=True)
        if number:
            keeper = bench.writer(run, "keeper")
            keeper.append("training_progress", {"resources": {"cpu": 50.0}}, flush=True)
            live.settle(1)
            bench.complete(run, worker)
    live.settle()
    rebuilt = index().settle()
    assert rebuilt.log.log_id != live.log.log_id
    assert rebuilt.states() == live.states()
    assert sorted(rebuilt.identities()) == sorted(live.identities())
    for run_id in live.states():
        assert rebuilt.reader.series(run_id) == live.reader.series(run_id)


def test_event_waits_for_what_it_follows(bench: Bench, index: MakeIndex) -> None:
    run = bench.run()
    bench.begin(run, queued=2)
    found = index()
    found.settle()
    assert found.types() == []
    bench.queue(run)
    found.settle()
    assert found.types()[::2] == ["training_queued", "training_started"]


def test_last_event_of_a_dead_worker_comes_after_its_journal(
    bench: Bench, index: MakeIndex
) -> None:
    run = bench.run()
    worker = bench.begin(run)
    keeper = bench.writer(run, "keeper")
    error = {"type": "SIGKILL", "message": "killed", "reason": "worker_killed"}
    keeper.append("training_failed", {"error": error}, follows={"worker-1": 5}, flush=True)
    bench.now += 100
    worker.append("stage_started", {"stage": "load"})
    worker.append("stage_completed", {"stage": "load"})
    worker.append("stage_started", {"stage": "train"}, flush=True)
    found = index().settle()
    assert found.types()[-1] == "training_failed"
    state = found.states()[run.run_id]
    assert state.stages_completed == ["load"]
    assert state.error is not None
    assert state.error["stage"] == "train"


@pytest.mark.parametrize("case", ["never came", "damaged", "cycle"])
def test_what_never_comes_holds_up_nothing_for_long(
    bench: Bench, index: MakeIndex, case: str
) -> None:
    run, other = bench.run(), bench.whole_run()
    if case == "damaged":
        queue = run.journal("server-0")
        queue.write_bytes(b'{"sequence":1,"ty\n')
    if case == "cycle":
        data = {"name": "digits"}
        bench.writer(run, "server-0").append(
            "training_queued", data, follows={"worker-1": 1}, flush=True
        )
    bench.begin(run, queued=1)
    found = index(follows_patience_s=0.2 * SCALE)
    begun = time.monotonic()
    found.settle()
    assert set(found.states()) == {other.run_id}
    wait_until(lambda: found.settle(1).states().get(run.run_id))
    assert time.monotonic() - begun >= 0.2 * SCALE
    assert found.states()[run.run_id].status == "running"


def test_words_are_found_in_the_feed_page_by_page(
    bench: Bench, index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = bench.server(0)
    for number in range(1, 61):
        text = f"Größe {number}" if number % 10 == 0 else f"other {number}"
        note = {"id": f"n{number}", "level": "info", "kind": "note", "text": text, "who": "Ada"}
        server.append("activity_update", note, flush=True)
    found = index()
    found.settle()
    monkeypatch.setattr("jupyter_progress.store.reader.LOOKED_THROUGH", 25)
    lines, after = found.reader.activity(words=" größe  ADA", limit=2)
    assert [line.text for line in lines] == ["Größe 60", "Größe 50"]
    sizes = []
    while after is not None:
        more, after = found.reader.activity(words="GRÖßE ada", limit=2, before=after)
        sizes.append(len(more))
        lines += more
    assert 0 < max(sizes) <= 2
    assert [line.text for line in lines] == [f"Größe {number}" for number in range(60, 0, -10)]
    assert found.reader.activity(words="größe bob", limit=2)[0] == []


def test_two_logs_over_one_directory_converge(
    bench: Bench, index: MakeIndex, tmp_path: Path
) -> None:
    first = index(tmp_path / "log-0.db", own_server=0)
    second = index(tmp_path / "log-1.db", own_server=1)
    runs = [bench.run() for _ in range(3)]
    workers = [bench.begin(run, bench.queue(run)) for run in runs]
    first.settle(1)
    bench.train(workers[0])
    second.settle(1)
    health = {"from": "green", "to": "red", "reasons": ["memory"]}
    for slot in (0, 1):
        server = bench.server(slot)
        tell(server, f"server-{slot}", "health_changed", health, "")
        note = {"id": f"n{slot}", "level": "info", "kind": "note", "text": f"note {slot}"}
        server.append("activity_update", note, flush=True)
    for run, worker in zip(runs[1:], workers[1:], strict=True):
        bench.complete(run, worker)
    first.settle()
    second.settle()
    assert first.states() == second.states()
    for found, own, foreign in ((first, "server-0", "server-1"), (second, "server-1", "server-0")):
        health_of = {
            event.origin for event in found.reader.events(0, 999) if "health" in event.type
        }
        assert health_of == {own}
        texts = [line.text for line in found.reader.activity(kind="note")[0]]
        assert sorted(texts) == ["note 0", "note 1"]
        kinds = [
            event.data.get("kind")
            for event in found.reader.events(0, 999)
            if event.origin == foreign
        ]
        assert kinds == ["note"]


def test_bad_lines_are_passed_over_and_reported(
    bench: Bench, index: MakeIndex, caplog: pytest.LogCaptureFixture
) -> None:
    run = bench.run()
    worker = bench.begin(run)
    worker.append("stage_started", {"index": 0})  # no stage
    worker.append("from_the_future", {"x": 1})
    worker.append("removed", {})
    worker.append("training_progress", {"step": "many"})
    worker.append("metrics_appended", {"series": [1]})
    worker.append("metrics_appended", {"series": {"a": [[1], "x", [1, "y"], [2, 0.5], None]}})
    worker.append("health_changed", {"from": "green"})
    worker.flush()
    with worker.path.open("ab") as file:
        file.write(b"\0\0\0\nnot json\n")
    worker.append("stage_started", {"stage": "load"}, flush=True)
    with caplog.at_level(logging.WARNING):
        found = index().settle()
    assert found.types() == ["training_started", "activity_update", "stage_started"]
    assert found.reader.series(run.run_id) == {"a": [[2.0, 0.5]]}
    problems = "\n".join(found.indexer.problems)
    for word in ("stage_started", "from_the_future", "removed", "training_progress", "byte"):
        assert word in problems
    assert len(found.indexer.problems) == 7
    assert "worker-1" in caplog.text


def test_event_that_the_state_does_not_allow_is_logged_and_changes_nothing(
    bench: Bench, index: MakeIndex
) -> None:
    run = bench.whole_run()
    found = index().settle()
    before = found.states()
    late = bench.writer(run, "kernel-00000000")
    late.append("training_stopping", {"action": "stop"}, flush=True)
    found.indexer.wake(run.run_id)
    found.settle()
    assert found.types()[-1] == "training_stopping"
    assert found.states() == before


def test_only_the_runs_that_were_asked_for(bench: Bench, index: MakeIndex) -> None:
    run, other = bench.whole_run(), bench.whole_run()
    server = bench.server(0)
    note = {"id": "n", "level": "info", "kind": "note", "text": "n"}
    for run_id in (run.run_id, other.run_id, None):
        server.append("activity_update", note, run_id=run_id)
    server.flush()
    found = index(run_ids=[run.run_id]).settle()
    assert set(found.states()) == {run.run_id}
    assert len(found.types()) == 9


def test_volatile_messages_are_limited_and_the_newest_is_sent(bench: Bench) -> None:
    run = bench.run()
    worker = bench.begin(run)
    worker.append("stage_started", {"stage": "train"}, flush=True)
    found = Index(bench)
    found.indexer.start()
    assert found.indexer.caught_up(5 * SCALE)
    begun = time.monotonic()
    step = 0
    while time.monotonic() - begun < 1.0:
        step += 1
        worker.append("training_progress", {"stage": "train", "step": step})
        worker.log_metrics(step, {"loss": 1.0 / step})
        time.sleep(0.002)
    worker.flush()

    def progress() -> list[int]:
        messages = [message for told in found.told for message in told.volatile]
        return [m.data.step for m in messages if m.type == "training_progress"]

    wait_until(lambda: progress()[-1:] == [step])
    took = time.monotonic() - begun
    assert 3 / SCALE <= len(progress()) <= took / 0.2 + 2
    assert progress() == sorted(set(progress()))
    messages = [message for told in found.told for message in told.volatile]
    revisions = [message.revision for message in messages]
    assert revisions == sorted(set(revisions))
    assert all(message.revision >> 32 == 1 for message in messages)
    metrics = [message.data for message in messages if message.type == "metrics_appended"]
    steps = [point[0] for data in metrics for point in data["series"]["loss"]]
    assert steps == list(range(1, step + 1))
    ends = [data["series"]["loss"][-1][0] for data in metrics]
    assert [data["from"]["loss"] for data in metrics] == [None, *ends[:-1]]
    found.close()


def test_view_fed_by_commits_knows_what_the_log_knows(bench: Bench, index: MakeIndex) -> None:
    view = View()
    found = index()
    view.apply(Message(type="snapshot", log_id=found.log.log_id, offset=0, data={}))
    found.indexer.index_once()
    found.indexer._caught_up.set()
    run = bench.run()
    worker = bench.begin(run, bench.queue(run))
    bench.train(worker)
    bench.complete(run, worker)
    found.settle()
    for told in found.told:
        for event in told.events:
            sent = durable_message(event)
            view.apply(
                Message(
                    type=sent.type, offset=sent.offset, time=sent.time, run_id=sent.run_id,
                    data=sent.data,
                )
            )  # fmt: skip
        for message in told.volatile:
            view.apply(
                Message(
                    type=message.type, after=message.after, revision=message.revision,
                    time=message.time, run_id=message.run_id, data=message.data,
                )
            )  # fmt: skip
        assert view.offset == told.head
    # All of it came in one transaction, and still the last report reached the view.
    assert view.runs[run.run_id].live_accuracy == 0.95
    assert view.runs == found.states()


def test_new_run_is_noticed_in_time_and_at_once_when_woken(bench: Bench) -> None:
    found = Index(bench)
    found.indexer.start()
    assert found.indexer.caught_up(5 * SCALE)
    time.sleep(0.3)
    run = bench.run()
    bench.queue(run)
    assert wait_until(lambda: found.reader.run(run.run_id)) < 0.5 * SCALE
    took = []
    for _ in range(5):
        run = bench.run()
        sequence = bench.queue(run)
        begun = time.monotonic()
        found.indexer.wake()
        assert found.indexer.logged(run.run_id, "server-0", sequence, 5 * SCALE)
        took.append(time.monotonic() - begun)
    assert min(took) < 0.05 * SCALE
    assert not found.indexer.logged(run.run_id, "server-0", sequence + 1, 0.05)
    found.close()


def test_fact_about_an_old_run_is_logged_soon(bench: Bench) -> None:
    run = bench.whole_run()
    for _ in range(30):
        bench.whole_run(steps=1)
    found = Index(bench)
    found.indexer.start()
    assert found.indexer.caught_up(10 * SCALE)
    time.sleep(0.5)
    kernel = bench.writer(run, "kernel-00000000")
    tell(kernel, run.run_id, "model_deployed", {"name": "digits", "version": 1}, "digits")
    wait_until(lambda: "model_deployed" in found.types(), 2.0)
    found.close()


def test_watcher_that_raises_does_not_end_the_indexing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def raises(committed: Committed) -> None:
        raise ValueError("a watcher's mistake")

    log = Log.open(":memory:", now=START)
    from jupyter_progress.store.indexer import Indexer

    indexer = Indexer(bench.data, log, on_commit=raises)
    indexer.start()
    first = bench.run()
    assert indexer.logged(first.run_id, "server-0", bench.queue(first), 5 * SCALE)
    second = bench.run()
    assert indexer.logged(second.run_id, "server-0", bench.queue(second), 5 * SCALE)
    assert "a watcher's mistake" in caplog.text
    indexer.stop()
    log.close()


def test_log_that_cannot_be_written_for_a_while_misses_nothing(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("jupyter_progress.store.database.BUSY_PATIENCE_S", 0.05)
    monkeypatch.setattr("jupyter_progress.store.indexer.RETRY_S", 0.05)
    path = tmp_path / "log-0.db"
    found = Index(bench, path)
    found.indexer.start()
    assert found.indexer.caught_up(5 * SCALE)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    run = bench.whole_run()
    wait_until(lambda: "cannot be written" in caplog.text)
    assert found.types() == []
    blocker.execute("ROLLBACK")
    blocker.close()
    wait_until(lambda: len(found.types()) == 8)
    found.settle()
    assert found.states()[run.run_id].status == "completed"
    steps = [point[0] for point in found.reader.series(run.run_id)["live_accuracy"]]
    assert steps == list(range(20))
    found.close()


def test_big_batches_are_cut_and_nothing_is_lost(
    bench: Bench, index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_progress.store.indexer.BATCH_EVENTS", 7)
    monkeypatch.setattr("jupyter_progress.store.indexer.ROUND_BYTES", 4000)
    monkeypatch.setattr("jupyter_progress.store.journal_file.PART_BYTES", 900)
    for _ in range(6):
        bench.whole_run()
    found = index().settle()
    assert max(len(told.events) for told in found.told) == 7
    assert len(found.types()) == 48
    assert {state.status for state in found.states().values()} == {"completed"}
    assert sum(type in LAST_EVENTS for type in found.types()) == 6


def test_long_journal_that_has_to_wait_keeps_no_processor_busy(
    bench: Bench, index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_progress.store.journal_file.PART_BYTES", 900)
    run = bench.run()
    bench.train(bench.begin(run, queued=2), steps=200)
    found = index()
    assert not found.indexer.index_once()
    assert found.types() == []
    bench.queue(run)
    assert len(found.settle().types()) == 6


@given(
    turns=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30),
    finish=st.booleans(),
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.usefixtures("index")  # volatile lines are taken in at once
def test_however_writers_and_rounds_alternate_the_log_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, turns: list[tuple[int, int]], finish: bool
) -> None:
    bench = Bench(tmp_path_factory.mktemp("alternating"))
    run = bench.run()
    queued = bench.queue(run)
    worker = bench.begin(run, queued)
    keeper = bench.writer(run, "keeper")
    kernel = bench.writer(run, "kernel-00000000")
    live = Index(bench)
    for number, (who, rounds) in enumerate(turns):
        if who == 0:
            worker.append("stage_started", {"stage": f"s{number}"}, flush=rounds > 0)
        elif who == 1:
            worker.log_metrics(number, {"loss": float(number)})
        elif who == 2:
            kernel.append("run_updated", {"notes": f"n{number}"}, flush=rounds > 0)
        else:
            keeper.append("training_progress", {"step": number}, flush=rounds > 1)
        for _ in range(rounds):
            live.indexer.index_once()
    for writer in (kernel, worker):
        writer.flush()
    follows = {"worker-1": worker.last_sequence, kernel.writer: kernel.last_sequence}
    if finish:
        keeper.append("training_cancelled", {"stage": None}, follows=follows)
    keeper.flush()
    live.settle(12)
    rebuilt = Index(bench).settle(12)
    kept = ("status", "notes", "metrics", "name", "kind")
    facts = [
        {k: getattr(s, k) for k in kept}
        for s in (*live.states().values(), *rebuilt.states().values())
    ]
    assert facts[0] == facts[1]
    assert facts[0]["status"] == ("cancelled" if finish else "running")
    assert sorted(live.identities()) == sorted(rebuilt.identities())
    assert live.reader.series(run.run_id) == rebuilt.reader.series(run.run_id)
    assert [s.id for s in live.states()[run.run_id].stages] == [
        s.id for s in rebuilt.states()[run.run_id].stages
    ]
    for found in (live, rebuilt):
        found.close()
    bench.close()
