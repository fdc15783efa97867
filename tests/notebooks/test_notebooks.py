"""The notebooks run as they stand, every cell's assertions hold; with a real server and without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from ..jupyter_process import SCALE, TOKEN, JupyterProcess

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"
LONG = {"search.ipynb"}  # its processes of n_jobs import scikit-learn, in two attempts
CELL_TIMEOUT_S = int(120 * SCALE)
pytestmark = [
    pytest.mark.timeout(240 * SCALE),
    # The kernel's own word on its transport, and nbclient's on its event loop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("notebooks"))
    try:
        yield process.start()
    finally:
        process.stop()


def environment(folder: Path, server: JupyterProcess | None) -> dict[str, str]:
    """What a kernel inherits: from the server, or from nobody."""
    base = JupyterProcess(folder).environ() if server is None else server.environ()
    if server is None:
        return base
    token_file = folder / "token"
    token_file.write_text(TOKEN)
    token_file.chmod(0o600)
    return {
        **base,
        "JUPYTER_PROGRESS_URL": server.url,
        "JUPYTER_PROGRESS_TOKEN_FILE": str(token_file),
    }


def run_cells(notebook: Any, env: dict[str, str], folder: Path) -> Any:
    client = NotebookClient(
        notebook, timeout=CELL_TIMEOUT_S, resources={"metadata": {"path": str(folder)}}
    )
    return client.execute(env=env)


def part_of(notebook: Any, cells: list[Any]) -> Any:
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["server", "local"])
def test_quickstart_runs_and_finds_its_run_after_a_kernel_restart(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("server") if kind == "server" else None
    notebook = nbformat.read(NOTEBOOKS / "quickstart.ipynb", as_version=4)
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    restart = tags.index(["after-restart"])
    env = environment(tmp_path, server)
    before = run_cells(part_of(notebook, notebook.cells[:restart]), env, tmp_path)
    after = run_cells(part_of(notebook, notebook.cells[restart:]), env, tmp_path)
    shown = [
        output.data
        for cell in (*before.cells, *after.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "display_data"
    ]
    assert len(shown) >= 5
    assert all("application/vnd.jupyter-progress+json" in data for data in shown)
    assert all(TOKEN not in str(data) for data in shown)
    final = shown[1]  # shown by wait(), and written anew at the end
    assert "accuracy 0.9" in final["text/plain"]
    assert final["application/vnd.jupyter-progress+json"]["snapshot"]["status"] == "completed"


@pytest.mark.slow
def test_own_code_runs_without_a_server(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOKS / "own_code.ipynb", as_version=4)
    ran = run_cells(notebook, environment(tmp_path, None), tmp_path)
    printed = [
        output.text
        for cell in ran.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stdout"
    ]
    assert "attempt 1: epochs 0 to 100" in "".join(printed)


def test_nbval_passes_on_every_short_notebook_with_a_server(
    server: JupyterProcess, tmp_path: Path
) -> None:
    expect_to_pass(server, tmp_path, {path.name for path in NOTEBOOKS.glob("*.ipynb")} - LONG)


@pytest.mark.slow
def test_nbval_passes_on_every_long_notebook_with_a_server(
    server: JupyterProcess, tmp_path: Path
) -> None:
    expect_to_pass(server, tmp_path, LONG)


def expect_to_pass(server: JupyterProcess, tmp_path: Path, names: set[str]) -> None:
    """Every cell of these notebooks runs, and holds what it asserts."""
    (tmp_path / "notebooks").mkdir()
    for name in names:
        shutil.copy(NOTEBOOKS / name, tmp_path / "notebooks")
    words = [
        sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-c", os.devnull,
        "-p", "no:randomly", "-p", "no:cacheprovider",
        f"--nbval-cell-timeout={CELL_TIMEOUT_S}", str(tmp_path / "notebooks"),
    ]  # fmt: skip
    ran = subprocess.run(
        words, env=environment(tmp_path, server), cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    cells = [
        cell
        for name in names
        for cell in nbformat.read(NOTEBOOKS / name, as_version=4).cells
        if cell.cell_type == "code"
    ]
    assert f"{len(cells)} passed" in ran.stdout


@pytest.mark.parametrize(
    "name",
    ["own_code.ipynb", "own_estimator.ipynb", "quickstart.ipynb", "rest.ipynb", "search.ipynb"],
)
def test_saved_notebook_carries_no_widget_state_and_no_secret(name: str) -> None:
    text = (NOTEBOOKS / name).read_text()
    notebook = nbformat.reads(text, as_version=4)
    assert "widgets" not in notebook.metadata
    assert "token=" not in text
    assert all(not cell.get("outputs") for cell in notebook.cells)
