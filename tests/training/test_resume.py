"""Resuming runs, with real processes and real signals."""

from __future__ import annotations

import json
import threading
import time

import numpy as np
import pytest
from sklearn.datasets import load_digits

from jupyter_progress.core.state import RunState
from jupyter_progress.core.times import to_iso
from jupyter_progress.errors import NotResumable, RunGoingOn
from jupyter_progress.models.persistence import load_model
from jupyter_progress.store.control import append_control
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.training.attempts import Attempt, attempt_of, begin_attempt, has_checkpoint
from jupyter_progress.training.controls import ask_to_stop
from jupyter_progress.training.launch import start_keeper
from jupyter_progress.training.recover import needs_recovery, recover_run
from jupyter_progress.training.resume import ask_to_resume

from .runs import (
    WRITER,
    digits,
    feed_of,
    kill_worker,
    lines_of,
    resume,
    start,
    state_of,
    submit,
    train_here,
    wait_for_end,
    wait_for_step,
    wait_until,
)

SLOW = {"n_estimators": 600, "max_samples": 0.9}


def killed_in_its_fit(data: DataDirectory, scaled, **params) -> RunDirectory:
    run = start(data, digits(params=SLOW | params))
    wait_for_step(run, scaled(40))
    kill_worker(run)
    assert wait_for_end(run, scaled(10)).resumable
    return run


def test_resumed_run_ends_with_the_model_of_an_unbroken_one(data_dir, scaled):
    run = killed_in_its_fit(data_dir, scaled, n_estimators=250)
    before = state_of(run)
    waiting = resume(data_dir, run)
    assert (waiting.status, waiting.attempt, waiting.error) == ("queued", 2, None)
    state = wait_for_end(run, scaled(60))

    assert state.status == "completed", state.error
    assert state.attempt == 2
    assert state.progress == 100.0
    # What its attempts took together, and not what lay between them.
    second = run.exit()
    assert second["exit_status"] == 0
    assert state.earlier_s == before.elapsed_time
    assert state.elapsed_time > before.elapsed_time
    first = json.loads((run.path / "exit-1.json").read_text())
    assert first["signal"] == "SIGKILL"
    resumed = lines_of(run, "worker-2")[0]
    assert resumed.type == "training_resumed"
    assert resumed.follows[WRITER] == lines_of(run, WRITER)[-1].sequence
    assert resumed.follows["worker-1"] == lines_of(run, "worker-1")[-1].sequence
    texts = [line["text"] for line in feed_of(run)]
    assert f"{state.name} was queued to be resumed" in texts
    assert not has_checkpoint(run)

    model = load_model(run.model_dir, key=data_dir.key())
    params = SLOW | {"n_estimators": 250, "random_state": model.random_state}
    unbroken = train_here(data_dir, digits(params=params))
    X, _y = load_digits(return_X_y=True, as_frame=True)
    expected = load_model(unbroken.model_dir, key=data_dir.key())
    assert np.array_equal(model.predict_proba(X), expected.predict_proba(X))


@pytest.mark.slow
def test_run_that_was_asked_for_twice_is_resumed_once(data_dir, scaled):
    # It is to go on until it is cancelled, however long three keepers take to start.
    run = killed_in_its_fit(data_dir, scaled, n_estimators=3_000)
    failed = state_of(run)
    askers = [
        threading.Thread(target=ask_to_resume, args=(run, failed),
                         kwargs={"who": "ada", "writer": f"server-{n}"})
        for n in range(4)
    ]  # fmt: skip
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    ask_to_resume(run, failed, who="bob", writer="cli-1")
    told = [line for n in range(4) for line in lines_of(run, f"server-{n}")]
    assert [line.type for line in told] == ["training_resuming", "activity_update"]
    assert not lines_of(run, "cli-1")

    keepers = [start_keeper(run, data_dir) for _ in range(3)]
    wait_until(lambda: lines_of(run, "worker-2"), scaled(40), "the second worker")
    wait_until(lambda: sum(k.poll() is None for k in keepers) == 1, scaled(10), "one keeper")
    ask_to_resume(run, state_of(run), who="ada", writer=WRITER)
    ask_to_resume(run, failed, who="ada", writer=WRITER)  # by one whose log is behind
    assert attempt_of(run).number == 2
    ask_to_stop(run, state_of(run), action="cancel", who="ada", writer=WRITER)
    assert wait_for_end(run, scaled(10)).status == "cancelled"
    begun = [line for line in lines_of(run, "worker-2") if line.type == "training_resumed"]
    assert len(begun) == 1
    assert not (run.journal("worker-3")).exists()


@pytest.mark.slow
def test_run_is_resumed_again_and_again_and_what_was_asked_before_is_done_with(data_dir, scaled):
    run = killed_in_its_fit(data_dir, scaled)
    for attempt in (2, 3):
        # Asked of an attempt that has ended since.
        append_control(run, WRITER, "interrupt", "")
        assert resume(data_dir, run).attempt == attempt
        wait_until(
            lambda writer=f"worker-{attempt}": any(
                line.data.get("step") for line in lines_of(run, writer)
            ),
            scaled(40),
            "the next attempt's fit",
        )
        kill_worker(run)
        state = wait_for_end(run, scaled(10))
        assert (state.status, state.resumable) == ("failed", True)
        assert state.error["stage"] == "train"
    resume(data_dir, run)
    assert wait_for_end(run, scaled(60)).status == "completed"
    with pytest.raises(NotResumable, match="has completed"):
        ask_to_resume(run, state_of(run), who="ada", writer=WRITER)


@pytest.mark.slow
def test_run_whose_keeper_was_killed_is_resumed(data_dir, scaled):
    run = submit(data_dir, digits(params=SLOW))
    keeper = start_keeper(run, data_dir)
    wait_for_step(run, scaled(40))
    keeper.kill()
    wait_until(lambda: needs_recovery(run), scaled(5), "the lock's release")
    assert recover_run(run)
    assert state_of(run).resumable
    resume(data_dir, run)
    assert not recover_run(run)
    assert wait_for_end(run, scaled(60)).status == "completed"


@pytest.mark.slow
def test_run_that_lost_its_keeper_after_its_last_event_is_resumed(data_dir, scaled):
    run = killed_in_its_fit(data_dir, scaled)
    run.exit_file.unlink()  # its keeper was killed before it could write that
    resume(data_dir, run)
    assert wait_for_end(run, scaled(60)).status == "completed"


STEPS = ("keeper_file", "controls", "attempt_file", "exit_file")


@pytest.mark.parametrize("last", STEPS)
def test_resumption_that_was_killed_half_way_is_asked_for_again(data_dir, last):
    """Each step of a resumption alone leaves a run that has ended, or one that is ready."""
    run = submit(data_dir, digits())
    run.write_json(run.keeper_file, {"pid": 1, "start_time": 0.0, "boot_id": "before"})
    assert recover_run(run)
    failed = state_of(run)
    assert (failed.status, failed.resumable) == ("interrupted", True)
    append_control(run, WRITER, "interrupt", "")

    made = run.path.with_name("made")
    run.path.rename(made)
    whole = RunDirectory(made)
    kept = {step: (getattr(whole, step), getattr(whole, step).exists()) for step in STEPS}
    content = {step: path.read_bytes() for step, (path, _) in kept.items() if path.is_file()}
    ask_to_resume(whole, failed, who="ada", writer=WRITER)
    for step in STEPS[STEPS.index(last) + 1 :]:  # back to before the steps that did not come
        path = kept[step][0]
        if step == "attempt_file":
            path.unlink()
        elif step == "controls":
            path.rmdir()
            path.with_name("control-1").rename(path)
        else:
            aside = path.with_name(f"{path.stem}-1{path.suffix}")
            aside.unlink()
            path.write_bytes(content[step])
    lines = whole.journal(WRITER).read_bytes().splitlines(keepends=True)
    whole.journal(WRITER).write_bytes(b"".join(lines[:-2]))  # nor was it told
    made.rename(run.path)

    assert not needs_recovery(run)
    ask_to_resume(run, failed, who="ada", writer=WRITER)
    ask_to_resume(run, failed, who="ada", writer="server-7")
    assert (state_of(run).status, attempt_of(run).number) == ("queued", 2)
    assert not lines_of(run, "server-7")
    assert not run.exit_file.exists()
    assert not list(run.controls.iterdir())


def ended(run: RunDirectory, status: str, **more) -> RunState:
    run.write_json(run.exit_file, {"exit_status": 0, "time": to_iso(time.time())})
    return RunState(run_id=run.run_id, status=status, start_time=to_iso(0), **more)


def test_run_without_anything_to_go_on_from_is_refused_with_the_reason(data_dir):
    run = submit(data_dir, digits())
    error = {"type": "ValueError", "message": "m", "reason": "fit_failed"}
    refused = {
        "has completed": ended(run, "completed"),
        "been dropped": ended(run, "cancelled"),
        "fit_failed": ended(run, "failed", error=error),
        "a process of its own": ended(run, "failed", kind="own"),
    }
    for words, state in refused.items():
        with pytest.raises(NotResumable, match=words) as refusal:
            ask_to_resume(run, state, who="ada", writer=WRITER)
        assert (refusal.value.status, refusal.value.reason) == (409, "not_resumable")
    with pytest.raises(RunGoingOn, match="nothing to resume"):
        ask_to_resume(run, state_of(run), who="ada", writer=WRITER)
    assert run.exit_file.exists()
    assert attempt_of(run).number == 1


def test_run_that_waits_for_its_next_attempt_is_dropped_at_once(data_dir):
    run = submit(data_dir, digits())
    run.write_json(run.keeper_file, {"pid": 1, "start_time": 0.0, "boot_id": "before"})
    assert recover_run(run)
    ask_to_resume(run, state_of(run), who="ada", writer=WRITER)
    run.checkpoints.mkdir()
    (run.checkpoints / "kept").write_bytes(b"x")
    ask_to_stop(run, state_of(run), action="cancel", who="ada", writer=WRITER)
    assert state_of(run).status == "cancelled"
    assert run.exit()["asked"] == "cancel"
    assert not has_checkpoint(run)


def test_first_attempt_is_written_nowhere_and_the_next_ones_are(data_dir):
    run = submit(data_dir, digits())
    assert (attempt_of(run).number, attempt_of(run).worker) == (1, "worker-1")
    begin_attempt(run, Attempt(number=2, after={"worker-1": 7}, earlier_s=1.5, writer=WRITER))
    assert attempt_of(run) == Attempt(2, {"worker-1": 7}, 1.5, WRITER)
