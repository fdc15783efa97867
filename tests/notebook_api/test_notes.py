"""Notes of one's own, with a server and without one: of a run, and of no run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import jupyter_progress as jp
from jupyter_progress.notebook.kernel_slot import FIRST_SLOT
from jupyter_progress.notebook.local_backend import LocalBackend


def seen(backend: Any, text: str, limit_s: float) -> dict[str, Any]:
    """The feed's line with this text, once a view of everything has it."""
    panel = jp.Panel(backend=backend)
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        for line in (panel.state or {}).get("activity", []):
            if line["text"] == text:
                return dict(line)
        time.sleep(0.02)
    raise AssertionError(f"{text!r} was not shown within {limit_s:g} s")


def test_note_of_no_run_is_shown_to_everybody(here: Any, scaled: Any) -> None:
    here.backend.note("the disk was exchanged", None)
    line = seen(here.backend, "the disk was exchanged", scaled(10))
    assert line["kind"] == "note"
    assert line["run_id"] is None
    other = LocalBackend(here.data_dir)
    try:
        other.note("said beside it", None)
        assert seen(here.backend, "said beside it", scaled(10))["kind"] == "note"
    finally:
        other.close()


def test_kernels_without_a_server_note_in_slots_of_their_own(tmp_path: Path, scaled: Any) -> None:
    first, second = LocalBackend(tmp_path / "progress"), LocalBackend(tmp_path / "progress")
    try:
        first.note("from the first", None)
        second.note("from the second", None)
        first.note("again", None)
        names = first.data.server_names()
        assert names == [f"server-{FIRST_SLOT}", f"server-{FIRST_SLOT + 1}"]
        for backend in (first, second):
            for text in ("from the first", "from the second", "again"):
                seen(backend, text, scaled(10))
    finally:
        first.close()
        second.close()
    third = LocalBackend(tmp_path / "progress")
    try:
        third.note("from a later one", None)
        assert third.data.server_names() == names  # a slot that is free again is taken again
        seen(third, "from the first", scaled(10))
    finally:
        third.close()


@pytest.mark.parametrize("text", ["", " \n", "x" * 30_000, "\x1b[2J", 42, None])
def test_bad_note_is_refused(alone: LocalBackend, text: Any) -> None:
    with pytest.raises(jp.errors.InvalidRequest, match="text"):
        alone.note(text, None)
