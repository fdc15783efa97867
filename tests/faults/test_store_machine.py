"""Journals that grow, tear and break in any order, and a log that is killed and made again."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jupyter_progress.core.times import to_iso
from jupyter_progress.store.indexer import Indexer
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.store.log import Log

from ..store.odd_files import make_other
from .conftest import SEED
from .invariant import PATIENCE_S, check_log, check_rebuilt, differences, read_log

# Of one number each: Hypothesis ends an example that draws too much.
DRAWN = st.integers(0, 1 << 32).map(random.Random)
START = 1_790_000_000.0
RUNS = tuple(f"20260921-130000-{number:08x}" for number in range(3))
STAGES = [{"id": "load", "title": "Load"}, {"id": "fit", "title": "Fit"}]


def noted(sequence: str = "1", time: str = "2026-09-21T13:00:00Z", **data: str) -> bytes:
    """A whole line of JSON with something in it that no log, or no view, can hold."""
    facts = {"id": '"z"', "level": '"info"', "kind": '"note"', "text": '"damaged"', **data}
    told = ", ".join(f'"{name}": {value}' for name, value in facts.items())
    return (
        f'{{"sequence": {sequence}, "type": "activity_update", "time": "{time}", '
        f'"data": {{{told}}}}}\n'
    ).encode()


DAMAGE = (
    b"", b"\x00\x00\n", b"{\n", b'{"sequence": 0}\n', b"[1e999]\n", b"\xff\xfe\n", b"\n",
    noted(sequence=str(2**63)), noted(sequence="1" + "9" * 30), noted(sequence="9" * 5000),
    noted(sequence=str(2**63 - 1)), noted(sequence="-5"), noted(sequence="1e3"),
    noted("4000", time="20226-01-01T00:00:00Z"), noted("4000", time="2026-13-41T25:00:00Z"),
    noted("4000", time="2026-09-21T13:00:00"), noted("4000", text='"\\ud800 alone"'),
    noted("4000", text="1e999"), noted("4000", text="9" * 5000), noted("4000", text="NaN"),
    noted("4000", more="[" * 300 + "]" * 300), noted("4000", more="[" * 5000 + "]" * 5000),
    noted("4000", text='"\x00"'),
    noted("4000").replace(b'"data"', b'"follows": {"worker-1": 99999999999999999999}, "data"'),
    noted("4000").replace(b'"data"', b'"run_id": "../../x\\u0000", "data"'),
)  # fmt: skip


class Journals(RuleBasedStateMachine):
    """Writers that journal as the real ones do, with one indexer that reads along."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="faults-"))
        self.data = DataDirectory(self.folder / "progress").ensure()
        self.path = self.data.path / "log-0.db"
        self.now = START
        self.sequences: dict[Path, int] = {}
        self.torn: dict[Path, bytes] = {}
        self.status: dict[str, str] = {}
        self.has_lost = False  # something that may have been logged is in no journal any more
        self.open()

    def teardown(self) -> None:
        self.close()
        shutil.rmtree(self.folder)

    def open(self) -> None:
        self.log = Log.open(self.path, now=self.now)
        self.indexer = Indexer(
            self.data,
            self.log,
            on_commit=lambda _: None,
            own_server=0,
            follows_patience_s=PATIENCE_S,
        )

    def close(self) -> None:
        self.indexer.stop()
        self.log.close()

    def settle(self) -> None:
        self.indexer.wake()
        quiet = 0
        while quiet < 3:
            head = self.log.head
            has_moved = self.indexer.index_once() or self.log.head != head
            # What one line has waited for in vain, the next one of its journal waits for again.
            is_waiting = bool(self.indexer._ordering._blocked)
            quiet = 0 if has_moved or is_waiting else quiet + 1
            if is_waiting:
                time.sleep(PATIENCE_S / 2)  # for a line that is damaged or lost

    # -- what writers do

    def journal(self, run_id: str, writer: str) -> Path:
        return self.data.runs / run_id / "journal" / f"{writer}.jsonl"

    def write(self, path: Path, kind: str, data: dict[str, Any], **more: Any) -> int:
        """One line, whole; a line that was under way is finished first, as its writer would."""
        if path in self.torn:
            self.append(path, self.torn.pop(path))
        text = self.line(path, kind, data, **more)
        self.append(path, text)
        return self.sequences[path]

    def line(self, path: Path, kind: str, data: dict[str, Any], **more: Any) -> bytes:
        self.now += 0.01
        self.sequences[path] = sequence = self.sequences.get(path, 0) + 1
        line = {"sequence": sequence, "type": kind, "time": to_iso(self.now), "data": data, **more}
        return json.dumps(line).encode() + b"\n"

    def append(self, path: Path, text: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(text)

    def forerunners(self, run_id: str, but: str) -> dict[str, int]:
        """What an ending follows: every other writer's last line, finished."""
        follows = {}
        for path in list(self.torn):
            if path.parent.parent.name == run_id:
                self.append(path, self.torn.pop(path))
        for path, sequence in self.sequences.items():
            if path.parent.parent.name == run_id and path.stem != but:
                follows[path.stem] = sequence
        return follows

    @rule(run_id=st.sampled_from(RUNS))
    def queue(self, run_id: str) -> None:
        if run_id not in self.status:
            self.data.create_run(run_id, {"name": "digits"})
            self.write(self.journal(run_id, "server-0"), "training_queued", {"name": "digits"})
            self.status[run_id] = "queued"

    @rule(run_id=st.sampled_from(RUNS))
    def start(self, run_id: str) -> None:
        if self.status.get(run_id) in ("queued", "failed"):
            again = self.status[run_id] == "failed"
            writer = self.worker(run_id) if not again else f"worker-{self.workers(run_id) + 1}"
            kind = "training_resumed" if again else "training_started"
            facts = {"name": "digits", "stages": STAGES}
            follows = self.forerunners(run_id, writer)
            self.write(self.journal(run_id, writer), kind, facts, follows=follows)
            self.status[run_id] = "running"

    def workers(self, run_id: str) -> int:
        return sum(
            path.stem.startswith("worker-") and path.parent.parent.name == run_id
            for path in self.sequences
        )

    def worker(self, run_id: str) -> str:
        return f"worker-{max(1, self.workers(run_id))}"

    @rule(
        run_id=st.sampled_from(RUNS),
        stage=st.sampled_from(["load", "fit"]),
        steps=st.integers(1, 5),
    )
    def train(self, run_id: str, stage: str, steps: int) -> None:
        if self.status.get(run_id) == "running":
            path = self.journal(run_id, self.worker(run_id))
            self.write(path, "stage_started", {"stage": stage})
            for step in range(steps):
                self.write(path, "metrics_appended", {"series": {"loss": [[step, 1 / (step + 1)]]}})
                self.write(path, "training_progress", {"stage": stage, "step": step})
            self.write(path, "stage_completed", {"stage": stage, "elapsed_s": 1.0})

    @rule(run_id=st.sampled_from(RUNS), memory=st.integers(1, 1 << 30))
    def sample(self, run_id: str, memory: int) -> None:
        if self.status.get(run_id) == "running":
            report = {"resources": {"memory": memory}}
            self.write(self.journal(run_id, "keeper"), "training_progress", report)

    @rule(run_id=st.sampled_from(RUNS), by_keeper=st.booleans())
    def end(self, run_id: str, by_keeper: bool) -> None:
        if self.status.get(run_id) == "running":
            writer = "keeper" if by_keeper else self.worker(run_id)
            follows = self.forerunners(run_id, writer)
            error = {"type": "SIGKILL", "message": "killed"}
            kind, facts = (
                ("training_failed", {"error": error, "resumable": True})
                if by_keeper
                else ("training_completed", {"result": {"test": {"accuracy": 0.9}}})
            )
            self.write(self.journal(run_id, writer), kind, facts, follows=follows)
            self.status[run_id] = "failed" if by_keeper else "completed"

    @rule(run_id=st.sampled_from(RUNS), name=st.text(max_size=20))
    def rename(self, run_id: str, name: str) -> None:
        if run_id in self.status:
            self.write(self.journal(run_id, "server-0"), "run_updated", {"name": name})

    @rule(text=st.text(max_size=20))
    def note(self, text: str) -> None:
        self.tell(text)

    def tell(self, text: str) -> None:
        path = self.data.server_journal(0)
        facts = {"id": f"n{self.now}", "level": "info", "kind": "note", "text": text}
        self.write(path, "activity_update", facts)

    # -- what goes wrong with journals

    @rule(days=st.sampled_from([-1, 1]))
    def move_clock(self, days: int) -> None:
        self.now += days * 86_400

    @rule(where=DRAWN)
    def tear(self, where: random.Random) -> None:
        """A writer has written a part of a line, and is not done."""
        running = [run_id for run_id, status in self.status.items() if status == "running"]
        if running:
            path = self.journal(where.choice(running), "keeper")
            if path not in self.torn:
                text = self.line(path, "activity_update", {
                    "id": "k", "level": "info", "kind": "note", "text": "torn " * 9})  # fmt: skip
                cut = where.randrange(len(text))
                self.append(path, text[:cut])
                self.torn[path] = text[cut:]

    @rule(where=DRAWN, junk=st.sampled_from(DAMAGE))
    def damage_next_line(self, where: random.Random, junk: bytes) -> None:
        """A line that cannot be read, in the place of one that could."""
        whole = [path for path in self.sequences if path not in self.torn]
        if whole:
            path = where.choice(sorted(whole))
            self.append(path, junk)
            self.sequences[path] += bool(junk.strip())

    @rule(where=DRAWN, other=st.sampled_from(["folder", "pipe", "link", "device", "socket"]))
    def put_something_else(self, where: random.Random, other: str) -> None:
        """What has a journal's name and is none: it is passed over, and nothing waits for it."""
        folders = sorted({path.parent for path in self.sequences})
        if not folders:
            return
        path = where.choice(folders) / f"{other}-{where.randrange(100)}.jsonl"
        if path.is_symlink() or path.exists():
            return
        make_other(path, other, "/dev/zero" if other == "device" else where.choice(folders))

    @rule(where=DRAWN)
    def lose_tail(self, where: random.Random) -> None:
        """The machine went down: the last lines of a journal never reached the disk."""
        whole = [path for path in self.sequences if path not in self.torn]
        if whole:
            path = where.choice(sorted(whole))
            content = path.read_bytes()
            keep = where.randrange(len(content) + 1)
            keep = content.rfind(b"\n", 0, keep) + 1
            path.write_bytes(content[:keep])
            self.has_lost = True

    # -- what the log goes through

    @rule(rounds=st.integers(1, 3))
    def index(self, rounds: int) -> None:
        for _ in range(rounds):
            self.indexer.index_once()

    @rule()
    def restart(self) -> None:
        self.close()
        self.open()

    @rule()
    def kill(self) -> None:
        """What is on disk in this moment is all that the next one finds."""
        aside = self.folder / "aside"
        aside.mkdir()
        for file in self.data.path.glob("log-0.*"):
            shutil.copy(file, aside)
        self.close()
        for file in self.data.path.glob("log-0.*"):
            file.unlink()
        for file in aside.iterdir():
            file.rename(self.data.path / file.name)
        aside.rmdir()
        self.open()

    @rule()
    def lose_log(self) -> None:
        self.close()
        for leftover in self.data.path.glob("log-0.*"):
            leftover.unlink()
        self.open()

    @rule(where=DRAWN)
    def damage_log(self, where: random.Random) -> None:
        self.close()
        content = bytearray(self.path.read_bytes())
        if where.random() < 0.3:
            del content[where.randrange(len(content)) :]
        else:
            place = where.randrange(0, len(content), 512)
            content[place : place + 256] = where.randbytes(256)
        self.path.write_bytes(content)
        self.open()

    @rule()
    def fill_disk(self) -> None:
        """The log may not grow by a single page; what is read is read again later."""
        self.tell("too long for the pages that are left " * 500)
        pages = self.log._connection.execute("PRAGMA page_count").fetchone()[0]
        self.log._connection.execute(f"PRAGMA max_page_count = {pages}")
        self.indexer.wake()
        try:
            with pytest.raises(sqlite3.OperationalError, match="full"):
                self.settle()
        finally:
            self.log._connection.execute("PRAGMA max_page_count = 1073741823")

    # -- what holds all the same

    @invariant()
    def nothing_stands_twice(self) -> None:
        """Also while some of it has not been read yet."""
        logged = read_log(self.path)
        identities = logged.identities
        assert len(identities) == len(set(identities))

    @rule()
    def all_is_logged(self) -> None:
        self.settle()
        missing, _foreign = differences(self.data, read_log(self.path))
        assert not missing

    @precondition(lambda self: not self.has_lost)
    @rule()
    def made_again_it_says_the_same(self) -> None:
        self.settle()
        logged = read_log(self.path)
        check_log(self.data, logged)
        check_rebuilt(self.data, logged)


def check(examples: int, steps: int) -> None:
    case = seed(SEED)(Journals)
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        case,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_happens_to_journals_and_log_each_event_is_logged_once() -> None:
    check(examples=20, steps=30)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_whatever_happens_to_journals_and_log_at_length() -> None:
    check(examples=60, steps=40)
