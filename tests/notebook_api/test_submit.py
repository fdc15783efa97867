"""``jp.submit``, with a server and without one: what it gives, and what it is refused."""

from __future__ import annotations

import functools
import json
import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jupyter_progress as jp
from jupyter_progress.errors import InvalidRequest
from jupyter_progress.notebook import functions

pytestmark = pytest.mark.usefixtures("here")


def test_function_with_all_that_it_refers_to_is_called_and_its_value_comes_back(
    here: Any, tmp_path: Path
) -> None:
    class Point:
        def __init__(self, x: float) -> None:
            self.x = x

    factor, go = 3, tmp_path / "go"

    def scale(point: Point, *, by: int = 1) -> Point:
        with jp.current_run().stage("scale"):
            while not go.exists():
                time.sleep(0.01)
            for _ in jp.track(range(3)):
                jp.current_run().log(x=point.x)
            print("scaled")
        return Point(point.x * factor * by)

    run = jp.submit(scale, Point(2.0), by=2, stages=["scale"], tags=["mine"], display=False)
    with pytest.raises(jp.errors.RunNotFinished, match="its value is there once it has ended"):
        _ = run.value
    (tmp_path / "go").touch()
    found = run.wait().value
    assert type(found) is Point  # the very class of this kernel
    assert found.x == 12.0
    assert run.value is found
    assert (run.name, run.tags) == ("scale", ["mine"])
    assert run.output() == "scaled\n"
    assert run.history()["x"].tolist() == [2.0, 2.0, 2.0]
    assert (run.state["kind"], run.state["stages"][0]["progress"]) == ("function", 100.0)
    again = jp.get_run(run.run_id)
    assert again.value.x == 12.0
    assert again.status == "completed"
    with pytest.raises(jp.errors.NoModel, match=r"what that returned is run\.value"):
        _ = run.model


@pytest.mark.slow
def test_time_limit_stops_a_function_with_what_it_has(here: Any) -> None:
    def loops() -> int:
        done = 0
        for done in jp.track(range(100_000)):  # noqa: B007
            time.sleep(0.01)
        return done

    run = jp.submit(loops, time_limit=timedelta(seconds=3), display=False)
    assert run.state["spec"]["time_limit"] == 3.0
    assert 0 < run.wait().value < 99_999
    assert (run.result["stopped"], run.result["stopped_by"]) == (True, "time_limit")


def test_time_limit_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="time_limit: is 0"):
        jp.submit(print, time_limit=0)


@pytest.mark.slow
def test_stop_and_cancel_from_the_handle(here: Any, scaled: Any) -> None:
    def loops() -> int:
        done = 0
        for done in jp.track(range(10_000)):  # noqa: B007
            time.sleep(0.01)
        return done

    run = jp.submit(loops, display=False)
    wait_for_step(run, scaled(20))
    run.stop()
    assert 0 < run.wait(scaled(5)).value < 9_999
    assert run.result["stopped"] is True
    dropped = jp.submit(loops, display=False)
    wait_for_step(dropped, scaled(20))
    dropped.cancel()
    with pytest.raises(jp.RunCancelled):
        dropped.wait(scaled(5))
    with pytest.raises(jp.RunCancelled):
        _ = dropped.value


@pytest.mark.slow
def test_failure_and_a_value_that_is_not_kept_are_told(here: Any) -> None:
    def fails() -> None:
        raise KeyError("age")

    run = jp.submit(fails, display=False)
    with pytest.raises(jp.errors.RunFailed, match="the key 'age' was not found") as failed:
        run.wait()
    assert 'raise KeyError("age")' in str(failed.value)
    with pytest.raises(jp.errors.RunFailed):
        _ = run.value
    lock = jp.submit(lambda: threading.Lock(), name="a lock", display=False).wait()
    with pytest.raises(jp.errors.NoValue, match=r"of type _thread\.lock\) is not kept: it cannot"):
        _ = lock.value
    assert lock.output() == ""


@pytest.mark.slow
def test_resumed_function_finds_what_it_has_left(here: Any, scaled: Any) -> None:
    def goes_on() -> str:
        run = jp.current_run()
        kept = run.checkpoint_dir / "kept"
        if run.attempt == 1:
            kept.write_text("from the first attempt")
            raise RuntimeError("once")
        return kept.read_text()

    run = jp.submit(goes_on, display=False)
    with pytest.raises(jp.errors.RunFailed, match=r"run\.resume\(\) goes on"):
        run.wait()
    assert run.resume().wait(scaled(30)).value == "from the first attempt"
    assert run.state["attempt"] == 2


class Tells:
    """Tells in which processes it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return _opened, (self.path,)


def _opened(path: Path) -> Tells:
    with path.open("a") as file:
        file.write(f"{os.getpid()}\n")
    return Tells(path)


def test_call_is_opened_by_its_worker_and_value_by_this_kernel_alone(
    here: Any, tmp_path: Path
) -> None:
    run = jp.submit(lambda it: it, Tells(tmp_path / "opened"), display=False).wait()
    worker = json.loads((Path(here.data_dir) / "runs" / run.run_id / "worker.json").read_text())
    assert (tmp_path / "opened").read_text().split() == [str(worker["pid"])]
    assert isinstance(run.value, Tells)
    pids = (tmp_path / "opened").read_text().split()
    assert pids == [str(worker["pid"]), str(os.getpid())]


async def coroutine() -> None: ...


def generator() -> Any:
    yield 1


async def both() -> Any:
    yield 1


class Called:
    async def __call__(self) -> None: ...


def named(x: int, name: str) -> None: ...


@pytest.mark.parametrize(
    ("fn", "words"),
    [
        (None, "is None, which cannot be called; expected a function"),
        (3, "not jp.submit(train(3))"),
        (coroutine, "is asynchronous; expected a plain function, in which asyncio.run"),
        (Called(), "is asynchronous"),
        (functools.partial(coroutine), "is asynchronous"),
        (generator, "is a generator, and calling it runs nothing"),
        (both, "is a generator"),
        (generator(), "the outcome of a call; expected the function itself"),
    ],
)
def test_what_cannot_be_called_is_refused_in_the_cell(fn: Any, words: str) -> None:
    with pytest.raises(jp.errors.UnsuitableFunction) as refused:
        jp.submit(fn, display=False)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"stage": ["a"], "x": 1}, "did you mean stages=, which is the run's?"),
        ({"x": 1, "name": "mine"}, "functools.partial(fn, name=…) sets the function's"),
        ({}, "missing a required argument: 'x'; it is named(x: 'int', name: 'str') -> 'None'"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_the_cell(given: Any, words: str) -> None:
    with pytest.raises(jp.errors.UnsuitableFunction) as refused:
        jp.submit(named, **given, display=False)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "a\x1b[31m"}, "name: holds the control character"),
        ({"name": "x" * 201}, "name: has 201 characters"),
        ({"name": 3}, "name: is 3 (int); expected a string"),
        ({"stages": "train"}, "expected a list of names: ['train']"),
        ({"stages": [1]}, "stages[0]: is 1 (int); expected a string"),
        ({"stages": ["a", "a"]}, "stages[1]: is 'a' for the second time"),
        ({"stages": 5}, "stages: is 5 (int); expected a list of names"),
        ({"tags": "mine"}, "tags: is 'mine'; expected a list of strings"),
        ({"display": "no"}, "display: is 'no' (str); expected True or False"),
    ],
)
def test_bad_words_about_the_run_are_refused_in_the_cell(given: Any, words: str) -> None:
    with pytest.raises(jp.errors.InvalidRequest) as refused:
        jp.submit(print, **given)
    assert words in str(refused.value)


def test_function_that_cannot_be_sent_names_what_is_in_the_way(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log_file:
        with pytest.raises(jp.errors.UnsuitableFunction) as refused:
            jp.submit(lambda: log_file.write("x"), display=False)
        assert "because of the variable 'log_file' (a TextIOWrapper)" in str(refused.value)
        assert "make such a thing (an open file" in str(refused.value)
        with pytest.raises(jp.errors.UnsuitableFunction, match=r"because of args\[1\] \(a lock\)"):
            jp.submit(print, 1, threading.Lock(), display=False)
        with pytest.raises(jp.errors.UnsuitableFunction, match=r"its own object \(a TextIOWrapper"):
            jp.submit(log_file.write, "x", display=False)


def test_call_that_is_too_large_names_its_largest_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "CALL_LIMIT_BYTES", 1 << 20)
    rows = np.zeros(1 << 18)
    with pytest.raises(jp.errors.UnsuitableFunction) as refused:
        jp.submit(lambda n: rows[n], 3, display=False)
    assert "takes more than 1 MB" in str(refused.value)
    assert "the largest part is the variable 'rows' (an ndarray)" in str(refused.value)


def test_current_run_is_the_one_that_code_is_in_and_else_says_what_to_do() -> None:
    with jp.Run("mine", display=False) as run:
        assert jp.current_run() is run
        assert run.attempt == 1
        assert run.checkpoint_dir.is_dir()
        assert [*run.track([1, 2])] == [1, 2]
    with pytest.raises(jp.errors.NoCurrentRun, match=r"jp\.submit\(function\)"):
        jp.current_run()


@pytest.mark.slow
def test_function_is_not_submitted_over_a_connection_to_elsewhere(
    here: Any, tmp_path: Path
) -> None:
    elsewhere = jp.connect("http://127.0.0.1:9/", spool_dir=tmp_path)
    with pytest.raises(jp.errors.Conflict, match=r"with connection\.run\(name\)"):
        elsewhere.submit(print)
    with (
        elsewhere.run("x", flush_s=0, display=False) as run,
        pytest.raises(jp.errors.Conflict, match="a folder of your own"),
    ):
        _ = run.checkpoint_dir


def wait_for_step(run: jp.RunHandle, limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while not run.state["step"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
