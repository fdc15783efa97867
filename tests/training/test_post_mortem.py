"""A worker that dies without a last word: what its run says then, after real deaths."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_progress.core.figures import size_of
from jupyter_progress.core.requests import RunRequest
from jupyter_progress.core.state import RunState
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.training.last_words import Memory, of_dead_worker, out_of_memory
from jupyter_progress.training.launch import start_keeper

from .hostile import Hostile
from .runs import feed_of, lines_of, start, submit, upload, wait_for_end

GB = 10**9


pytestmark = pytest.mark.slow  # real processes, each with its imports


def hostile(
    data_dir: DataDirectory, deed: str, time_limit: float | None = None, **limits: Any
) -> RunDirectory:
    """Start a run whose estimator does something in ``fit``."""
    request = RunRequest(
        dataset={"source": "sklearn", "name": "iris"},
        estimator={"upload": upload(data_dir, Hostile(deed))},
        time_limit=time_limit,
    )
    return start(data_dir, request, **limits)


def end_of(run: RunDirectory, scaled: Any) -> RunState:
    state = wait_for_end(run, scaled(40))
    ends = [line for path in run.journals.iterdir() for line in lines_of(run, path.stem)
            if line.type in ("training_completed", "training_failed")]  # fmt: skip
    assert len(ends) == 1
    return state


@pytest.mark.parametrize(
    ("deed", "type", "reason", "words"),
    [
        ("segfault", "SIGSEGV", "worker_crashed",
         "the worker crashed with a segmentation fault (SIGSEGV) in train"),
        ("kill", "SIGKILL", "worker_killed", "the worker was ended by SIGKILL in train"),
        ("alarm", "SIGALRM", "worker_killed", "the worker was ended by SIGALRM in train"),
        ("exit", "SystemExit", "worker_crashed", "ended with exit code 3 in train"),
        ("raise", "ValueError", "fit_failed", "no such luck"),
    ],
)  # fmt: skip
def test_each_death_has_its_words_and_the_end_of_the_output(
    data_dir, scaled, deed, type, reason, words
):
    state = end_of(hostile(data_dir, deed), scaled)
    assert state.status == "failed"
    error = state.error
    assert (error["type"], error["reason"], error["stage"]) == (type, reason, "train")
    assert words in error["message"]
    assert error["hint"] or deed == "raise"
    if deed == "raise":
        assert "in _raise\nValueError: no such luck" in error["traceback"]
    else:
        assert "about to " + deed in error["output"]


def test_run_over_its_memory_limit_says_how_much_of_it_and_where(data_dir, scaled):
    limit = 400 * 2**20
    state = end_of(hostile(data_dir, "eat", memory_bytes=limit), scaled)
    assert state.error["reason"] == "out_of_memory"
    peak = state.resources.peak_memory
    assert peak > 390 * 2**20
    assert state.error["message"] == f"killed at {size_of(peak, limit)} in train"
    assert "about to eat" in state.error["output"]


def test_kill_of_a_run_that_has_mapped_more_than_its_limit_is_no_want_of_memory(
    data_dir, scaled, tmp_path
):
    request = RunRequest(
        dataset={"source": "sklearn", "name": "iris"},
        estimator={"upload": upload(data_dir, Hostile("map_and_kill", str(tmp_path / "rows")))},
    )
    run = start(data_dir, request, memory_bytes=500 * 2**20)
    state = end_of(run, scaled)
    assert "mapped 0" in run.output.read_text()
    assert state.error["reason"] == "worker_killed"
    assert 0 < run.exit()["peak_memory"] < 400 * 2**20


@pytest.fixture
def small_group() -> Iterator[Path]:
    """A control group of 500 MiB, where this machine lets us make one."""
    root = Path("/sys/fs/cgroup/memory")
    root = root if root.is_dir() else root.parent
    group = root / f"jupyter-progress-test-{os.getpid()}"
    limit = "memory.limit_in_bytes" if (root / "memory.limit_in_bytes").exists() else "memory.max"
    try:
        group.mkdir()
        (group / limit).write_text(str(500 * 2**20))
    except OSError as reason:
        pytest.skip(f"no control group can be made here: {reason}")
    yield group
    until = time.monotonic() + 10
    while group.exists() and time.monotonic() < until:
        with contextlib.suppress(OSError):  # its last process is just ending
            group.rmdir()


def test_run_that_the_kernel_ends_for_its_control_groups_limit_says_so(
    data_dir, scaled, small_group
):
    request = RunRequest(
        dataset={"source": "sklearn", "name": "iris"},
        estimator={"upload": upload(data_dir, Hostile("gobble"))},
    )
    run = submit(data_dir, request)
    keeper = start_keeper(run, data_dir)
    (small_group / "cgroup.procs").write_text(str(keeper.pid))  # before it starts its worker
    state = end_of(run, scaled)
    assert run.exit()["signal"] == "SIGKILL"
    assert run.exit()["limit"] == 500 * 2**20
    assert state.error["reason"] == "out_of_memory"
    killed = size_of(run.exit()["peak_memory"], 500 * 2**20)
    assert killed.endswith(" of 524 MB")
    assert state.error["message"] == f"killed at {killed} in train"
    assert "about to gobble" in state.error["output"]


def test_memory_that_the_system_refuses_is_out_of_memory(data_dir, scaled):
    state = end_of(hostile(data_dir, "allocate"), scaled)
    assert state.error["reason"] == "out_of_memory"
    assert state.error["stage"] == "train"
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY  # only the worker's


def test_words_of_a_kill_by_the_system_name_the_limit_or_the_machine():
    of_group = Memory(limit=24 * GB, machine=64 * GB, was_oom_killed=True)
    peak = round(23.8 * GB)
    told = of_dead_worker(-9, stage="train", output=_Nothing(), peak_memory=peak, memory=of_group)
    assert told["message"] == "killed at 23.8 of 24 GB in train"
    assert told["reason"] == "out_of_memory"
    full = Memory(limit=None, machine=32 * GB, was_machine_full=True)
    told = out_of_memory(round(30.5 * GB), full, "load_data")
    assert told["message"] == "killed at 30.5 of 32 GB of this machine in load_data"
    small = Memory(limit=None, machine=32 * GB, was_machine_full=True)
    other = of_dead_worker(-9, stage="train", output=_Nothing(), peak_memory=GB, memory=small)
    assert other["reason"] == "worker_killed"  # somebody else's memory was the reason


class _Nothing:
    def open(self, _mode: str) -> Any:
        raise FileNotFoundError


def test_forked_copy_of_the_worker_ends_nothing_and_trains_nothing(data_dir, scaled):
    state = end_of(hostile(data_dir, "fork"), scaled)
    assert state.status == "completed", state.error
    assert state.result["test"]["accuracy"] is not None


def test_daemon_that_a_fit_leaves_behind_is_ended_and_told(data_dir, scaled):
    run = hostile(data_dir, "daemon")
    state = end_of(run, scaled)
    assert state.status == "completed", state.error
    (pid,) = [int(line.split()[1]) for line in run.output.read_text().splitlines()
              if line.startswith("daemon ")]  # fmt: skip
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    told = [line["text"] for line in feed_of(run)]
    assert "1 process is left of what the training had started, and ended with it" in told


def test_output_is_bounded_and_its_loss_is_told(data_dir, scaled):
    run = hostile(data_dir, "print")
    state = end_of(run, scaled)
    assert state.status == "completed", state.error
    assert run.output.stat().st_size <= 10 * 2**20
    told = [line["text"] for line in feed_of(run)]
    assert "The training printed 60.0 MB; at most the newest 10.5 MB are kept" in told
