"""A notebook that is left open for long: its output is written anew, and grows no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from jupyter_progress.panel.bundle import MIME_TYPE

from ..jupyter_process import SCALE
from .test_saved import environment

# As fast as the panels' clock allows, where a person's would write each two seconds or each minute.
HURRY = """
import jupyter_progress as jp
from jupyter_progress.panel import clock, display as output
clock.TICK_S = output.REFRESH_EVERY_S = output.LAST_WORD_S = 0.02
output.Output.__init__.__defaults__ = (0.02,)
"""
LONG_RUN = """
import math, time
with jp.Run("a long run", stages=["load", "fit"]) as run:
    with run.stage("load"):
        for part in range(200):
            run.note(f"noted {part:05}")
    with run.stage("fit"):
        for step in run.track(range(1500)):
            loss = 0.5 + 0.1 * math.sin(step)
            run.log({"val/loss": loss, "train/loss": loss / 2}, step=step)
            if step % 50 == 0:
                run.note(f"noted {step:05}")
            time.sleep(0.02)
"""
# A step's number has more digits in the end than in the beginning.
DIGITS = 64

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300 * SCALE),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]


class Weighed(NotebookClient):
    """Runs a notebook, and weighs what would be saved each time that an output is written anew."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sizes: list[int] = []

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        done = super().process_message(msg, cell, cell_index)
        # How a stage and the run ended are a few words more.
        if msg["msg_type"] == "update_display_data" and stage_of(msg) == "fit":
            self.sizes.append(len(nbformat.writes(self.nb)))
        return done


def stage_of(msg: dict[str, Any]) -> Any:
    return msg["content"]["data"][MIME_TYPE]["snapshot"]["current_stage"]


def test_saved_notebook_grows_by_nothing_however_often_its_output_is_written(
    tmp_path: Path,
) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in (HURRY, LONG_RUN)]
    )
    client = Weighed(
        notebook, timeout=int(200 * SCALE), resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=environment(tmp_path))
    nbformat.validate(notebook)
    sizes = client.sizes
    assert len(sizes) >= 200
    # Once it holds all that it ever does: the newest of the feed, and a chart as wide as it gets.
    half = len(sizes) // 2
    assert max(sizes[half:]) - max(sizes[half // 2 : half]) <= DIGITS
    (output,) = notebook.cells[1].outputs
    assert "<svg" in output.data["text/html"]
    assert set(notebook.metadata) <= {"language_info", "widgets"}
