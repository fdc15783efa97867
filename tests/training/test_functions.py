"""Functions of the user's own under a keeper: real processes, however they end."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

import jupyter_progress as jp
from jupyter_progress.core.functions import FunctionRequest, UploadedFunction
from jupyter_progress.errors import ArtifactRefused
from jupyter_progress.models.values import load_value
from jupyter_progress.store.control import append_control
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.training.resume import ask_to_resume
from jupyter_progress.training.uploads import Uploads

from .runs import (
    asked_for,
    feed_of,
    kill_worker,
    lines_of,
    resume,
    start,
    state_of,
    wait_for_end,
    wait_for_step,
    wait_until,
)

cloudpickle.register_pickle_by_value(sys.modules[__name__])


def begin(data_dir: DataDirectory, fn: Any, *args: Any, **more: Any) -> RunDirectory:
    return start(data_dir, asked_for(data_dir, fn, *args, **more))


def ended(data_dir: DataDirectory, scaled: Any, fn: Any, *args: Any, **more: Any) -> Any:
    run = begin(data_dir, fn, *args, **more)
    return run, wait_for_end(run, scaled(30))


def value(data_dir: DataDirectory, run: RunDirectory) -> Any:
    return load_value(run.value_dir, key=data_dir.key(), run_id=run.run_id)


def two_stages(count: int) -> dict[str, Any]:
    run = jp.current_run()
    with run.stage("load"):
        print("loaded")
    with run.stage("train"):
        for step in jp.track(range(count)):
            run.log(loss=1.0 / (step + 1), nothing=math.nan)
    (run.checkpoint_dir / "net").write_text("kept")
    return {"sum": sum(range(count)), "attempt": run.attempt, "asked": run.stopping}


def test_function_is_called_in_a_worker_and_its_value_is_kept(data_dir, scaled):
    run, state = ended(data_dir, scaled, two_stages, 20, stages=["load", "train", "test"])
    assert (state.status, state.kind, state.name) == ("completed", "function", "mine")
    assert [(s.id, s.status) for s in state.stages] == [
        ("load", "completed"), ("train", "completed"), ("test", "skipped"),
    ]  # fmt: skip
    assert (state.step, state.total_steps) == (20, 20)
    assert state.result["metrics"] == {"loss": 0.05, "nothing": None}
    assert state.result["stopped"] is False
    assert state.result["value"]["type"] == "dict"
    assert value(data_dir, run) == {"sum": 190, "attempt": 1, "asked": False}
    assert (run.own_checkpoints / "net").read_text() == "kept"
    assert run.output.read_text() == "loaded\n"
    assert state.resources.peak_memory > 0
    told = [re.sub(r" in <?[0-9.]+ s", "", line["text"]) for line in feed_of(run)]
    assert told == [
        "mine was queued", "mine started", "mine: Load done", "mine: Train done",
        "mine finished, returned a dict",
    ]  # fmt: skip


@pytest.mark.slow
def test_value_is_believed_only_as_it_was_left_and_for_its_own_run(data_dir, scaled):
    run, _ = ended(data_dir, scaled, lambda: 42)
    with pytest.raises(ArtifactRefused, match="run the function again"):
        load_value(run.value_dir, key=data_dir.key(), run_id="20260101-000000-00000000")
    with pytest.raises(ArtifactRefused, match="no value that was signed"):
        load_value(run.value_dir, key=b"x" * 32, run_id=run.run_id)
    (run.value_dir / "value.pkl").write_bytes(cloudpickle.dumps(43))
    with pytest.raises(ArtifactRefused, match="SHA-256 differs"):
        value(data_dir, run)


def waits(path: Any, kind: str) -> str:
    run = jp.current_run()
    try:
        _wait(run, kind)
    except jp.RunCancelled:
        (run.checkpoint_dir / "heard").touch()
        raise
    return kind


def _wait(run: Any, kind: str) -> None:
    if kind == "track":
        for _ in jp.track(iter(int, 1)):
            time.sleep(0.01)
    elif kind == "log":
        while True:
            run.log(x=1.0)
            time.sleep(0.01)
    elif kind == "asks":
        while not run.stopping:
            time.sleep(0.01)
    else:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            try:
                time.sleep(0.1)
            except BaseException:
                continue


def is_running(run: RunDirectory, scaled: Any) -> None:
    def has_begun() -> bool:
        return any(line.type == "training_started" for line in lines_of(run, "worker-1"))

    wait_until(has_begun, scaled(20), "the function's beginning")
    time.sleep(0.3)


@pytest.mark.parametrize("kind", ["asks", pytest.param("track", marks=pytest.mark.slow)])
def test_stop_lets_the_function_return_what_it_has(data_dir, scaled, kind):
    run = begin(data_dir, waits, None, kind)
    is_running(run, scaled)
    append_control(run, "kernel-00000000", "stop", "ada")
    state = wait_for_end(run, scaled(3))
    assert (state.status, state.result["stopped"]) == ("completed", True)
    assert value(data_dir, run) == kind


@pytest.mark.parametrize(
    "kind",
    [
        "track",
        pytest.param("log", marks=pytest.mark.slow),
        pytest.param("deaf", marks=pytest.mark.slow),
    ],
)
def test_cancel_ends_the_function_whether_or_not_it_listens(data_dir, scaled, kind):
    run = begin(data_dir, waits, None, kind)
    is_running(run, scaled)
    append_control(run, "kernel-00000000", "cancel", "ada")
    state = wait_for_end(run, scaled(3))
    assert state.status == "cancelled"
    assert not run.value_dir.exists()
    assert (run.own_checkpoints / "heard").exists() is (kind != "deaf")
    if kind == "deaf":
        assert run.exit()["signal"] == "SIGKILL"


@pytest.mark.slow
def test_function_that_is_cancelled_can_clean_up_and_swallows_nothing(data_dir, scaled):
    def cleans_up():
        run = jp.current_run()
        try:
            for _ in run.track(iter(int, 1)):
                time.sleep(0.01)
        except jp.RunCancelled:
            (run.checkpoint_dir / "cleaned").touch()
        return "came through"

    run = begin(data_dir, cleans_up)
    is_running(run, scaled)
    append_control(run, "kernel-00000000", "cancel", "ada")
    assert wait_for_end(run, scaled(3)).status == "cancelled"
    assert (run.own_checkpoints / "cleaned").exists()
    assert not run.value_dir.exists()


def raises() -> None:
    with jp.current_run().stage("fit"):
        print("about to fail")
        raise ValueError("the loss is nan")


def exits() -> None:
    print("going")
    os._exit(3)


def crashes() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def misses() -> None:
    import a_module_that_there_is_not  # noqa: F401


async def sleeps() -> None:
    """Never runs."""


def test_function_that_raises_fails_with_the_lines_of_its_own(data_dir, scaled):
    run, state = ended(data_dir, scaled, raises)
    assert (state.status, state.error["type"]) == ("failed", "ValueError")
    assert (state.error["stage"], state.error["message"]) == ("fit", "the loss is nan")
    assert 'raise ValueError("the loss is nan")' in state.error["traceback"]
    assert "function_worker" not in state.error["traceback"]
    assert "about to fail" in run.output.read_text()
    assert state.error["output"] == "about to fail"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fn", "kind", "reason", "words"),
    [
        (exits, "SystemExit", "worker_crashed", "ended with exit code 3, without a result"),
        (crashes, "SIGSEGV", "worker_crashed", "crashed"),
        (misses, "ModuleNotFoundError", "import_failed", "a_module_that_there_is_not"),
        (lambda: sys.exit("no data"), "SystemExit", "training_error", "no data"),
        (lambda: input(), "EOFError", "training_error", "EOF when reading a line"),
        (lambda: sleeps(), "UnsuitableFunction", "unsuitable_function", "nothing has run"),
        (lambda: bytearray(1 << 62), "MemoryError", "out_of_memory", "memory"),
    ],
)
def test_function_that_fails_says_why(data_dir, scaled, fn, kind, reason, words):
    _, state = ended(data_dir, scaled, fn)
    assert state.status == "failed"
    assert ("Nobody can type" in state.error["hint"]) is (kind == "EOFError")
    assert (state.error["type"], state.error["reason"]) == (kind, reason)
    assert words in state.error["message"]


@pytest.mark.slow
def test_pickle_that_cannot_be_opened_fails_with_a_hint(data_dir, scaled):
    upload = Uploads(data_dir).add("pickle", b"not a pickle")["id"]
    request = FunctionRequest(kind="function", function=UploadedFunction(upload=upload))
    state = wait_for_end(start(data_dir, request), scaled(30))
    assert state.error["reason"] == "function_not_opened"
    assert "restart the kernel" in state.error["hint"]
    call = Uploads(data_dir).add("pickle", cloudpickle.dumps([1, 2]))["id"]
    request = FunctionRequest(kind="function", function=UploadedFunction(upload=call))
    state = wait_for_end(start(data_dir, request), scaled(30))
    assert state.error["reason"] == "unsuitable_function"
    assert "expected a pickle of {'function', 'args', 'kwargs'}" in state.error["message"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fn", "words"),
    [
        (lambda: (x for x in ()), "cannot be pickled"),
        (lambda: Path(os.devnull).open("w"), "cannot be pickled"),  # noqa: SIM115
        (lambda: {"lock": __import__("threading").Lock()}, "cannot be pickled"),
    ],
)  # fmt: skip
def test_value_that_cannot_be_kept_completes_the_run_and_is_told(data_dir, scaled, fn, words):
    run, state = ended(data_dir, scaled, fn)
    assert state.status == "completed"
    assert words in state.result["value"]["problem"]
    warned = [line["text"] for line in feed_of(run) if line["level"] == "warning"]
    assert len(warned) == 1
    assert words in warned[0]


def forks() -> str:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return "parent"
    return "child"


@pytest.mark.slow
def test_child_that_comes_out_of_the_function_says_nothing(data_dir, scaled):
    run, state = ended(data_dir, scaled, forks)
    assert state.status == "completed"
    assert value(data_dir, run) == "parent"
    ends = [line for line in lines_of(run, "worker-1") if line.type == "training_completed"]
    assert len(ends) == 1


@pytest.mark.slow
def test_functions_of_the_notebook_are_found_by_processes_of_its_own(data_dir, scaled):
    code = compile(
        "def square(x):\n    return x * x\n\n"
        "def pools():\n    import multiprocessing\n"
        "    with multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "        return pool.map(square, range(5))\n",
        "<notebook>", "exec",
    )  # fmt: skip
    notebook: dict[str, Any] = {"__name__": "__main__"}
    exec(code, notebook)
    run, state = ended(data_dir, scaled, notebook["pools"])
    assert state.error is None
    assert value(data_dir, run) == [0, 1, 4, 9, 16]


@pytest.mark.slow
def test_run_of_a_function_is_ended_with_its_keeper(data_dir, scaled):
    from jupyter_progress.training.recover import recover_run

    run = begin(data_dir, waits, None, "asks")
    is_running(run, scaled)
    os.kill(json.loads(run.keeper_file.read_text())["pid"], signal.SIGKILL)
    wait_until(lambda: recover_run(run), scaled(10), "the recovery")
    state = state_of(run)
    assert (state.status, state.error["reason"]) == ("failed", "keeper_killed")


def counts(last: int, fails_at: int | None = None) -> list[float]:
    run = jp.current_run()
    kept = run.checkpoint_dir / "state.json"
    at, losses = json.loads(kept.read_text()) if kept.exists() else (0, [])
    with run.stage("train"):
        for step in run.track(range(at, last)):
            losses.append(1.0 / (step + 1))
            run.log(loss=losses[-1], step=step)
            aside = kept.with_suffix(".new")
            aside.write_text(json.dumps([step + 1, losses]))
            aside.replace(kept)
            if run.attempt == 1 and step == fails_at:
                raise RuntimeError("not the first time")
            time.sleep(0.01)
    return losses


@pytest.mark.slow
def test_thread_that_a_function_leaves_behind_keeps_no_process(data_dir, scaled):
    def leaves():
        threading.Thread(target=threading.Event().wait, name="left-behind").start()
        return "gone"

    run, state = ended(data_dir, scaled, leaves)
    assert value(data_dir, run) == "gone"
    assert (state.status, run.exit()["exit_status"]) == ("completed", 0)
    assert "were ended with it: left-behind" in run.output.read_text()


@pytest.mark.slow
def test_killed_function_is_called_again_and_finds_what_it_has_left(data_dir, scaled):
    run = begin(data_dir, counts, 300, stages=["train"])
    wait_for_step(run, scaled(30))
    kill_worker(run)
    failed = wait_for_end(run, scaled(10))
    assert (failed.error["reason"], failed.error["stage"]) == ("worker_killed", "train")
    assert failed.resumable
    resume(data_dir, run)
    state = wait_for_end(run, scaled(30))
    assert (state.status, state.attempt, state.kind) == ("completed", 2, "function")
    assert [stage.status for stage in state.stages] == ["completed"]
    assert state.elapsed_time > failed.elapsed_time
    assert value(data_dir, run) == [1.0 / (step + 1) for step in range(300)]
    done = lines_of(run, "worker-2")
    assert done[0].type == "training_resumed"
    first = next(line for line in done if line.type == "metrics_appended")
    assert first.data["series"]["loss"][0][0] > 0


@pytest.mark.slow
@pytest.mark.parametrize("keeps", [True, False])
def test_function_that_failed_by_itself_is_resumable_where_it_kept_something(
    data_dir, scaled, keeps
):
    run, failed = ended(data_dir, scaled, counts if keeps else raises, *([20, 10] if keeps else []))
    assert failed.resumable is keeps
    if not keeps:
        with pytest.raises(jp.errors.NotResumable, match="failure of its own"):
            ask_to_resume(run, failed, who="ada", writer="kernel-00000000")
        return
    resume(data_dir, run)
    assert wait_for_end(run, scaled(30)).status == "completed"
    assert len(value(data_dir, run)) == 20


@pytest.mark.slow
def test_function_is_interrupted_with_jupyter_and_goes_on_later(data_dir, scaled):
    run = begin(data_dir, counts, 500)
    wait_for_step(run, scaled(30))
    append_control(run, "server-0", "interrupt", "")
    state = wait_for_end(run, scaled(10))
    assert (state.status, state.resumable) == ("interrupted", True)
    assert not run.value_dir.exists()
    resume(data_dir, run)
    assert wait_for_end(run, scaled(30)).status == "completed"
    assert len(value(data_dir, run)) == 500


@pytest.mark.slow
def test_gigabyte_that_is_printed_costs_the_disk_little(data_dir, scaled):
    def prints():
        line = "x" * 1023 + "\n"
        for _ in range(1 << 20):
            sys.stdout.write(line)

    run = begin(data_dir, prints)
    state = wait_for_end(run, scaled(120))
    assert state.status == "completed"
    assert run.output.stat().st_size < 64 << 20
