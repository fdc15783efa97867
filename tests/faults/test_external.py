"""Faults between a run that trains elsewhere and the server that shows it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import jupyter_progress as jp
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.tracking.connection import Connection

from ..jupyter_process import SCALE, TOKEN
from .conftest import Site
from .proxy import ChaosProxy

pytestmark = pytest.mark.timeout(120 * SCALE)
STAGES = ["load", "train", "judge"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("elsewhere"))
    yield site
    site.jupyter.stop()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.touch(mode=0o600)
    path.write_text(TOKEN)
    return path


def train(elsewhere: Connection, points: int, pause_s: float) -> str:
    """A run with so many points a stage; its id."""
    with elsewhere.run("far away", stages=STAGES, flush_s=40 * SCALE) as run:
        for place, stage in enumerate(STAGES):
            with run.stage(stage):
                for step in range(points):
                    run.log(loss=float(step), step=place * points + step)
                    time.sleep(pause_s)
            run.note(f"after {stage}")
    assert elsewhere.flush(40 * SCALE)
    assert DataDirectory(elsewhere.spool_dir).run_ids() == []
    return run.run_id


def hold(site: Site, run_id: str, points: int) -> None:
    """The invariant; and the run is on the server as it was told here, each fact once."""
    logged = site.hold()
    state = logged.runs[run_id]
    assert (state.status, state.stages_completed) == ("completed", STAGES)
    own = [event for event in logged.events if event.origin == run_id]
    told = [event.data["text"] for event in own if event.data.get("kind") == "note"]
    assert told == [f"after {stage}" for stage in STAGES]
    for kind in ("stage_started", "stage_completed"):
        assert [event.data["stage"] for event in own if event.type == kind] == STAGES
    for kind in ("training_queued", "training_started", "training_completed"):
        assert sum(event.type == kind for event in own) == 1, kind
    series = site.jupyter.get(f"runs/{run_id}/metrics?max_points=100000")["series"]["loss"]
    assert series == [[step, step % points] for step in range(points * len(STAGES))]


def test_no_cut_delay_or_stall_loses_or_repeats_what_a_run_elsewhere_tells(
    site: Site, chaos: Callable[..., ChaosProxy], token_file: Path
) -> None:
    proxy = chaos(site.address)
    proxy.is_calm = True  # while it is looked whether the token holds
    elsewhere = jp.connect(proxy.address.url, token_file)
    proxy.is_calm = False
    calmed = threading.Timer(3.0 * SCALE, proxy.calm)
    calmed.start()
    run_id = train(elsewhere, points=40, pause_s=0.02)
    calmed.join()
    hold(site, run_id, 40)


@pytest.mark.slow
def test_server_killed_again_and_again_has_everything_of_a_run_elsewhere_once(
    site: Site, drawn: random.Random, token_file: Path
) -> None:
    elsewhere = jp.connect(site.jupyter.url, token_file)
    told: list[str] = []
    trainer = threading.Thread(target=lambda: told.append(train(elsewhere, 200, 0.02)))
    trainer.start()
    for _ in range(3):
        time.sleep(drawn.uniform(0.3, 2.0))
        site.jupyter.kill()
        time.sleep(drawn.uniform(0.0, 0.5))
        site.jupyter.start()
    trainer.join(100 * SCALE)
    hold(site, told[0], 200)
