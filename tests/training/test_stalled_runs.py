"""Runs that fall silent: real deadlocks and standstills, told once and taken back."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest

from jupyter_progress.core.ending import status_words
from jupyter_progress.server.keepalive import Keepalive
from jupyter_progress.training.controls import ask_to_stop

from .hostile import wait_for_itself
from .runs import (
    WRITER,
    asked_for,
    digits,
    feed_of,
    start,
    state_of,
    wait_for_end,
    wait_for_step,
    wait_until,
)
from .test_post_mortem import hostile

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # silence takes its time


def stalled(run: Any) -> Any:
    state = state_of(run)
    return state if state.stalled is not None else None


def told_of(run: Any, kind: str) -> list[str]:
    return [line["text"] for line in feed_of(run) if line["kind"] == kind]


def test_deadlock_is_named_with_the_place_where_it_waits(data_dir, scaled):
    run = hostile(data_dir, "deadlock", stalled_after_s=4.0)
    state = wait_until(lambda: stalled(run), scaled(40), "a word about the silence")
    assert not state.stalled.uses_cpu
    assert state.stalled.since < state.updated_time
    assert "in take" in state.stalled.output  # the function that both threads are in
    assert "stalled: nothing heard for" in status_words(state)
    assert "no CPU use" in status_words(state)
    (text,) = wait_until(lambda: told_of(run, "training_stalled"), scaled(2), "its line")
    assert "has stalled in Train" in text
    assert "deadlock" in text
    assert not Keepalive(24.0).is_busy([state])
    ask_to_stop(run, state, action="cancel", who="ada", writer=WRITER)
    state = wait_for_end(run, scaled(5))
    assert (state.status, state.stalled) == ("cancelled", None)


def test_deadlock_of_a_function_is_named_as_well(data_dir, scaled):
    run = start(data_dir, asked_for(data_dir, wait_for_itself), stalled_after_s=4.0)
    state = wait_until(lambda: stalled(run), scaled(40), "a word about the silence")
    assert not state.stalled.uses_cpu
    assert "in take" in state.stalled.output
    ask_to_stop(run, state, action="cancel", who="ada", writer=WRITER)
    assert wait_for_end(run, scaled(5)).status == "cancelled"


def test_run_that_stands_still_goes_on_and_says_so(data_dir, scaled):
    run = start(data_dir, digits(params={"n_estimators": 100_000}), stalled_after_s=3.0)
    wait_for_step(run, scaled(40))
    pid = json.loads(run.worker_file.read_text())["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(lambda: stalled(run), scaled(60), "a word about the silence")
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: not stalled(run), scaled(20), "a sign of life")
    assert len(told_of(run, "training_stalled")) == 1
    (text,) = wait_until(lambda: told_of(run, "training_recovered"), scaled(2), "its line")
    assert "goes on: heard again after" in text
    ask_to_stop(run, state_of(run), action="cancel", who="ada", writer=WRITER)
    wait_for_end(run, scaled(5))


def test_fit_without_steps_that_computes_is_left_in_peace(data_dir, scaled):
    run = hostile(data_dir, "compute", stalled_after_s=1.0)
    state = wait_for_end(run, scaled(60))
    assert state.status == "completed", state.error
    assert told_of(run, "training_stalled") == []
