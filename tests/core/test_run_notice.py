"""What is told of a run, of whatever its journal holds."""

from __future__ import annotations

import pytest

from jupyter_progress.core.run_notice import cause_of, notice_of
from jupyter_progress.core.state import RunState, Stall

TIME = "2026-11-22T10:00:00.000Z"


def stalled(since: str) -> RunState:
    stall = Stall(since=since, likely_s=60.0, uses_cpu=False)
    return RunState(
        run_id="20261122-100000-0000002a", name="digits", status="running", updated_time=TIME,
        stalled=stall,
    )  # fmt: skip


def key_of(since: str) -> str:
    cause = cause_of(stalled(since))
    assert cause is not None
    return cause.key


def test_time_of_a_stall_stands_in_its_key() -> None:
    assert key_of(TIME) == f"stalled-1-{TIME}"


@pytest.mark.parametrize("since", ["a\nb", "ночь", "\ud800", "9" * 1000, " "])
def test_garbled_time_makes_a_key_that_a_header_can_hold(since: str) -> None:
    key = key_of(since)
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key
    assert len(key) < 100
    assert key == key_of(since) != key_of(f"{since}!")


def test_stall_since_a_garbled_time_is_told() -> None:
    state = stalled("ночь")
    cause = cause_of(state)
    assert cause is not None
    assert "nothing heard for unknown time" in notice_of(state, cause).message
