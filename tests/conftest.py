"""What every test has: a data directory of its own, and deadlines that can be stretched."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

TIMEOUT_SCALE = float(os.environ.get("JUPYTER_PROGRESS_TEST_TIMEOUT_SCALE", "1"))


# What is started in the background of a script ignores the signal, and all its children do; cells
# and waits that tests interrupt would then never be.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees, or writes into, the data directory of whoever runs it."""
    folder = tmp_path / "progress"
    monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(folder))
    for name in ("JUPYTER_PROGRESS_URL", "JUPYTER_PROGRESS_TOKEN_FILE", "JPY_PARENT_PID"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def scaled():
    """A deadline in seconds, stretched by JUPYTER_PROGRESS_TEST_TIMEOUT_SCALE."""
    return lambda seconds: seconds * TIMEOUT_SCALE
