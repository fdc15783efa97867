"""What an executed notebook has saved: a report and no widget in its way, or plain HTML alone."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from jupyter_progress.panel.bundle import MIME_TYPE, WIDGET_VIEW
from jupyter_progress.panel.readers import DISPLAY_VARIABLE
from jupyter_progress.panel.saved_notebook import WIDGET_STATE

from ..jupyter_process import SCALE, JupyterProcess

LOOP = """
import time
import ipywidgets
import jupyter_progress as jp
with jp.Run("a loop", stages=["load", "fit"]) as run:
    with run.stage("load"):
        time.sleep(0.5)
    with run.stage("fit"):
        for step in run.track(range(60)):
            run.log(accuracy=1 - 1 / (step + 2), step=step)
            time.sleep(0.05)
"""
THREE_STAGES = """
import time
import jupyter_progress as jp
with jp.Run("three stages", stages=["load", "fit", "score"]) as run:
    for stage in ("load", "fit", "score"):
        with run.stage(stage):
            time.sleep({stage_s})
"""
TWICE = "jp.Panel(run, size='line')\nipywidgets.HBox([jp.Panel(run, size='line')])"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(120 * SCALE),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]


def environment(folder: Path, display: str = "") -> dict[str, str]:
    return {**JupyterProcess(folder).environ(), DISPLAY_VARIABLE: display}


def executed(folder: Path, *cells: str, display: str = "") -> Any:
    """A notebook of these cells, run by nbclient in a kernel without a server."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(
        notebook, timeout=int(60 * SCALE), resources={"metadata": {"path": str(folder)}}
    )
    client.execute(env=environment(folder, display))
    nbformat.validate(notebook)
    return notebook


def test_executed_notebook_has_the_report_and_no_widget_view_in_its_way(tmp_path: Path) -> None:
    notebook = executed(tmp_path, LOOP, TWICE)
    (output,) = notebook.cells[0].outputs
    assert set(output.data) == {MIME_TYPE, "text/html", "text/plain"}
    assert output.data[MIME_TYPE]["snapshot"]["status"] == "completed"
    assert "<svg" in output.data["text/html"]
    assert "a loop: completed" in output.data["text/plain"]
    # Widgets' state is stored by nbclient; a box of widgets has no other form.
    assert WIDGET_VIEW in notebook.cells[1].outputs[0].data
    for template in ("lab", "classic"):
        html, _ = HTMLExporter(template_name=template, exclude_input=True).from_notebook_node(
            notebook
        )
        assert "live accuracy: from 0.5000 to 0.98" in html
    for saved in notebook.metadata.widgets.values():
        assert set(saved) >= {"state", "version_major", "version_minor"}
        assert len(json.dumps(saved)) < 60_000


def test_executed_notebook_has_no_state_of_panels_for_which_nbconvert_would_ask_another_host(
    tmp_path: Path,
) -> None:
    again = "panel = jp.Panel(run)\npanel.reopen()\npanel"
    told = "while panel.status != 'completed':\n    time.sleep(0.05)"
    notebook = executed(tmp_path, LOOP, "jp.Panel()", again, told)
    assert "widgets" not in notebook.metadata
    for template in ("lab", "classic"):
        html, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
        assert "unpkg.com" not in html


def test_executed_notebook_has_the_state_of_other_widgets_alone(tmp_path: Path) -> None:
    notebook = executed(tmp_path, LOOP, "ipywidgets.IntSlider()")
    states = notebook.metadata.widgets[WIDGET_STATE]["state"].values()
    models = sorted(state["model_name"] for state in states)
    assert models == ["IntSliderModel", "LayoutModel", "SliderStyleModel"]


def test_plain_html_is_written_anew_without_any_widget(tmp_path: Path) -> None:
    notebook = executed(tmp_path, LOOP, "jp.Panel()", display="html")
    assert "widgets" not in notebook.metadata
    for cell, words in zip(notebook.cells, ("completed", "<strong>a loop</strong>"), strict=True):
        (output,) = cell.outputs
        assert set(output.data) == {"text/html", "text/plain"}
        assert words in output.data["text/html"]
    assert set(notebook.cells[0].outputs[0].metadata["jupyter_progress"]) == {"run_id"}


def test_plain_html_is_written_at_most_once_a_second_and_only_when_it_changes(
    tmp_path: Path,
) -> None:
    manager, client = start_new_kernel(env=environment(tmp_path, "html"), cwd=str(tmp_path))
    heard: list[tuple[str, dict[str, Any], str]] = []

    def hear(message: dict[str, Any]) -> None:
        date = message["header"]["date"]
        heard.append((message["msg_type"], message["content"], date))

    try:
        client.execute_interactive(LOOP, output_hook=hear, timeout=60 * SCALE)
        client.execute_interactive("time.sleep(3)", output_hook=hear, timeout=60 * SCALE)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    kinds = [kind for kind, _, _ in heard]
    assert not [kind for kind in kinds if kind.startswith("comm")]
    written = [
        (date, content["data"]["text/html"])
        for kind, content, date in heard
        if kind in ("display_data", "update_display_data")
    ]
    texts = [text for _, text in written]
    assert kinds.count("display_data") == 1
    assert len(texts) >= 3
    assert all(one != other for one, other in pairwise(texts))
    assert "completed" in texts[-1]
    # The end comes when it comes; a feed's last word on it, which may say a little else, at once.
    under_way = [date for date, text in written if "completed" not in text]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(under_way[1:])]
    assert gaps
    assert min(gaps) > 0.9


def test_output_is_written_anew_as_each_stage_ends(tmp_path: Path) -> None:
    manager, client = start_new_kernel(env=environment(tmp_path), cwd=str(tmp_path))
    written: list[dict[str, Any]] = []

    def hear(message: dict[str, Any]) -> None:
        if message["msg_type"] in ("display_data", "update_display_data"):
            own = message["content"]["data"].get(MIME_TYPE)
            written.extend([own["snapshot"]] if own and own["snapshot"] else [])

    try:
        client.execute_interactive(
            THREE_STAGES.format(stage_s=3 * SCALE), output_hook=hear, timeout=60 * SCALE
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    under_way = [state for state in written if state["status"] == "running"]
    completed = [len(state["stages_completed"]) for state in under_way]
    assert completed == sorted(completed)
    # A notebook saved in the second stage has the first, and one saved in the third the second.
    assert {1, 2} <= set(completed)
    assert len(written) <= 6
    assert written[-1]["status"] == "completed"


def test_value_that_is_none_is_told_once_and_taken_for_the_default(tmp_path: Path) -> None:
    notebook = executed(tmp_path, LOOP, "jp.Panel()\njp.Panel()", display="none")
    told = [
        output.text
        for cell in notebook.cells
        for output in cell.outputs
        if output.output_type == "stream"
    ]
    assert len(told) == 1
    assert told[0].startswith("JUPYTER_PROGRESS_DISPLAY is 'none', and taken for auto; expected")
    assert MIME_TYPE in notebook.cells[0].outputs[-1].data
