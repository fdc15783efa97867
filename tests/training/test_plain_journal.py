"""The keeper's journal, and what is read backwards from everyone's."""

from __future__ import annotations

import json
import subprocess
import sys

from jupyter_progress.store.journal import JournalWriter, read_journal
from jupyter_progress.training.plain_journal import (
    PlainJournal,
    find_current_stage,
    find_last_event,
    last_sequence,
    last_sequences,
    lines_backwards,
)


def test_plain_journal_is_read_like_any_other(tmp_path):
    path = tmp_path / "keeper.jsonl"
    journal = PlainJournal(path)
    journal.append("training_progress", {"resources": {"cpu": 1.5}})
    journal.tell("run", "training_cancelled", {"stage": "train", "who": "ada"}, name="digits",
                 follows={"worker-1": 7})  # fmt: skip
    journal.close()
    part = read_journal(path, 0)
    assert not part.damaged
    assert [line.sequence for line in part.lines] == [1, 2, 3]
    assert part.lines[1].follows == {"worker-1": 7}
    assert part.lines[2].data["id"] == "run/keeper/3"
    assert part.lines[2].data["text"] == "digits was cancelled"


def test_torn_last_line_is_closed_and_the_sequence_goes_on(tmp_path):
    path = tmp_path / "keeper.jsonl"
    path.write_text('{"sequence":4,"type":"a","time":"t","data":{}}\n{"sequence":5,"ty')
    journal = PlainJournal(path)
    assert journal.append("b", {}) == 5
    journal.close()
    lines = path.read_text().splitlines()
    assert len(lines) == 3
    assert json.loads(lines[-1])["sequence"] == 5


def test_lines_are_read_backwards_over_many_blocks(tmp_path):
    path = tmp_path / "worker-1.jsonl"
    writer = JournalWriter(path)
    for index in range(3000):
        writer.append("stage_started", {"stage": f"s{index}", "filler": "x" * (index % 200)})
    writer.close()
    with path.open("ab") as file:
        file.write(b'{"sequence": 9999, "type": "torn"')
    found = [line["sequence"] for line in lines_backwards(path)]
    assert found == list(range(3000, 0, -1))
    assert last_sequence(path) == 3000
    assert find_current_stage(tmp_path) == "s2999"
    assert find_last_event(tmp_path) is None


def test_last_event_is_found_behind_its_activity(tmp_path):
    worker = PlainJournal(tmp_path / "worker-1.jsonl")
    worker.append("stage_started", {"stage": "train"})
    worker.tell("run", "training_failed", {"error": {"type": "E", "message": "m"}}, name="n")
    worker.close()
    other = PlainJournal(tmp_path / "server-0.jsonl")
    other.append("training_queued", {"name": "n"})
    other.close()
    assert find_last_event(tmp_path)["type"] == "training_failed"
    assert last_sequences(tmp_path, but="server-0") == {"worker-1": 3}


def test_missing_and_empty_journals_hold_nothing(tmp_path):
    (tmp_path / "empty.jsonl").write_bytes(b"")
    assert last_sequence(tmp_path / "none.jsonl") == 0
    assert last_sequences(tmp_path, but="x") == {}


def test_keeper_imports_the_standard_library_and_psutil_alone():
    code = (
        "import sys; import jupyter_progress.training.keeper; "
        "tops = {name.partition('.')[0] for name in sys.modules}; "
        "print(sorted(tops - set(sys.stdlib_module_names) - {'__main__'}))"
    )
    found = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = eval(found.stdout)
    assert {n for n in names if not n.startswith("_psutil")} <= {"jupyter_progress", "psutil"}
