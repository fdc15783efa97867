"""What a panel tells other widgets: traits that `link` and `observe` take, in any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
import traitlets

from jupyter_progress.errors import InvalidRequest
from jupyter_progress.notebook.local_backend import LocalBackend
from jupyter_progress.notebook.panel import Panel
from jupyter_progress.tracking.run import Run

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def wait(scaled: Callable[[float], float]) -> Wait:
    """Wait for something that a thread brings about."""

    def until(holds: Callable[[], object]) -> None:
        pause = threading.Event()
        for _ in range(int(scaled(10) / 0.02)):
            if holds():
                return
            pause.wait(0.02)
        raise AssertionError("it did not come about")

    return until


@pytest.fixture
def panel_of(own_data_dir: Path) -> Iterator[Callable[..., Panel]]:
    """Makes panels that this process feeds."""
    backend = LocalBackend(own_data_dir)
    yield lambda run=None, **more: Panel(run, backend=backend, **more)
    backend.close()


@pytest.fixture
def own() -> Iterator[Run]:
    """A run of this process, in its only stage."""
    run = Run("a loop", stages=["fit"], display=False).start()
    with run.stage("fit", title="Fit it"):
        yield run
    run.finish()


def test_linked_bar_and_label_follow_the_run_to_its_end(
    panel_of: Callable[..., Panel], wait: Wait
) -> None:
    bar, label = ipywidgets.IntProgress(), ipywidgets.Label()
    with Run("a loop", stages=["fit"], display=False) as run:
        panel = panel_of(run, show=["chart"])
        ipywidgets.dlink((panel, "progress"), (bar, "value"), int)
        ipywidgets.link((panel, "status"), (label, "value"))
        with run.stage("fit", title="Fit it"):
            for step in run.track(range(10)):
                run.log(accuracy=step / 10, step=step)
            wait(lambda: panel.live_score == 0.9)
            assert panel.stage == "Fit it"
            assert label.value == "running"
    wait(lambda: label.value == "completed")
    assert bar.value == 100
    assert panel.run_state is not None
    assert panel.run_state["status"] == panel.state["status"] == "completed"
    assert panel.connection == "local"


def test_observer_of_the_end_finds_all_else_at_its_end(
    panel_of: Callable[..., Panel], wait: Wait
) -> None:
    heard: list[tuple[str, float, str]] = []
    with Run("a loop", display=False) as run:
        panel = panel_of(run)

        def note(change: Any) -> None:
            state = panel.run_state or {}
            heard.append((change.new, panel.progress, state.get("status", "")))

        panel.observe(note, "status")
        wait(lambda: heard)
    wait(lambda: heard[-1][0] == "completed")
    assert heard[-1] == ("completed", 100.0, "completed")


def test_observer_that_raises_or_sleeps_takes_nothing_from_the_others(
    panel_of: Callable[..., Panel], own: Run, wait: Wait, caplog: pytest.LogCaptureFixture
) -> None:
    panel, other = panel_of(own), panel_of(own)
    asleep, awake = threading.Event(), threading.Event()

    def sleep(_change: Any) -> None:
        asleep.set()
        awake.wait(30)
        raise ValueError("a callback of somebody's")

    panel.observe(sleep, "live_score")
    own.log(accuracy=0.5, step=1)
    wait(asleep.is_set)
    own.log(accuracy=0.6, step=2)
    # The panels themselves are fed by another thread, which does not wait.
    wait(lambda: (other.state or {}).get("live_accuracy") == 0.6)
    awake.set()
    wait(lambda: other.live_score == 0.6)
    wait(lambda: panel.live_score == 0.6)
    assert caplog.text.count("what observes a panel's live_score has failed") == 1


def test_traits_are_the_runs_and_nobody_elses(panel_of: Callable[..., Panel], own: Run) -> None:
    panel = panel_of(own)
    for name in ("progress", "status", "stage", "live_score", "run_state", "connection"):
        assert panel.has_trait(name)
        with pytest.raises(traitlets.TraitError):
            setattr(panel, name, None)
    # Small enough for the page, but for the state, which that has by other ways.
    assert {"progress", "status", "live_score", "stage"} <= set(panel.keys)
    assert "run_state" not in panel.keys


def test_panels_are_widgets_for_layouts(panel_of: Callable[..., Panel], own: Run) -> None:
    line = panel_of(own, size="line")
    box = ipywidgets.HBox([line, panel_of(own, show=["progress", "chart"])])
    assert [child.size for child in box.children] == ["line", "panel"]
    assert line.bundle()["application/vnd.jupyter-progress+json"]["size"] == "line"
    shown = box.children[1].bundle()["application/vnd.jupyter-progress+json"]
    assert shown["show"] == ["progress", "chart"]
    assert "size" not in shown


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"size": "small"}, r"size: is 'small' \(str\); expected 'panel' or 'line'"),
        ({"size": 5}, "size: is 5"),
        ({"size": "line", "show": ["chart"]}, "show: is given for a line"),
        ({"show": ["chart", "chart"]}, "show: names 'chart' twice"),
        ({"show": ["bar"]}, "expected some of: progress, stages, chart, candidates, results"),
    ],
)
def test_bad_calls_say_what_is_expected(
    panel_of: Callable[..., Panel], own: Run, call: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidRequest, match=words):
        panel_of(own, **call)


def test_parts_of_one_run_are_not_parts_of_everything(panel_of: Callable[..., Panel]) -> None:
    with pytest.raises(InvalidRequest, match="'chart', a part of one run; name the run"):
        panel_of(show=["chart"])
    assert panel_of(show=["activity", "progress"]).show == [
        "activity",
        "progress",
    ]
