"""What a fresh process without a server finds on a disk full of runs, at its first question."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import jupyter_progress as jp
from jupyter_progress.notebook import backend as backends
from jupyter_progress.notebook import local_backend
from jupyter_progress.notebook.local_backend import LocalBackend

from ..store.bench import Bench

RUNS = 36


@pytest.fixture(scope="module")
def full_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    bench = Bench(tmp_path_factory.mktemp("full"))
    # At the same time: the newest is known long before the end of any of them is.
    begun = [
        (run, bench.begin(run, bench.queue(run))) for run in [bench.run() for _ in range(RUNS)]
    ]
    for _run, worker in begun:
        bench.train(worker, steps=150)
    for run, worker in begun:
        bench.complete(run, worker)
    bench.close()
    return bench.data.path


@pytest.fixture
def copied(full_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory on another machine, without any log."""
    folder = tmp_path / "progress"
    shutil.copytree(full_disk, folder, ignore=shutil.ignore_patterns("log-*"))
    # In small parts, as with journals a hundred times as long.
    monkeypatch.setattr("jupyter_progress.store.indexer.BATCH_LINES", 300)
    monkeypatch.setattr(backends, "_backend", None)
    monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(folder))
    return folder


def test_first_list_has_every_run_as_it_is(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = LocalBackend(copied)
    monkeypatch.setattr(backends, "_backend", backend)
    try:
        found = jp.runs()
        assert [run.status for run in found] == ["completed"] * RUNS
        assert jp.runs(status="running") == []
        assert capsys.readouterr().err == ""
    finally:
        backend.close()


def test_first_run_asked_for_is_as_it_is(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = LocalBackend(copied)
    monkeypatch.setattr(backends, "_backend", backend)
    try:
        assert jp.get_run(backend.data.run_ids()[-1]).status == "completed"
        assert jp.last_run().status == "completed"
    finally:
        backend.close()


def test_list_that_is_not_complete_yet_says_so(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = LocalBackend(copied)
    monkeypatch.setattr(backends, "_backend", backend)
    monkeypatch.setattr(local_backend, "CAUGHT_UP_WITHIN_S", 0.0)
    try:
        jp.runs()
        assert f"{RUNS} runs" in capsys.readouterr().err
    finally:
        backend.close()
