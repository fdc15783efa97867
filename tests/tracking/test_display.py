"""What shows a run: what a notebook registered, a line in a terminal, nothing in a pipe."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

import pytest
from rich.cells import cell_len
from rich.console import Console

from jupyter_progress.core.state import RunState
from jupyter_progress.tracking import display
from jupyter_progress.tracking.run import Run
from jupyter_progress.tracking.track import track

from .conftest import wait_until


class Recorder:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.states: list[RunState] = []
        self.last: RunState | None = None

    def update(self, state: RunState) -> None:
        self.states.append(state)

    def close(self, state: RunState) -> None:
        self.last = state


@pytest.fixture
def shown():
    recorders: list[Recorder] = []

    def make(run: Run) -> Recorder:
        recorders.append(Recorder(run))
        return recorders[-1]

    display.set_display(make)
    yield recorders
    display.set_display(None)


def test_a_registered_display_is_given_the_run_its_states_and_its_end(data, shown, scaled):
    with Run("shown") as run:
        run.log(loss=0.5)
        (recorder,) = shown
        wait_until(lambda: bool(recorder.states), scaled(3))
    assert recorder.run is run
    assert recorder.states[0].metrics == {"loss": 0.5}
    assert recorder.last is not None
    assert recorder.last.status == "completed"


def test_display_false_shows_nothing(data, shown):
    with Run("hidden", display=False):
        pass
    list(track([1], display=False))
    assert shown == []


def test_a_loop_inside_of_a_run_does_not_show_itself_again(data, shown):
    with Run("outer"):
        list(track([1, 2]))
    assert len(shown) == 1


def test_a_display_that_fails_does_not_reach_the_training(data, scaled, caplog):
    class Broken(Recorder):
        def update(self, state: RunState) -> None:
            super().update(state)
            raise RuntimeError("no screen")

    made: list[Broken] = []
    display.set_display(lambda run: made.append(Broken(run)) or made[-1])
    try:
        with Run("goes on") as run:
            wait_until(lambda: bool(made[0].states), scaled(3))
            run.log(loss=1)
    finally:
        display.set_display(None)
    assert run.state.status == "completed"
    assert "reporting its progress failed" in caplog.text


def test_the_line_in_a_terminal_says_how_far_it_is():
    text = io.StringIO()
    line = display.TerminalLine(Console(file=text, force_terminal=True, width=120))
    state = RunState(
        run_id="r", name="digits", status="running", progress=40.0, step=40, total_steps=100,
        elapsed_time=12.0, estimated_remaining=18.0, metrics={"loss": 0.25, "val/loss": None},
    )  # fmt: skip
    line.update(state)
    line.close(state)
    for words in ("digits", "40 %", "40/100", "12 s", "18 s left", "loss 0.25", "val/loss -"):
        assert words in text.getvalue()


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 100, 160])
@pytest.mark.parametrize("name", ["digits", "数字" * 30, "RandomForestClassifier on digits, again"])
def test_the_line_is_one_line_in_every_terminal(width, name):
    text = io.StringIO()
    console = Console(file=text, force_terminal=False, width=width)
    state = RunState(
        run_id="r", name=name, status="running", progress=40.0, step=40_000, total_steps=100_000,
        elapsed_time=12_000.0, estimated_remaining=18_000.0,
        metrics={"live_accuracy": 0.97654321, "live_score": 0.9754321, "val/loss": None},
    )  # fmt: skip
    console.print(display._Line(state))
    (line,) = text.getvalue().splitlines()
    assert cell_len(line.rstrip()) < width
    if width > 20 or name == "digits":
        assert "40 %" in line
    assert ("val/loss" in line) == (width == 160 and name == "digits")
    assert "live_accuracy" in line or width < 80


def test_a_script_in_a_terminal_shows_one_line_and_in_a_pipe_nothing(data):
    code = (
        "import time\nfrom jupyter_progress.tracking.track import track\n"
        "for _ in track(range(5), name='letters'): time.sleep(0.1)"
    )
    shown_in_pipe = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert shown_in_pipe.stdout + shown_in_pipe.stderr == ""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=slave, env={**os.environ, "TERM": "xterm"}
    )
    os.close(slave)
    seen = b""
    try:
        while chunk := os.read(master, 4096):
            seen += chunk
    except OSError:  # Linux says so when the other end is closed
        pass
    finally:
        os.close(master)
    assert process.wait(30) == 0
    assert b"letters" in seen
    assert b"5/5" in seen
    assert b"completed" in seen
