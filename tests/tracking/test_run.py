"""A run of one's own: what it writes, how it ends, what it is asked."""

from __future__ import annotations

import itertools
import json
import math
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from jupyter_progress.errors import InvalidRequest, RunCancelled, RunHasEnded
from jupyter_progress.store.control import append_control
from jupyter_progress.store.locks import is_locked
from jupyter_progress.tracking.run import Run
from jupyter_progress.tracking.track import track

from .conftest import facts_of, lines_of, only_run, series_of, types_of, wait_until


def test_a_run_journals_its_stages_metrics_and_end(data):
    with Run("my loop", stages=["load", "train"], tags=["t"]) as run:
        directory = data.run(run.run_id)
        assert is_locked(directory.lock_file)
        with run.stage("load"):
            pass
        with run.stage("train"):
            run.log(loss=0.5)
            run.log({"val/loss": 0.7})
    assert types_of(directory) == [
        "training_started", "stage_started", "stage_completed",
        "stage_started", "stage_completed", "training_completed",
    ]  # fmt: skip
    (started,) = facts_of(directory, "training_started")
    assert (started["kind"], started["tags"]) == ("own", ["t"])
    assert [stage["id"] for stage in started["stages"]] == ["load", "train"]
    assert facts_of(directory, "stage_completed")[1]["metrics"] == {"loss": 0.5, "val/loss": 0.7}
    assert series_of(directory) == {"loss": [[0, 0.5]], "val/loss": [[0, 0.7]]}
    assert directory.request()["kind"] == "own"
    assert directory.exit()["exit_code"] == 0
    assert not is_locked(directory.lock_file)
    assert run.state.status == "completed"
    assert run.state.stages_completed == ["load", "train"]


def test_stage_that_was_not_named_goes_on_and_is_told_with_those_that_were(data):
    with Run("my loop", stages=["load", "train"], display=False) as run:
        with run.stage("trian"):
            run.log(loss=0.5)
        with run.stage("evaluate"):
            pass
    told = [
        facts["text"]
        for facts in facts_of(only_run(data), "activity_update")
        if facts["level"] == "warning"
    ]
    assert told == [
        "'trian' is none of this run's stages; did you mean 'train'? Run(stages=…) has named "
        "'load', 'train'",
        "'evaluate' is none of this run's stages; Run(stages=…) has named 'load', 'train'",
    ]
    statuses = {stage.id: stage.status for stage in run.state.stages}
    assert statuses == {
        "load": "skipped", "train": "skipped", "trian": "completed", "evaluate": "completed",
    }  # fmt: skip


def test_stage_that_never_began_was_left_out_where_the_run_completed(data):
    with Run("whole", stages=["load", "train", "plot"], display=False) as run, run.stage("train"):
        pass
    assert [stage.status for stage in run.state.stages] == ["skipped", "completed", "skipped"]
    cut = Run("cut", stages=["a", "b"], display=False)
    with pytest.raises(ZeroDivisionError), cut, cut.stage("a"):
        1 / 0  # noqa: B018 - what fails
    assert [stage.status for stage in cut.state.stages] == ["failed", "pending"]


def test_stages_are_added_as_they_begin_where_none_were_named(data):
    with Run("free", display=False) as run, run.stage("anything"):
        pass
    assert [stage.id for stage in run.state.stages] == ["anything"]


def test_an_exception_ends_the_run_with_the_users_part_of_the_traceback(data):
    def my_own_step():
        return json.loads("{")

    def train(run):
        with run, run.stage("train"):
            for _ in track(range(3)):
                my_own_step()

    run = Run("fails", stages=["train"])
    with pytest.raises(json.JSONDecodeError):
        train(run)
    (failed,) = facts_of(only_run(data), "training_failed")
    error = failed["error"]
    assert (error["type"], error["stage"]) == ("JSONDecodeError", "train")
    assert 'return json.loads("{")' in error["traceback"]
    assert "jupyter_progress/tracking" not in error["traceback"]
    assert "raise JSONDecodeError" not in error["traceback"]
    assert run.state.status == "failed"
    assert run.state.stages[0].status == "failed"


@pytest.mark.parametrize(
    ("raised", "last_event"),
    [
        (KeyboardInterrupt(), "training_cancelled"),
        (SystemExit(0), "training_completed"),
        (SystemExit(2), "training_failed"),
        (MemoryError("no"), "training_failed"),
    ],
)
def test_how_a_block_is_left_decides_how_the_run_ends(raised, last_event, data):
    with pytest.raises(type(raised)), Run("ends"):
        raise raised
    assert types_of(only_run(data))[-1] == last_event


def test_what_cannot_be_drawn_is_kept_as_missing(data):
    with Run("nan") as run:
        for value in (math.nan, math.inf, -math.inf, None, np.float32("nan")):
            run.log(loss=value)
        run.log(loss=np.float64(0.25))
        run.log(loss=np.array(0.5))
    assert series_of(only_run(data))["loss"] == [
        [0, None], [1, None], [2, None], [3, None], [4, None], [5, 0.25], [6, 0.5],
    ]  # fmt: skip


def test_metrics_of_one_iteration_share_a_step_and_rare_ones_line_up(data):
    with Run("steps") as run:
        for step in range(4):
            run.log(loss=step)
            run.log(accuracy=0.5)
            if step == 2:
                run.log({"val/loss": 9.0})
        run.log(loss=9, step=100)
        run.log(loss=10)
    series = series_of(only_run(data))
    assert [step for step, _ in series["loss"]] == [0, 1, 2, 3, 100, 101]
    assert [step for step, _ in series["accuracy"]] == [0, 1, 2, 3]
    assert series["val/loss"] == [[2, 9.0]]


def test_accuracy_and_predictions_fill_the_runs_own_fields(data, scaled):
    with Run("scores") as run:
        run.log(accuracy=0.75, predictions_processed=360)
        wait_until(lambda: run.state.predictions_processed == 360, scaled(2))
        assert run.state.live_accuracy == 0.75
    assert series_of(only_run(data))["live_accuracy"] == [[0, 0.75]]
    assert "predictions_processed" not in series_of(only_run(data))


def test_a_percentage_is_logged_with_a_warning_and_is_no_live_accuracy(data):
    with Run("percent") as run, pytest.warns(UserWarning, match="not a share from 0 to 1"):
        run.log(accuracy=93.0)
    assert run.state.live_accuracy is None
    assert series_of(only_run(data))["accuracy"] == [[0, 93.0]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda run: run.log(loss="low"), "loss: is 'low' (str); expected one number"),
        (lambda run: run.log(loss=[1, 2]), "loss: is [1, 2] (list); expected one number"),
        (lambda run: run.log(loss=np.ones(3)), "(ndarray); expected one number"),
        (lambda run: run.log(loss=1j), "expected one number"),
        (lambda run: run.log(loss=10**400), "expected one number"),
        (lambda run: run.log(), "metrics: is empty"),
        (lambda run: run.log(0.5), "metrics: is 0.5 (float); expected a dict"),
        (lambda run: run.log({1: 0.5}), "expected a string"),
        (lambda run: run.log({"": 0.5}), "is empty"),
        (lambda run: run.log({"a\n": 0.5}), "control character"),
        (lambda run: run.log(loss=1, step="x"), "step: is 'x' (str)"),
        (lambda run: run.log(loss=1, step=math.nan), "step: is nan"),
        (lambda run: run.log(predictions_processed=-1), "expected a whole number from 0"),
        (lambda run: run.stage(3).__enter__(), "stage: is "),
        (lambda run: run.stage("").__enter__(), "stage: is empty"),
    ],
)
def test_a_bad_call_says_what_was_wrong_and_leaves_nothing(call, words, data):
    with Run("strict") as run:
        run.log(good=1)
        with pytest.raises(InvalidRequest) as caught:
            call(run)
        assert words in str(caught.value)
    assert set(series_of(only_run(data))) == {"good"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": ""}, "name: is empty"),
        ({"name": 3}, "name: is "),
        ({"stages": "train"}, "expected a list of names"),
        ({"stages": ["a", "a"]}, "second time"),
        ({"stages": [1]}, "stages[0]"),
        ({"tags": "x"}, "expected a list of strings"),
        ({"tags": [""]}, "tags[0]"),
    ],
)
def test_a_run_that_cannot_be_is_refused_before_anything_is_written(arguments, words, data):
    with pytest.raises(InvalidRequest) as caught:
        Run(**arguments)
    assert words in str(caught.value)
    assert data.run_ids() == []


def test_a_stage_inside_of_a_stage_is_refused(data):
    with (
        Run("nested") as run,
        run.stage("a"),
        pytest.raises(InvalidRequest, match="'a' is still under way"),
        run.stage("b"),
    ):
        pass


def test_a_run_that_has_not_begun_or_has_ended_says_so(data):
    run = Run("once")
    with pytest.raises(RunHasEnded, match="has not begun"):
        run.log(x=1)
    with run:
        run.log(x=1)
    with pytest.raises(RunHasEnded, match="has ended"):
        run.log(x=1)
    with pytest.raises(RunHasEnded, match="make another Run"):
        run.start()
    run.finish()


def test_start_and_finish_do_without_a_block(data):
    run = Run("cells").start()
    run.log(x=1)
    run.finish(ValueError("in another cell"))
    assert types_of(only_run(data)) == ["training_started", "training_failed"]


def test_a_stop_is_heard_and_the_run_completes_early(data, scaled):
    with Run("stop me") as run:
        append_control(data.run(run.run_id), "server-0", "stop", "ada")
        seen = sum(1 for _ in track(_endless(scaled(10))))
        assert run.stopping
        run.log(loss=1)
    assert seen > 0
    assert facts_of(only_run(data), "training_completed")[0]["result"]["stopped"] is True


@pytest.mark.parametrize("where", ["track", "log", "stage"])
def test_a_cancel_is_raised_by_the_next_call(where, data, scaled):
    run = Run("cancel me").start()
    append_control(data.run(run.run_id), "server-0", "cancel", "ada")

    def act():
        if where == "track":
            for _ in track(_endless(scaled(10))):
                pass
        for _ in _endless(scaled(10)):
            if where == "log":
                run.log(x=1)
            else:
                with run.stage("s"):
                    pass

    with pytest.raises(RunCancelled, match="cancelled by ada"), run:
        act()
    (ended,) = facts_of(only_run(data), "training_cancelled")
    assert ended["who"] == "ada"


def test_a_cancelled_run_whose_code_leaves_in_good_order_is_cancelled(data, scaled):
    with Run("leaves") as run:
        append_control(data.run(run.run_id), "server-0", "cancel", "ada")
        for _ in _endless(scaled(10)):
            if run.stopping:
                break
    (ended,) = facts_of(only_run(data), "training_cancelled")
    assert ended["who"] == "ada"


def test_a_killed_process_leaves_a_free_lock_and_no_exit(data):
    process = _python(
        "from jupyter_progress.tracking.run import Run\n"
        "run = Run('killed').start(); run.log(loss=1.0)\n"
        "print('begun', flush=True); import time; time.sleep(60)"
    )
    assert process.stdout.readline() == "begun\n"
    directory = only_run(data)
    assert is_locked(directory.lock_file)
    process.kill()
    process.communicate()
    assert not is_locked(directory.lock_file)
    assert directory.exit() is None


def test_a_run_that_is_never_finished_ends_interrupted_with_its_process(data):
    process = _python(
        "from jupyter_progress.tracking.run import Run\nRun('left').start().log(loss=1.0)"
    )
    process.communicate(timeout=30)
    assert types_of(only_run(data)) == ["training_started", "training_interrupted"]
    assert series_of(only_run(data)) == {"loss": [[0, 1.0]]}


def test_an_interrupt_from_the_keyboard_is_a_cancel(data):
    process = _python(
        "from jupyter_progress.tracking.run import Run\nimport time\n"
        "with Run('ctrl-c'):\n    print('begun', flush=True)\n    time.sleep(60)"
    )
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert types_of(only_run(data)) == ["training_started", "training_cancelled"]


def test_a_forked_child_logs_beside_its_parent_and_ends_nothing(data):
    with Run("parent") as run:
        run.log(loss=1.0)
        child = os.fork()
        if child == 0:
            try:
                run.log(child_loss=2.0)
                with run.stage("not mine"):
                    pass
                for _ in track(range(3)):
                    pass
                run.finish()
                run._record.journal.close()
            finally:
                os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        directory = data.run(run.run_id)
        assert is_locked(directory.lock_file)
        run.log(loss=3.0)
    assert types_of(directory) == ["training_started", "training_completed"]
    assert series_of(directory) == {"loss": [[0, 1.0], [1, 3.0]]}
    assert set(series_of(directory, "child-")) == {"child_loss"}


def test_children_of_multiprocessing_lose_nothing_of_what_they_log(data):
    process = _python(
        "import multiprocessing\nfrom jupyter_progress.tracking.run import Run\n"
        "def work(n):\n    for step in range(20): run.log(child=n + step / 100)\n"
        "with Run('pool', display=False) as run:\n"
        "    fork = multiprocessing.get_context('fork').Process\n"
        "    children = [fork(target=work, args=(n,)) for n in range(3)]\n"
        "    for child in children: child.start()\n"
        "    for child in children: child.join()"
    )
    process.communicate(timeout=30)
    values = sorted(value for _, value in series_of(only_run(data), "child-")["child"])
    assert values == sorted(n + step / 100 for n in range(3) for step in range(20))


def test_a_child_that_outlives_a_killed_parent_does_not_hold_its_lock(data, scaled):
    process = _python(
        "import os, time\nfrom jupyter_progress.tracking.run import Run\n"
        "run = Run('parent').start()\n"
        "child = os.fork()\n"
        "if child: print(child, flush=True)\n"
        "time.sleep(60)"
    )
    child = int(process.stdout.readline())
    try:
        process.kill()
        process.wait()
        # The child lets go as soon as it runs for the first time.
        wait_until(lambda: not is_locked(only_run(data).lock_file), scaled(3))
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()


def test_threads_log_without_losing_a_value(data):
    with Run("threads") as run:
        threads = [
            threading.Thread(target=lambda name=f"m{n}": [run.log({name: i}) for i in range(500)])
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    series = series_of(only_run(data))
    assert {name: len(points) for name, points in series.items()} == {
        f"m{n}": 500 for n in range(4)
    }


def test_sequences_rise_and_each_fact_is_told_right_after_it(data):
    with Run("told", stages=["a"]) as run, run.stage("a"):
        pass
    lines = lines_of(data.run(run.run_id))
    sequences = [line.sequence for line in lines]
    assert sequences == sorted(set(sequences))
    told = {"training_started", "stage_completed", "training_completed"}
    for fact, following in itertools.pairwise(lines):
        if fact.type in told:
            assert following.data["kind"] == fact.type


def _endless(limit_s: float):
    """Numbers, until the test has failed anyway."""
    import time

    end = time.monotonic() + limit_s
    number = 0
    while time.monotonic() < end:
        time.sleep(0.001)
        yield number
        number += 1
    pytest.fail("nobody ended the loop")


def _python(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ},
    )


@pytest.mark.parametrize("step", [10**400, -(2**60), float("inf"), "3"])
def test_step_that_no_view_could_place_is_refused(step, data):
    with Run("a", display=False) as run, pytest.raises(InvalidRequest, match="step"):
        run.log(loss=1.0, step=step)


@pytest.mark.parametrize("bad", ["x", 5, ValueError])
def test_run_is_finished_by_an_exception_or_by_nothing(bad, data):
    with Run("a", display=False) as run, pytest.raises(InvalidRequest, match="error: is"):
        run.finish(bad)
    assert run.state.status == "completed"


def test_title_of_a_stage_is_text(data):
    with Run("a", display=False) as run, pytest.raises(InvalidRequest, match="title: is 5"):
        run.stage("load", title=5).__enter__()


def test_note_of_ones_own_stands_in_the_feed(data):
    with Run("noted", display=False) as run:
        run.note("the labels are odd", level="warning")
        with pytest.raises(InvalidRequest, match="level"):
            run.note("x", level="loud")
        with pytest.raises(InvalidRequest, match="text"):
            run.note(" ")
    notes = [n for n in facts_of(only_run(data), "activity_update") if n["kind"] == "note"]
    assert [(note["level"], note["text"]) for note in notes] == [("warning", "the labels are odd")]
