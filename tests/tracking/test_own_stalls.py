"""A run of one's own that does not move: told once, and taken back."""

from __future__ import annotations

import threading
import time

import pytest

import jupyter_progress as jp
from jupyter_progress.tracking import own_stalls
from jupyter_progress.tracking.own_stalls import OwnStalls


def test_standstill_is_told_once_and_so_is_its_end():
    now_s, told = [0.0], []
    stalls = OwnStalls(lambda kind, **facts: told.append((kind, facts)), 60.0, lambda: now_s[0])
    for second in range(100):
        now_s[0] = float(second)
        stalls.look({"step": 1}, None, 0.0)
    ((kind, facts),) = told
    assert kind == "training_stalled"
    assert (facts["quiet_s"], facts["uses_cpu"]) == (61.0, False)
    now_s[0] = 100.0
    stalls.look({"step": 2}, None, 99.0)
    assert told[1] == ("training_recovered", {"quiet_s": 100.0})


def test_code_that_computes_without_a_word_is_left_in_peace():
    now_s, told = [0.0], []
    stalls = OwnStalls(lambda kind, **facts: told.append(kind), 60.0, lambda: now_s[0])
    for second in range(5000):
        now_s[0] = float(second)
        stalls.look({}, "train", 97.0 if second % 2 else None)
    assert told == []


@pytest.mark.slow
def test_loop_that_waits_for_itself_says_so_in_its_state(own_data_dir, monkeypatch, scaled):
    monkeypatch.setattr(own_stalls.OwnStalls.__init__, "__defaults__", (3.0, time.monotonic))
    never = threading.Event()
    with jp.Run("loop", display=False) as run:
        run.log(loss=1.0, step=1)
        until = time.monotonic() + scaled(30)
        while run.state.stalled is None and time.monotonic() < until:
            never.wait(0.1)
        assert run.state.stalled is not None
        run.log(loss=0.5, step=2)
        while run.state.stalled is not None and time.monotonic() < until:
            never.wait(0.1)
        assert run.state.stalled is None
