"""A whole session (a browser's login, a notebook, a served model) leaves no secret behind."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from jupyter_progress.server.openapi.operations import OPERATIONS

from ..jupyter_process import SCALE, TOKEN, JupyterProcess

CANARIES = {
    "JUPYTERHUB_API_TOKEN": "canary-hub-token",
    "JPY_API_TOKEN": "canary-jpy-token",
    "CONFIGPROXY_AUTH_TOKEN": "canary-proxy-token",
    "JUPYTER_SERVER_PASSWORD": "canary-password",
}
CELLS = (
    "import jupyter_progress as jp\n"
    "from sklearn.datasets import load_digits\n"
    "from sklearn.ensemble import RandomForestClassifier\n"
    "X, y = load_digits(return_X_y=True)\n"
    "run = jp.train(RandomForestClassifier(20), X, y, name='served')\n"
    "run.wait(timeout=100)\n"
    "run.deploy()\n"
    "assert len(run.predict(X[:2])) == 2",
    "long = jp.train(RandomForestClassifier(50_000), X, y, name='long')\nprint(long.run_id)\nlong",
    # In a box the panel has its widgets' state saved, too.
    "import ipywidgets\nipywidgets.HBox([jp.Panel()])",
    "jp.server()",
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240 * SCALE),
    # The kernel's own word on its transport, and nbclient's on its event loop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path / "jupyter", arguments=["--debug"], environment=CANARIES)
    try:
        yield process.start()
    finally:
        process.stop()


def log_in(server: JupyterProcess) -> list[str]:
    """What a browser does: the page, a look, a note. The values of its cookies."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{server.url}jupyter-progress/?token={TOKEN}").read().decode()
    assert TOKEN not in page
    cookies = {cookie.name: str(cookie.value) for cookie in jar}
    assert not [value for value in cookies.values() if value in page]
    api = f"{server.url}jupyter-progress/api/v1/"
    browser.open(f"{api}status").close()
    note = urllib.request.Request(
        f"{api}activity",
        data=b'{"text": "by a browser"}',
        headers={"X-XSRFToken": cookies["_xsrf"], "Origin": server.url.rstrip("/")},
    )
    assert browser.open(note).status == 201
    return list(cookies.values())


def run_notebook(server: JupyterProcess, token_file: Path) -> tuple[str, str]:
    """Run the cells as a kernel of this server; the notebook as it is saved, and the long run."""
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, CELLS)))
    env = {
        **server.environ(),
        "JUPYTER_PROGRESS_URL": server.url,
        "JUPYTER_PROGRESS_TOKEN_FILE": str(token_file),
    }
    folder = {"metadata": {"path": str(server.root)}}
    done = NotebookClient(notebook, timeout=int(120 * SCALE), resources=folder).execute(env=env)
    assert "widgets" in done.metadata  # the traits of the panels, as they are saved
    return nbformat.writes(done), done.cells[1].outputs[0].text.split()[-1]


def written_below(folder: Path, but: set[Path]) -> dict[Path, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path not in but]
    return {path: path.read_bytes() for path in files}


def told_by(server: JupyterProcess, run_id: str) -> dict[str, bytes]:
    told = {}
    for operation in OPERATIONS:
        if operation.method == "GET" and operation.path != "stream":
            names = {"run_id": run_id, "name": "served", "version": "1"}
            path = operation.path.format(**names)
            request = urllib.request.Request(
                f"{server.url}jupyter-progress/api/v1/{path}{'?since=0' * (path == 'events')}",
                headers={"Authorization": f"token {TOKEN}"},
            )
            with urllib.request.urlopen(request, timeout=30 * SCALE) as answer:
                told[path] = answer.read()
    return told


def environments(process: Any) -> dict[str, str]:
    """Command line and environment of each process that the server has started."""
    children = psutil.Process(process.pid).children(recursive=True)
    return {
        f"{child.pid} {child.cmdline()[:6]}": json.dumps([child.environ(), child.cmdline()])
        for child in children
    }


def test_no_secret_is_left_in_file_answer_notebook_log_or_process(server: JupyterProcess) -> None:
    data = server.data_dir
    token_file = next((data / "servers").glob("token-*"))
    key = (data / "key").read_bytes()
    secrets = [TOKEN, token_file.read_text(), *CANARIES.values(), *log_in(server)]
    notebook, run_id = run_notebook(server, token_file)
    server.wait_for_run(run_id, "running")

    found = environments(server.process)
    assert len(found) >= 4  # the checker, the served model, the keeper and the worker
    for process, held in found.items():
        assert "JUPYTER_PROGRESS_TOKEN_FILE" not in held, process
        assert not [secret for secret in secrets if secret in held], process
    places: dict[Any, bytes] = {**told_by(server, run_id), "notebook": notebook.encode()}
    server.ask("POST", f"runs/{run_id}/cancel")
    server.wait_for_run(run_id, "cancelled")
    server.stop()
    assert not token_file.exists()
    # Jupyter's own folder of running servers holds Jupyter's own token and cookie secret.
    places |= written_below(data, {data / "key"})
    places |= written_below(server.root, set())
    places["log"] = server.log().encode()
    assert any(b"by a browser" in content for content in places.values())
    assert b"jupyter-progress/api/v1/activity" in places["log"]
    for place, content in places.items():
        assert not [secret for secret in secrets if secret.encode() in content], place
        assert key not in content, place
        assert key.hex().encode() not in content, place
