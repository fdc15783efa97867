from __future__ import annotations

from jupyter_progress.store.control import ControlReader, append_control

from .bench import Bench


def test_what_was_asked_is_read_once(bench: Bench) -> None:
    run = bench.run()
    reader = ControlReader(run)
    assert reader.poll() == []
    append_control(run, "server-0", "stop", "ada")
    append_control(run, "kernel-1a2b3c4d", "cancel", "bob")
    assert [(control.action, control.who) for control in reader.poll()] == [
        ("stop", "ada"),
        ("cancel", "bob"),
    ]
    assert reader.poll() == []
    append_control(run, "server-0", "cancel", "ada")
    assert [control.action for control in reader.poll()] == ["cancel"]
    assert len(ControlReader(run).poll()) == 3


def test_torn_and_foreign_lines_ask_for_nothing(bench: Bench) -> None:
    run = bench.run()
    reader = ControlReader(run)
    run.control("server-0").write_bytes(b'[1]\n{"who": 3}\n{"action": "can')
    assert reader.poll() == []
    append_control(run, "server-0", "stop", "ada")
    assert [control.action for control in reader.poll()] == ["stop"]


def test_run_without_the_folder_has_no_controls(bench: Bench) -> None:
    run = bench.run()
    run.controls.rmdir()
    reader = ControlReader(run)
    assert reader.poll() == []
    append_control(run, "server-0", "stop", "ada")
    assert len(reader.poll()) == 1
