from __future__ import annotations

import json
import logging
import math
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_progress.store.journal import JournalWriter, read_journal, tell
from jupyter_progress.store.journal_lines import Waiting, bounded
from jupyter_progress.store.journal_reader import last_sequence_in, parse_lines

from .bench import Bench, wait_until

SCALE = float(os.environ.get("JUPYTER_PROGRESS_TEST_TIMEOUT_SCALE", "1"))

ENDLESS = """
import itertools, sys
from jupyter_progress.store.journal import JournalWriter
writer = JournalWriter(sys.argv[1])
for number in itertools.count(writer.last_sequence + 1):
    for _ in range(50):
        writer.log_metrics(number, {"loss": 0.5})
    sequence = writer.append("stage_started", {"stage": "s" * 200}, flush=number % 5 == 0)
    if number % 5 == 0:
        print(sequence, flush=True)
"""


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_come_back_as_they_were_appended(bench: Bench) -> None:
    run = bench.run()
    writer = bench.writer(run, "worker-1")
    assert writer.append("stage_started", {"stage": "träin"}, follows={"server-0": 2}) == 1
    assert writer.append("stage_completed", {"stage": "träin"}, run_id=run.run_id, flush=True) == 2
    part = read_journal(writer.path, 0)
    assert [(line.sequence, line.type, line.data) for line in part.lines] == [
        (1, "stage_started", {"stage": "träin"}),
        (2, "stage_completed", {"stage": "träin"}),
    ]
    assert part.lines[0].follows == {"server-0": 2}
    assert part.lines[1].run_id == run.run_id
    assert part.next_byte == part.ends[-1] == writer.path.stat().st_size
    assert read_journal(writer.path, part.next_byte).lines == []


def test_file_is_made_with_the_first_line_only(bench: Bench) -> None:
    writer = bench.writer(bench.run(), "worker-1")
    writer.flush()
    assert not writer.path.exists()
    assert writer.last_sequence == 0
    assert read_journal(writer.path, 0).lines == []


def test_line_is_written_without_being_asked_for(bench: Bench) -> None:
    writer = bench.writer(bench.run(), "worker-1")
    writer.append("stage_started", {"stage": "a"})
    wait_until(lambda: read_journal(writer.path, 0).lines)
    writer.log_metrics(1, {"loss": 1.0})
    wait_until(lambda: len(read_journal(writer.path, 0).lines) == 2)


def test_closed_writer_and_the_next_one_go_on_with_the_sequence(bench: Bench) -> None:
    run = bench.run()
    writer = bench.writer(run, "worker-1")
    writer.append("stage_started", {"stage": "a"})
    writer.close()
    writer.append("stage_started", {"stage": "b"})
    writer.close()
    other = bench.writer(run, "worker-1")
    assert other.last_sequence == 2
    assert other.append("stage_started", {"stage": "c"}, flush=True) == 3
    assert [line.sequence for line in read_journal(writer.path, 0).lines] == [1, 2, 3]


def test_torn_line_is_ended_and_its_place_not_given_again(bench: Bench) -> None:
    run = bench.run()
    path = run.journal("worker-1")
    path.write_bytes(b'{"sequence":1,"type":"a","time":"2026-01-01T00:00:00Z"}\n{"sequence":2,"ty')
    writer = bench.writer(run, "worker-1")
    assert writer.append("stage_started", {"stage": "c"}, flush=True) == 3
    part = read_journal(path, 0)
    assert [line.sequence for line in part.lines] == [1, 3]
    assert len(part.damaged) == 1


def test_metrics_of_one_flush_are_one_line_before_the_next_event(bench: Bench) -> None:
    writer = bench.writer(bench.run(), "worker-1")
    writer.log_metrics(1, {"loss": 1.0, "acc": np.float32(0.5)})
    writer.log_metrics(2, {"loss": math.nan, "acc": math.inf, "text": "x"})
    writer.append("stage_completed", {"stage": "a"}, flush=True)
    first, second = lines_of(writer.path)
    assert first["data"] == {
        "series": {
            "loss": [[1, 1.0], [2, None]],
            "acc": [[1, 0.5], [2, None]],
            "text": [[2, None]],
        }
    }
    assert (first["sequence"], second["sequence"]) == (1, 2)


def test_reports_that_wait_together_are_merged(bench: Bench) -> None:
    writer = bench.writer(bench.run(), "worker-1")
    writer.append("training_progress", {"step": 1, "live_accuracy": 0.5, "metrics": {"a": 1.0}})
    writer.append("training_progress", {"step": 2, "live_accuracy": None, "metrics": {"b": 2.0}})
    writer.append("stage_completed", {"stage": "a"})
    writer.append("training_progress", {"step": 3}, flush=True)
    merged, _completed, last = lines_of(writer.path)
    assert merged["data"] == {"step": 2, "live_accuracy": 0.5, "metrics": {"a": 1.0, "b": 2.0}}
    assert merged["sequence"] == 2
    assert last["data"] == {"step": 3}


def test_what_json_lacks_is_written_as_near_as_can_be(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    writer = bench.writer(bench.run(), "worker-1")
    facts = {"n": np.int64(3), "x": np.float64("nan"), "path": Path("a"), "many": {1: 2}}
    writer.append("stage_completed", {"metrics": {**facts, "row": np.arange(2)}})
    writer.append("stage_completed", {"bad": "\ud800"}, flush=True)
    good, bad = lines_of(writer.path)
    facts = {"n": 3, "x": None, "path": "a", "many": {"1": 2}, "row": [0, 1]}
    assert good["data"] == {"metrics": facts}
    assert bad["sequence"] == 2
    assert "unwritable" in str(bad["data"])
    assert "stage_completed" in caplog.text


def test_fact_and_its_activity_stand_together(bench: Bench) -> None:
    run = bench.run()
    writer = bench.writer(run, "server-0")
    assert tell(writer, run.run_id, "training_queued", {"name": "digits"}, "digits", "ada") == 2
    fact, activity = read_journal(writer.path, 0).lines
    assert fact.type == "training_queued"
    assert activity.data["id"] == f"{run.run_id}/server-0/2"
    assert activity.data["kind"] == "training_queued"
    assert activity.data["who"] == "ada"
    assert tell(writer, run.run_id, "stage_started", {"stage": "a"}, "digits") == 3


def test_threads_share_one_journal(bench: Bench) -> None:
    writer = bench.writer(bench.run(), "worker-1")

    def append() -> None:
        for step in range(300):
            writer.append("stage_started", {"stage": "a"}, flush=step % 100 == 0)
            writer.log_metrics(step, {"loss": 0.0})

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.flush()
    lines = read_journal(writer.path, 0, 1 << 30).lines
    sequences = [line.sequence for line in lines]
    assert sequences == list(range(1, len(sequences) + 1))
    assert sum(line.type == "stage_started" for line in lines) == 1200
    points = [line.data["series"]["loss"] for line in lines if line.type == "metrics_appended"]
    assert sum(map(len, points)) == 1200


def test_killed_writer_loses_nothing_that_was_flushed(bench: Bench) -> None:
    path = bench.run().journal("worker-1")
    flushed = 0
    for _ in range(2):
        command = [sys.executable, "-c", ENDLESS, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(20):
                flushed = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
        sequences = [line.sequence for line in read_journal(path, 0, 1 << 30).lines]
        assert sequences == sorted(set(sequences))
        assert sequences[-1] >= flushed
        with path.open("ab") as file:
            file.write(b'{"sequence":')  # as if it had been killed in mid-line
    assert last_sequence_in(path) > flushed


def test_full_disk_is_waited_out(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    writer = bench.writer(bench.run(), "worker-1")
    writer.append("stage_started", {"stage": "a" * 50}, flush=True)
    size = writer.path.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, before[1]))
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                writer.append("stage_started", {"stage": "b" * 50}, flush=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caplog.text.count("cannot be written") == 1
    writer.flush()
    part = read_journal(writer.path, 0)
    assert [line.sequence for line in part.lines] == [1, 2, 3, 4]
    assert part.damaged == []


def test_what_waits_for_a_full_disk_is_bounded_and_facts_stay() -> None:
    fact: Waiting = (1, "stage_started", 0.0, {}, None, None)
    report: Waiting = (2, "training_progress", 0.0, {}, None, None)
    kept, dropped = bounded([report] * 100 + [fact] * 10 + [report] * 100, 300 * 20)
    assert kept == [fact] * 10 + [report] * 10
    assert dropped == 190


def test_forked_child_writes_a_journal_of_its_own(bench: Bench, tmp_path: Path) -> None:
    run = bench.run()
    code = (
        "import os, sys\n"
        "from jupyter_progress.store.journal import JournalWriter\n"
        "writer = JournalWriter(sys.argv[1])\n"
        "writer.append('stage_started', {'stage': 'parent'})\n"
        "child = os.fork()\n"
        "writer.append('stage_started', {'stage': 'later'}, flush=True)\n"
        "if not child: os._exit(0)\n"
        "os.waitpid(child, 0)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(run.journal("worker-1"))], check=True)
    journals = {path.stem: lines_of(path) for path in run.journals.iterdir()}
    child = (set(journals) - {"worker-1"}).pop()
    assert child.startswith("child-")
    assert [line["data"]["stage"] for line in journals["worker-1"]] == ["parent", "later"]
    assert [line["data"]["stage"] for line in journals[child]] == ["later"]


def test_interpreter_that_ends_writes_what_waits(bench: Bench) -> None:
    path = bench.run().journal("worker-1")
    code = (
        "import sys; from jupyter_progress.store.journal import JournalWriter\n"
        "writer = JournalWriter(sys.argv[1], flush_interval_s=60)\n"
        "writer.append('stage_started', {'stage': 'a'})"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert len(lines_of(path)) == 1


LINES = [
    json.dumps({"sequence": n, "type": "stage_started", "time": "2026-01-01T00:00:00Z"}).encode()
    for n in range(1, 6)
]


@given(cuts=st.lists(st.integers(0, 400), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_file_that_grows_in_any_pieces_reads_the_same(tmp_path: Path, cuts: list[int]) -> None:
    content = b"\n".join(LINES) + b"\n"
    path = tmp_path / "growing.jsonl"
    path.write_bytes(b"")
    found: list[int] = []
    position = written = 0
    for end in [*sorted(min(cut, len(content)) for cut in cuts), len(content)]:
        with path.open("ab") as file:
            file.write(content[written:end])
        written = end
        part = read_journal(path, position)
        position = part.next_byte
        found += [line.sequence for line in part.lines]
        assert part.damaged == []
    assert found == [1, 2, 3, 4, 5]


@given(place=st.integers(0, 300), junk=st.binary(min_size=1, max_size=40))
def test_damage_costs_no_line_but_those_it_touches(place: int, junk: bytes) -> None:
    content = b"\n".join(LINES) + b"\n"
    place = min(place, len(content) - 1)
    damaged = content[:place] + junk + content[place + len(junk) :]
    if not damaged.endswith(b"\n"):
        damaged += b"\n"
    touched = range(content[:place].count(b"\n"), content[: place + len(junk)].count(b"\n") + 1)
    found = {line.sequence for line in parse_lines(damaged, 0, "j").lines}
    assert found >= {n + 1 for n in range(5) if n not in touched}


@pytest.mark.parametrize(
    "line",
    [
        b"\0" * 80,
        b"[]",
        b'{"sequence":0,"type":"a","time":"2026-01-01T00:00:00Z"}',
        b'{"sequence":1,"type":"a","time":"yesterday"}',
        b'{"sequence":1,"type":"a","time":"2026-01-01T00:00:00"}',
        b'{"sequence":"1","type":"a","time":"2026-01-01T00:00:00Z"}',
        b'{"sequence":1,"type":"\xff","time":"2026-01-01T00:00:00Z"}',
        b'{"sequence":1,"type":"a","time":"2026-01-01T00:00:00Z","data":' + b"[" * 100_000,
    ],
)
def test_damaged_line_is_skipped_and_reported(line: bytes) -> None:
    part = parse_lines(LINES[0] + b"\n" + line + b"\n" + LINES[1] + b"\n", 0, "worker-1.jsonl")
    assert [read.sequence for read in part.lines] == [1, 2]
    assert len(part.damaged) == 1
    assert "worker-1.jsonl" in part.damaged[0]


def test_line_longer_than_a_part_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    long = LINES[0].replace(b"stage_started", b"x" * 5000)
    path.write_bytes(long + b"\n" + LINES[1] + b"\n")
    part = read_journal(path, 0, limit_bytes=100)
    assert len(part.lines) >= 1
    assert len(part.lines[0].type) == 5000


def test_writer_is_cheap_for_the_one_who_trains(bench: Bench) -> None:
    writer = JournalWriter(bench.run().journal("worker-1"))
    begun = os.times().user
    for step in range(20_000):
        writer.log_metrics(step, {"loss": 0.5})
    took_us = (os.times().user - begun) / 20_000 * 1e6
    writer.close()
    # About 1 µs; the bound only catches I/O or encoding that has crept into the caller's path.
    assert took_us < 50


def _log_in_child(writer: JournalWriter, step: int) -> None:
    writer.append("training_progress", {"step": step})


def test_children_of_multiprocessing_leave_what_they_logged(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "worker-1.jsonl")
    writer.append("training_progress", {"step": 0})
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_log_in_child, args=(writer, step)) for step in (1, 2, 3)]
    for child in children:
        child.start()
    for child in children:
        child.join(30 * SCALE)
    writer.close()
    journals = sorted(tmp_path.glob("child-*.jsonl"))
    steps = [line.data["step"] for path in journals for line in read_journal(path, 0).lines]
    assert sorted(steps) == [1, 2, 3]
