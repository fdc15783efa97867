"""What fails in a cell's code is told as the notebook would tell it: in a real kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

DEFINES = """\
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
class Mine(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        return inner({})
    def predict(self, X):
        return X
"""
NEEDED = "def inner(ages):\n    return ages['age']  # the culprit"
NOT_NEEDED = "token = 'not for anybody'\ndef other():\n    return token"
TRAINS = """\
import jupyter_progress as jp
X, y = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
run = jp.train(Mine(), X, y, display=False)
try:
    run.wait()
except jp.errors.RunFailed as error:
    print(error)
"""


@pytest.fixture
def cell(
    own_data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaled
) -> Iterator[Callable[[str], str]]:
    """Runs a cell and answers what it printed."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(tmp_path)
    # Without a server: the kernel starts the keeper itself.
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=scaled(60))

    def execute(code: str) -> str:
        printed: list[str] = []

        def hear(message: dict) -> None:
            assert message["msg_type"] != "error", message["content"]["traceback"]
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        client.execute_interactive(code, output_hook=hear, timeout=scaled(60))
        return "".join(printed)

    try:
        yield execute
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_failed_run_shows_the_lines_of_its_cells_and_takes_no_others(
    cell: Callable[[str], str], own_data_dir: Path
) -> None:
    cell(NOT_NEEDED)
    cell(DEFINES)
    cell(NEEDED)
    told = cell(TRAINS)
    assert "KeyError: the key 'age' was not found" in told
    assert "  Cell In[2], line 5, in fit\n    return inner({})" in told
    assert "  Cell In[3], line 2, in inner\n    return ages['age']  # the culprit" in told
    sent = b"".join(path.read_bytes() for path in own_data_dir.glob("uploads/*/*.pickle"))
    assert b"the culprit" in sent
    assert b"not for anybody" not in sent
    assert b"except jp.errors" not in sent

    own = cell(
        "run = jp.Run('mine', display=False).start()\n"
        "try:\n    inner({})\nexcept KeyError as error:\n    run.finish(error)\n"
        "print(run.state.error['traceback'])"
    )
    assert "  Cell In[3], line 2, in inner\n    return ages['age']  # the culprit" in own


SUBMITS = """\
import jupyter_progress as jp
def outer(table):
    jp.current_run().note("begins")
    print("looking")
    return inner(table)
run = jp.submit(outer, {}, display=False)
try:
    run.wait()
except jp.errors.RunFailed as error:
    print(error)
"""
DEFINES_VALUE = """\
import enum
class Kind(enum.Enum):
    GOOD = 1
class Found:
    def __init__(self, kind):
        self.kind = kind
run = jp.submit(lambda: [Found(Kind.GOOD)], name="found", display=False)
found = run.wait().value[0]
print(type(found) is Found, found.kind is Kind.GOOD)
try:
    jp.current_run()
except jp.errors.NoCurrentRun as error:
    print(str(error)[:40])
"""


def test_failure_of_a_submitted_function_shows_the_lines_of_its_cells(cell, scaled) -> None:
    cell(NEEDED)
    told = cell(SUBMITS)
    assert "the key 'age' was not found" in told
    assert "Cell In[2], line 5, in outer" in told
    assert "return inner(table)" in told
    assert "Cell In[1], line 2, in inner" in told
    assert "# the culprit" in told
    assert "the last that it printed:\nlooking" in told
    # Classes of the notebook come back as what they are here.
    assert cell(DEFINES_VALUE) == "True True\nthis code is in no run: call it in a fun\n"
