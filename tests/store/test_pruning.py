"""What is measured, and what of it goes: on real directories."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_progress.core.retention import Limits
from jupyter_progress.core.state import RunState
from jupyter_progress.core.times import to_iso
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.store.locks import FileLock
from jupyter_progress.store.pruning import prune, size_of

from .bench import START

UPLOAD = "{:032x}"
DAYS = Limits(keep_runs_days=30, keep_uploads_hours=24, max_data_bytes=0, max_runs=0)


def make(data: DataDirectory, number: int, **facts: Any) -> tuple[RunDirectory, RunState]:
    run_id = f"20260921-130000-{number:08x}"
    directory = data.create_run(run_id, {"name": f"run {number}", **facts.pop("request", {})})
    (directory.path / "output.log").write_bytes(b"x" * 5000)
    end_time = to_iso(START - number * 86_400)
    given = {"name": f"run {number}", "status": "completed", "end_time": end_time}
    return directory, RunState(run_id=run_id, **{**given, **facts})


def upload(data: DataDirectory, number: int) -> Path:
    folder = data.uploads / UPLOAD.format(number)
    folder.mkdir()
    (folder / "data.csv").write_text("a,b\n")
    for path in (folder / "data.csv", folder):
        os.utime(path, (START - 90 * 86_400,) * 2)
    return folder


def test_old_runs_go_but_not_what_is_locked_in_service_or_unknown(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path).ensure()
    made = [make(data, n) for n in (10, 40, 50, 60, 70)]
    states = [state for _directory, state in made]
    locked, served, unknown = made[2][0], made[3][0], made[4][0]
    deleted: list[str] = []

    def delete(state: RunState) -> None:
        deleted.append(state.run_id)
        data.run(state.run_id).delete()

    def look(**more: Any) -> list[tuple[str, int]]:
        found = prune(
            data, states[:-1], DAYS, in_service={served.run_id}, delete_run=delete, now=START,
            **more,
        )  # fmt: skip
        return [(removal.id, removal.size_bytes) for removal in found]

    with FileLock(locked.lock_file):
        expected = [(made[1][0].run_id, size_of(made[1][0].path))]
        assert expected[0][1] > 5000
        assert look(dry_run=True) == expected
        assert deleted == []
        assert look() == expected
    assert deleted == [made[1][0].run_id]
    assert data.run_ids() == sorted(run.run_id for run in (made[0][0], locked, served, unknown))
    assert [found[0] for found in look()] == [locked.run_id]  # its lock is free by now


def test_uploads_that_a_run_names_stay_while_it_can_be_resumed(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path).ensure()
    folders = [upload(data, n) for n in range(7)]
    ids = [folder.name for folder in folders]
    spec = {"dataset": {"source": "upload", "id": ids[0], "validation": ids[1]}}
    resumable = make(data, 5, status="failed", resumable=True, spec=spec)[1]
    queued = make(data, 6, status="queued", spec={"estimator": {"upload": ids[2]}})[1]
    ended = make(data, 7, spec={"estimator": {"upload": ids[3]}})[1]
    # Not in the log yet: its request says what it needs.
    make(data, 8, request={"request": {"dataset": {"source": "upload", "id": ids[4]}}})
    half = data.uploads / ".incoming-1"
    half.mkdir()
    os.utime(half, (START - 2 * 86_400,) * 2)
    found = prune(
        data, [resumable, queued, ended], DAYS, in_service=set(), delete_run=lambda _run: None,
        now=START,
    )  # fmt: skip
    assert [(removal.kind, removal.reason) for removal in found] == [
        ("leftover", "unfinished"), ("upload", "unused"), ("upload", "unused"),
        ("upload", "unused"),
    ]  # fmt: skip
    left = {path.name for path in data.uploads.iterdir()}
    assert left == set(ids[:3] + ids[4:5])


def test_file_that_a_model_version_shares_counts_in_part(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model").write_bytes(b"x" * 1000)
    (tmp_path / "run" / "link").symlink_to("/usr")  # not followed
    alone = size_of(tmp_path / "run")
    assert 1000 <= alone < 1100
    os.link(tmp_path / "run" / "model", tmp_path / "version")
    assert size_of(tmp_path / "run") == alone - 500
    assert size_of(tmp_path) == alone
