"""``jupyter progress report``: saved notebooks are brought up to date, and nothing else of them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_progress.core.state import RunState
from jupyter_progress.panel.bundle import (
    MIME_TYPE,
    WIDGET_VIEW,
    mime_bundle,
    mime_data,
    static_forms,
)
from jupyter_progress.panel.saved_notebook import WIDGET_STATE
from jupyter_progress.store.layout import RunDirectory

Command = Callable[..., tuple[int, str, str]]
MODEL = "0123456789abcdef0123456789abcdef"
UNKNOWN = "20000101-000000-00000000"


def output_of(run_id: str | None, model_id: str | None = None, **more: Any) -> Any:
    """What a panel leaves of a run whose kernel died at once."""
    run = None if run_id is None else RunState(run_id=run_id, name="as it was", status="running")
    own = mime_data(run_id, run, [], log_id="log-a", time="2026-01-01T00:00:00.000Z", **more)
    bundle = mime_bundle(own, static_forms(run_id, run, [], []), model_id)
    return nbformat.v4.new_output("display_data", data=bundle)


def write(path: Path, *outputs: Any, **metadata: Any) -> bytes:
    cells = [nbformat.v4.new_markdown_cell("# Ü ☃ 𝄞\nwith words")]
    cells += [nbformat.v4.new_code_cell("run", outputs=[output]) for output in outputs]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path.read_bytes()


def data_of(path: Path, cell: int) -> dict[str, Any]:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    data: dict[str, Any] = notebook.cells[cell].outputs[0].data
    return data


def test_output_of_a_run_that_went_on_without_its_kernel_is_brought_up_to_date(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    path = tmp_path / "training.ipynb"
    stream = nbformat.v4.new_output("stream", text="as it was\n")
    before = write(path, stream, output_of(finished.run_id, show=["chart"]), output_of(None))
    assert command("report", "--check", str(path))[0] == 1
    assert path.read_bytes() == before
    status, told, _ = command("report", str(path))
    assert (status, told) == (0, f"{path}: 2 outputs brought up to date\n")
    data = data_of(path, 2)
    assert "flowers: completed" in data["text/plain"]
    assert "<svg" in data["text/html"]
    assert data[MIME_TYPE]["snapshot"]["status"] == "completed"
    assert (data[MIME_TYPE]["show"], data[MIME_TYPE]["log_id"]) == (["chart"], "log-a")
    assert finished.run_id in data_of(path, 3)["text/html"]

    # As nbformat would write it, and all else as it was.
    after = path.read_bytes()
    nbformat.write(nbformat.read(path, as_version=4), tmp_path / "again.ipynb")
    assert (tmp_path / "again.ipynb").read_bytes() == after
    place = before.index(b'"cell_type": "code"', before.index(b"as it was"))
    assert after.startswith(before[:place])
    assert after.endswith(before[before.rindex(b"metadata") :])

    # Of a run that has ended there is no more to tell; the list of all runs may grow.
    write(path, output_of(finished.run_id))
    command("report", str(path))
    written = path.read_bytes()
    assert command("report", "--check", str(path)) == (0, f"{path}: 1 was up to date\n", "")
    assert command("report", str(path))[0] == 0
    assert path.read_bytes() == written


def test_file_that_nobody_formatted_keeps_its_every_other_byte(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    path = tmp_path / "odd.ipynb"
    write(path, output_of(finished.run_id))
    notebook = json.loads(path.read_text())
    notebook["metadata"] = {"x": 1e3, "😀": [1, 2]}
    text = json.dumps(notebook, separators=(", ", " :  "), sort_keys=False)
    text = text.replace("1000.0", "1e3").replace('"nbformat"', '\r\n\t"nbformat"') + "\n\n"
    path.write_bytes(text.encode())
    assert command("report", str(path))[0] == 0
    after = path.read_bytes().decode()
    start, end = text.index('"data"'), text.index('"metadata" :  {}', text.index('"data"'))
    assert after.startswith(text[:start])
    assert after.endswith(text[end:].lstrip())
    assert "completed" in data_of(path, 1)["text/plain"]


def test_plain_html_output_is_found_by_what_it_says_of_itself(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    path = tmp_path / "html.ipynb"
    output = nbformat.v4.new_output(
        "display_data",
        data={"text/html": "old", "text/plain": "old"},
        metadata={"jupyter_progress": {"run_id": finished.run_id}},
    )
    write(path, output)
    assert command("report", str(path))[0] == 0
    assert set(data_of(path, 1)) == {"text/html", "text/plain"}
    assert "completed" in data_of(path, 1)["text/html"]


def widget_state(**more: Any) -> dict[str, Any]:
    models = {
        MODEL: {"model_name": "AnyModel", "state": {"layout": "IPY_MODEL_layout", "_esm": "x"}},
        "layout": {"model_name": "LayoutModel", "state": {}},
        "slider": {"model_name": "IntSliderModel", "state": {"value": 5}},
        **more,
    }
    return models


@pytest.mark.parametrize("has_state_key", [True, False])
def test_state_of_the_panels_widget_goes_and_that_of_others_stays_in_the_form_that_is_read(
    command: Command, finished: RunDirectory, tmp_path: Path, has_state_key: bool
) -> None:
    path = tmp_path / "widgets.ipynb"
    state = widget_state()
    saved = {"state": state, "version_major": 2, "version_minor": 0} if has_state_key else state
    write(path, output_of(finished.run_id, MODEL), widgets={WIDGET_STATE: saved})
    status, told, _ = command("report", str(path))
    assert status == 0
    assert "the state of its widgets mended" in told
    notebook = nbformat.read(path, as_version=4)
    kept = notebook.metadata.widgets[WIDGET_STATE]
    assert kept == {"state": {"slider": state["slider"]}, "version_major": 2, "version_minor": 0}
    assert WIDGET_VIEW not in data_of(path, 1)
    assert command("report", "--check", str(path))[0] == 0


def test_panel_inside_of_a_box_keeps_its_state(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    path = tmp_path / "box.ipynb"
    box = {"model_name": "HBoxModel", "state": {"children": [f"IPY_MODEL_{MODEL}"]}}
    saved = {"state": widget_state(box=box), "version_major": 2, "version_minor": 0}
    write(path, output_of(finished.run_id, MODEL), widgets={WIDGET_STATE: saved})
    assert command("report", str(path))[0] == 0
    kept = nbformat.read(path, as_version=4).metadata.widgets[WIDGET_STATE]
    assert kept == saved


def test_output_of_an_unknown_run_stays_and_is_told(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    path = tmp_path / "elsewhere.ipynb"
    write(path, output_of(UNKNOWN), output_of(finished.run_id))
    status, told, error = command("report", str(path))
    assert status == 1
    assert "1 output brought up to date" in told
    assert f"cell 2: there is no run {UNKNOWN!r}" in error
    assert "--data-dir" in error
    assert "as it was" in data_of(path, 1)["text/plain"]
    only = write(path, output_of("../../etc/passwd"))
    status, told, error = command("report", str(path))
    assert (status, told) == (1, "")
    assert path.read_bytes() == only


def test_program_is_told_of_every_output(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.ipynb", tmp_path / "second.ipynb"
    write(first, output_of(finished.run_id), output_of(UNKNOWN))
    write(second)
    status, told, _ = command("report", "--json", str(first), str(second))
    assert status == 1
    answer = json.loads(told)
    assert [found["changed"] for found in answer["notebooks"]] == [True, False]
    assert answer["written"] is True
    assert answer["notebooks"][0]["outputs"] == [
        {"cell": 2, "run_id": finished.run_id, "outcome": "updated"},
        {"cell": 3, "run_id": UNKNOWN, "outcome": "unknown"},
    ]
    assert command("report", str(second))[1] == f"{second}: shows no run\n"


def test_link_permissions_and_a_file_of_many_names_stay(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    target, link = tmp_path / "target.ipynb", tmp_path / "link.ipynb"
    write(target, output_of(finished.run_id))
    target.chmod(0o640)
    link.symlink_to(target)
    assert command("report", str(link))[0] == 0
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert "completed" in data_of(target, 1)["text/plain"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no JSON"),
        (b"print('x')", "is no JSON"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"[1, 2]", "no notebook (it has no nbformat)"),
        (b'{"cells": []}', "no notebook (it has no nbformat)"),
        (b'{"nbformat": 3, "worksheets": []}', "of format 3; expected 4"),
        (b'{"nbformat": 4, "cells": 5}', "of format 4"),
        (b'{"nbformat": 4, "cells": []} {}', "has more behind its end"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_notebook_is_told_and_left_alone(
    command: Command, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "odd.ipynb"
    path.write_bytes(content)
    status, told, error = command("report", str(path))
    assert (status, told) == (1, "")
    assert error.startswith(f"jupyter progress: {path}: ")
    assert words in error
    assert path.read_bytes() == content


OWN = json.dumps(MIME_TYPE)


@pytest.mark.parametrize(
    "cell",
    [
        "5",
        '{"outputs": 5}',
        '{"outputs": [5, null, {}]}',
        '{"outputs": [{"data": []}]}',
        f'{{"outputs": [{{"data": {{{OWN}: 5}}}}]}}',
        '{"outputs": [{"data": {}, "metadata": {"jupyter_progress": 7}}]}',
        '{"outputs": [{"data": {}, "metadata": 7}]}',
    ],
)
def test_cells_of_wrong_types_are_passed_over(command: Command, tmp_path: Path, cell: str) -> None:
    path = tmp_path / "odd.ipynb"
    text = f'{{"nbformat": 4, "cells": [{cell}], "metadata": {{"widgets": [1]}}}}'
    path.write_text(text)
    assert command("report", str(path)) == (0, f"{path}: shows no run\n", "")
    assert path.read_text() == text


def test_file_that_is_missing_a_folder_or_too_large_is_told(
    command: Command, tmp_path: Path
) -> None:
    assert "there is no such file" in command("report", str(tmp_path / "none.ipynb"))[2]
    assert "is a folder" in command("report", str(tmp_path))[2]
    huge = tmp_path / "huge.ipynb"
    huge.touch()
    os.truncate(huge, 200_000_001)
    assert "has 200 MB; at most 200 MB are read" in command("report", str(huge))[2]


def test_a_run_that_is_going_on_is_reported_as_far_as_it_is(
    command: Command, runs: Any, tmp_path: Path
) -> None:
    run = runs.start("slow flowers", {"n_estimators": 100_000})
    path = tmp_path / "going.ipynb"
    try:
        runs.wait(lambda: "running" in command("show", "--json", run.run_id)[1])
        write(path, output_of(run.run_id))
        assert command("report", str(path))[0] == 0
        assert "slow flowers: " in data_of(path, 1)["text/plain"]
    finally:
        command("cancel", run.run_id)
        runs.finish(run)


HALF = "\ud83d"  # of a character: JSON has it, UTF-8 has not


def write_hostile(path: Path, *outputs: Any, **metadata: Any) -> str:
    """What nbformat would refuse to write, with escapes for all that is not ASCII."""
    cells = [{"cell_type": "code", "metadata": {}, "source": "run", "outputs": list(outputs)}]
    whole = {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells}
    path.write_text(json.dumps(whole, indent=1, sort_keys=True))
    return path.read_text()


def hostile_data(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_bytes())["cells"][0]["outputs"][0]["data"]
    return data


def test_output_with_what_no_notebook_should_hold_beside_it_is_brought_up_to_date(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    path = tmp_path / "hostile.ipynb"
    output = output_of(finished.run_id, MODEL)
    output["data"] |= {"text/markdown": HALF, "text/html": [1], "image/png": {HALF: [HALF]}}
    state = {MODEL: {"state": [1]}, "layout": {"state": HALF}}
    write_hostile(path, output, widgets={WIDGET_STATE: state})
    assert command("report", str(path))[0] == 0
    data = hostile_data(path)
    assert (data["text/markdown"], data["image/png"]) == (HALF, {HALF: [HALF]})
    assert "completed" in "".join(data["text/html"])
    widgets = json.loads(path.read_bytes())["metadata"]["widgets"][WIDGET_STATE]
    assert widgets["state"] == {"layout": {"state": HALF}}

    marked = {"data": {MIME_TYPE: "x"}, "metadata": {"jupyter_progress": {"run_id": None}}}
    write_hostile(path, marked)
    assert command("report", str(path))[0] == 0
    assert "flowers" in "".join(hostile_data(path)["text/plain"])


@pytest.mark.parametrize("run_id", [HALF, "\x1b[2J\x07\u202e", "x" * 100_000])
def test_run_id_that_is_none_is_told_so_that_it_does_nothing_to_a_terminal(
    command: Command, finished: RunDirectory, tmp_path: Path, run_id: str
) -> None:
    path = tmp_path / "hostile.ipynb"
    known, odd = output_of(finished.run_id), output_of(finished.run_id)
    odd["data"][MIME_TYPE]["run_id"] = run_id
    write_hostile(path, known, odd)
    status, told, error = command("report", str(path))
    assert (status, told) == (1, f"{path}: 1 output brought up to date\n")
    assert "cell 1: there is no run '" in error
    assert error.strip().isprintable()
    assert len(error) < 1000
    answer = json.loads(command("report", "--json", str(path))[1])
    assert answer["notebooks"][0]["outputs"][1]["run_id"] == run_id


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN"])
def test_output_with_a_number_that_json_has_no_form_for_is_left_as_it_is(
    command: Command, finished: RunDirectory, tmp_path: Path, number: str
) -> None:
    path = tmp_path / "beyond.ipynb"
    output = output_of(finished.run_id)
    output["data"]["application/json"] = {"x": ["NUMBER"]}
    text = write_hostile(path, output, output_of(finished.run_id))
    text = text.replace('"NUMBER"', number)
    path.write_text(text)
    status, told, error = command("report", str(path))
    assert (status, told) == (1, f"{path}: 1 output brought up to date\n")
    assert f"{path}, cell 1: its output holds a number that JSON has no form for" in error
    end = text.index(number) + len(number)
    assert path.read_text()[:end] == text[:end]
    answer = json.loads(command("report", "--json", str(path))[1])
    outcomes = [found["outcome"] for found in answer["notebooks"][0]["outputs"]]
    assert sorted(outcomes) == ["current", "left"]

    text = write_hostile(path, output_of(None), widgets={WIDGET_STATE: {"m": {"x": "NUMBER"}}})
    path.write_text(text.replace('"NUMBER"', number))
    status, _, error = command("report", str(path))
    assert status == 1
    assert "the state of its widgets holds a number" in error
    assert f'"x": {number}' in path.read_text()
    assert json.loads(command("report", "--json", str(path))[1])["notebooks"][0]["left_widgets"]


def test_each_notebook_is_guarded_for_itself(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    names = ["first", "none", "deep", "odd\x1b[2J", "last"]
    paths = first, _, deep, odd, last = [tmp_path / f"{name}.ipynb" for name in names]
    odd.write_text("{")
    # Read it can be, but who looks for a widget in it gets no further.
    state = {MODEL: {"state": {}}, "deep": {"state": "DEEP"}}
    text = write_hostile(deep, output_of(finished.run_id, MODEL), widgets={WIDGET_STATE: state})
    deep.write_text(text.replace('"DEEP"', "[" * 600 + "]" * 600))
    for path in (first, last):
        write(path, output_of(finished.run_id))
    status, told, error = command("report", *map(str, paths))
    assert status == 1
    assert told == "".join(f"{path}: 1 output brought up to date\n" for path in (first, last))
    _, of_deep, of_odd = error.splitlines()
    assert "nested too deeply" in of_deep
    assert f"{str(odd)!r}: is no JSON" in of_odd
    status, told, _ = command("report", "--json", *map(str, paths))
    assert status == 1
    errors = [found["error"] for found in json.loads(told)["notebooks"]]
    assert [error is None for error in errors] == [True, False, False, False, True]
    assert errors[1] == "there is no such file; expected a notebook"


def test_what_no_one_foresaw_in_one_notebook_keeps_no_other_from_being_done(
    command: Command, finished: RunDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = tmp_path / "first.ipynb", tmp_path / "last.ipynb"
    write(first, output_of(None))
    write(last, output_of(finished.run_id))

    def failing(*_: Any) -> str:
        raise ZeroDivisionError("\x1b[2J")

    monkeypatch.setattr("jupyter_progress.cli.report.static_forms", failing)
    status, told, error = command("report", str(first), str(last), str(tmp_path))
    assert (status, told) == (1, "")
    refused = "cannot be brought up to date (ZeroDivisionError('\\x1b[2J'))"
    assert error.count(refused) == 2
    assert f"{tmp_path}: is a folder; expected a regular file" in error


def test_only_a_regular_file_is_read_and_no_more_of_it_than_the_limit(
    command: Command, finished: RunDirectory, tmp_path: Path
) -> None:
    endless, pipe, circle = (tmp_path / name for name in ("zero.ipynb", "pipe.ipynb", "o.ipynb"))
    endless.symlink_to("/dev/zero")
    os.mkfifo(pipe)
    circle.symlink_to(circle)
    whole = tmp_path / "whole.ipynb"
    write(whole, output_of(finished.run_id))
    status, told, error = command("report", *map(str, (endless, pipe, circle, whole)))
    assert (status, told) == (1, f"{whole}: 1 output brought up to date\n")
    for path, kind in ((endless, "a device"), (pipe, "a pipe"), (circle, "a link")):
        assert f"{path}: is {kind}; expected a regular file" in error
