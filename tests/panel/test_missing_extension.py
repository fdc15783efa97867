"""A kernel whose Jupyter server has not loaded this extension: calls refuse, the panel says why."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_progress.core.names import new_run_id
from jupyter_progress.errors import ExtensionMissing
from jupyter_progress.notebook.panel import Panel
from jupyter_progress.panel.report import problem_html

from ..ipython_kernel import Kernel, running_kernel
from ..jupyter_process import SCALE, TOKEN, JupyterProcess

pytestmark = [
    pytest.mark.timeout(120 * SCALE),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning"),
]
INSTALL = f"{sys.executable} -m pip install jupyter-progress"
TRAIN = """
from jupyter_progress import errors
from sklearn.linear_model import RidgeClassifier
try:
    jp.train(RidgeClassifier(), [[float(i)] for i in range(20)], [0, 1] * 10)
except errors.ExtensionMissing as error:
    print(error)
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A real Jupyter server without this extension."""
    process = JupyterProcess(tmp_path_factory.mktemp("plain"), extension=False)
    try:
        yield process.start()
    finally:
        process.stop()


@pytest.fixture
def kernel(plain: JupyterProcess) -> Iterator[Kernel]:
    """A kernel that says it is that server's child."""
    with running_kernel(plain.environ()) as found:
        assert plain.process is not None
        found.run(f"import os; os.environ['JPY_PARENT_PID'] = '{plain.process.pid}'")
        found.run("import jupyter_progress as jp")
        yield found


def test_panel_says_what_to_install_where_and_calls_raise_the_same(kernel: Kernel) -> None:
    kernel.run("panel = jp.Panel()")
    for form in ("text/plain", "text/html"):
        told = kernel.run(f"print(panel.bundle()[{form!r}])")
        assert INSTALL in told
        assert "restart Jupyter" in told
    assert kernel.run("print(panel.bundle().keys())").count("widget-view") == 0
    assert INSTALL in kernel.traits["problem"]
    assert kernel.run("print(panel.state, panel.connection)") == "None offline"
    assert INSTALL in kernel.run(TRAIN)

    # What a view asks for all the same is refused with the same words.
    kernel.say({"type": "control", "id": 3, "action": "note", "run_id": None, "text": "hello"})
    (answer,) = [said for said in kernel.listen(2.0) if said["type"] == "control_result"]
    assert not answer["ok"]
    assert INSTALL in answer["message"]


def test_panel_of_a_run_says_it_too_and_outside_of_a_kernel_it_is_an_error(
    kernel: Kernel, plain: JupyterProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run_id = new_run_id(0.0, 7)
    told = kernel.run(f"print(repr(jp.Panel({run_id!r})))")
    assert told.startswith(f"Panel({run_id!r}): ")
    assert INSTALL in told
    (tmp_path / "token").write_text(TOKEN)
    monkeypatch.setenv("JUPYTER_PROGRESS_URL", plain.url)
    monkeypatch.setenv("JUPYTER_PROGRESS_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setattr("jupyter_progress.notebook.backend._backend", None)
    with pytest.raises(ExtensionMissing):
        Panel()


def test_words_of_a_problem_are_text_in_the_output() -> None:
    told = problem_html("no <b>server</b>: `pip install x`")
    assert "No &lt;b&gt;server&lt;/b&gt;: <code>pip install x</code>" in told
