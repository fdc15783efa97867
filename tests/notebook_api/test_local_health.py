"""Without a server the kernel itself says how its machine is, while a panel listens."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jupyter_progress as jp
from jupyter_progress.core.run_query import EVERYTHING
from jupyter_progress.machine.sampling import Machine
from jupyter_progress.notebook.local_backend import LocalBackend
from jupyter_progress.panel.feed import Listener


def health_of(panel: Any, within_s: float) -> dict[str, Any]:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = (panel.state or {}).get("health")
        if found is not None:
            return dict(found)
        time.sleep(0.05)
    raise AssertionError(f"no health within {within_s:g} s")


def test_panel_without_a_server_has_the_machines_health(tmp_path: Path, scaled: Any) -> None:
    backend = LocalBackend(tmp_path / "progress")
    try:
        found = health_of(jp.Panel(backend=backend), scaled(10))
    finally:
        backend.close()
    assert found["status"] in ("green", "yellow", "red")
    assert 0 < found["memory"]["used"] <= found["memory"]["limit"]
    assert {"cpu", "disk", "swap", "load", "reasons", "network"} <= set(found)
    assert set(Machine(tmp_path).sample()) <= set(found)


def test_nothing_is_sampled_where_nobody_listens(tmp_path: Path, scaled: Any) -> None:
    backend = LocalBackend(tmp_path / "progress")
    try:
        assert backend.runs(EVERYTHING, 1) == []
        time.sleep(scaled(1.5))
        assert backend.follower.view.health is None
        heard: list[str] = []
        listener: Listener = lambda messages, _connection: heard.extend(m.type for m in messages)  # noqa: E731
        end = backend.feeds.stream.listen(listener)
        deadline = time.monotonic() + scaled(10)
        while "system_metrics" not in heard and time.monotonic() < deadline:
            time.sleep(0.05)
        end()
        assert "system_metrics" in heard
    finally:
        backend.close()
