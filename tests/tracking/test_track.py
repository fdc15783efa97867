"""Tracked loops: inside of a run, in one of their own, one in another, left early."""

from __future__ import annotations

import threading
import time

import pytest

from jupyter_progress.errors import InvalidRequest
from jupyter_progress.store.control import append_control
from jupyter_progress.tracking.current import active_runs, innermost_run
from jupyter_progress.tracking.loops import Loop, report_of
from jupyter_progress.tracking.run import Run
from jupyter_progress.tracking.track import track

from .conftest import facts_of, only_run, types_of, wait_until


def test_a_loop_gives_the_same_items_in_a_run_of_its_own(data):
    assert list(track("abc", name="letters", display=False)) == ["a", "b", "c"]
    directory = only_run(data)
    assert directory.request()["name"] == "letters"
    assert types_of(directory) == [
        "training_started", "stage_started", "stage_completed", "training_completed",
    ]  # fmt: skip
    assert facts_of(directory, "training_progress")[-1]["step"] == 3
    assert active_runs() == []


def test_a_loop_inside_of_a_run_moves_its_stage(data, scaled):
    with Run("outer", stages=["train"]) as run, run.stage("train"):
        for number in track(range(4)):
            if number == 1:
                wait_until(lambda: run.state.stage_progress == 25.0, scaled(2))
                assert (run.state.step, run.state.total_steps) == (1, 4)
                assert run.state.estimated_remaining is not None
    assert data.run_ids() == [run.run_id]
    assert run.state.stages[0].progress == 100.0


def test_a_loop_in_a_run_without_a_stage_makes_one(data):
    with Run("no stages") as run:
        assert list(track([1, 2], name="epochs")) == [1, 2]
        assert list(track([3])) == [3]
    assert run.state.stages_completed == ["epochs", "loop"]


def test_an_inner_loop_counts_as_a_share_of_the_outer_ones_step():
    outer, inner = Loop("outer", 4), Loop("inner", 10)
    outer.done, inner.done = 1, 5
    assert report_of([outer, inner]) == {"step": 1, "total_steps": 4, "stage_progress": 37.5}
    assert report_of([outer]) == {"step": 1, "total_steps": 4, "stage_progress": 25.0}
    assert report_of([Loop("endless", None), inner]) == {"step": 0}
    assert report_of([]) == {}


def test_nested_loops_end_in_order(data):
    with Run("nested") as run:
        for _ in track(range(3)):
            for _ in track(range(5)):
                pass
    assert run.state.step == 3
    assert run.state.status == "completed"


def test_a_loop_left_by_break_says_that_it_was_left_early(data):
    for number in track(range(100), display=False):
        if number == 30:
            break
    (completed,) = facts_of(only_run(data), "training_completed")
    assert completed["result"]["stopped"] is True
    assert facts_of(only_run(data), "training_progress")[-1]["step"] == 30
    assert active_runs() == []


def test_a_stage_left_by_break_is_done_when_the_run_goes_on(data):
    with Run("early stopping") as run:
        for number in track(range(100), name="fit"):
            if number == 3:
                break
        with run.stage("evaluate"):
            pass
    assert run.state.stages_completed == ["fit", "evaluate"]


def test_a_stage_left_by_an_exception_is_where_the_run_failed(data):
    def fit():
        for _ in track(range(100), name="fit"):
            raise ValueError("diverged")

    run = Run("fails")
    with pytest.raises(ValueError, match="diverged"), run:
        fit()
    assert run.state.status == "failed"
    assert [stage.status for stage in run.state.stages] == ["failed"]
    assert run.state.error["stage"] == "fit"


def test_an_error_of_the_iterable_itself_fails_the_run(data):
    def broken():
        yield 1
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        list(track(broken(), display=False))
    (failed,) = facts_of(only_run(data), "training_failed")
    assert failed["error"]["type"] == "OSError"
    assert "in broken" in failed["error"]["traceback"]


def test_a_stop_ends_a_loop_of_its_own_at_the_next_iteration(data, scaled):
    seen = 0
    for number in track(range(100_000), display=False):
        if number == 0:
            (run,) = active_runs()
            append_control(data.run(run.run_id), "server-0", "stop", "ada")
        seen += 1
        time.sleep(0.001)
        assert number < 3_000 * scaled(1)
    assert 0 < seen < 100_000
    assert types_of(only_run(data))[-1] == "training_completed"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((10,), "did you mean range(10)"),
        ((None,), "is None, which"),
        (([1], -1), "total: is -1"),
        (([1], "x"), "total: is 'x'"),
        (([1], None, ""), "name: is empty"),
        (([1], None, 3), "name: is 3 (int)"),
    ],
)
def test_a_bad_call_is_refused_where_it_is_written(arguments, words, data):
    with pytest.raises(InvalidRequest) as caught:
        track(*arguments)
    assert words in str(caught.value)
    assert data.run_ids() == []


def test_the_length_is_the_iterables_or_the_total_that_was_given():
    class Stream:
        def __iter__(self):
            return iter([1])

        def __len__(self):
            raise TypeError("a stream has no length")

    assert len(track([1, 2])) == 2
    assert len(track(iter([1, 2]), total=2)) == 2
    with pytest.raises(TypeError):
        len(track(Stream()))


def test_a_plain_thread_belongs_to_the_only_run_of_its_process(data):
    found = []
    with Run("main") as run:
        thread = threading.Thread(target=lambda: found.append(innermost_run()))
        thread.start()
        thread.join()
    assert found == [run]
    assert innermost_run() is None


def test_threads_with_runs_of_their_own_do_not_mix_them_up(data):
    def work(name: str) -> None:
        with Run(name) as run:
            both.wait(10)
            for _ in track(range(2), name=name):
                pass
            found[name] = run.state.stages_completed
            both.wait(10)

    both = threading.Barrier(2)
    found: dict[str, list[str]] = {}
    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"a": ["a"], "b": ["b"]}
    assert len(data.run_ids()) == 2


def test_an_iteration_is_cheap(data, scaled):
    began = time.perf_counter()
    for _ in track(range(300_000), display=False):
        pass
    # About 0.08 µs; the bound only catches work that does not belong into the loop.
    assert time.perf_counter() - began < scaled(1.5)
