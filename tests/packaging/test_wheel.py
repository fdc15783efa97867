"""A wheel in a clean environment: extension, panel and renderer are there, without Node."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ..jupyter_process import SCALE

ROOT = Path(__file__).parent.parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900 * SCALE)]
TRAIN = """
import jupyter_progress as jp
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
X, y = load_iris(return_X_y=True, as_frame=True)
run = jp.train(LogisticRegression(max_iter=500), X, y, name="clean", display=False)
print(run.wait().result["test"]["accuracy"])
"""


def run(*words: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    ran = subprocess.run(
        [str(word) for word in words], env=env, cwd=cwd, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return re.sub(r"\x1b\[\d+m", "", ran.stdout + ran.stderr)  # Jupyter colours its lists


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy: other tests read this checkout's built front end meanwhile.
    left_out = shutil.ignore_patterns("node_modules", "dist", "build", ".venv", ".git", ".*_cache")
    shutil.copytree(ROOT, folder / "source", ignore=left_out)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, folder / "source")
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment with the wheel, on a machine without Node."""
    folder = tmp_path_factory.mktemp("clean")
    run(sys.executable, "-m", "venv", folder)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[lab]", env=without_node(folder))
    return folder / "bin"


def without_node(folder: Path) -> dict[str, str]:
    """An environment whose PATH has the folder's programs and the system's, but no Node."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("env", "sh", "bash", "uname", "git"):
        for place in ("/usr/bin", "/bin"):
            if (Path(place) / name).exists() and not (tools / name).exists():
                (tools / name).symlink_to(Path(place) / name)
    dropped = ("JPY_", "JUPYTER", "PYTHON", "VIRTUAL_ENV")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return {**kept, "PATH": f"{folder / 'bin'}:{tools}", "HOME": str(folder)}


def test_wheel_carries_each_built_file_once(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("page.js", "page.css", "view.js", "loader.js"):
        assert names.count(f"jupyter_progress/panel/static/{name}") == 1
    assert sum("labextensions/jupyter-progress/package.json" in name for name in names) == 1
    static = [name.split("/")[-1] for name in names if "jupyter-progress/static/" in name]
    parts = sorted(name.split(".")[0] for name in static)
    assert parts == ["page", "remoteEntry", "shared", "view", "watch"]
    settings = [name for name in names if "jupyter-progress/schemas/jupyter-progress/" in name]
    assert sorted(Path(name).name for name in settings) == ["package.json.orig", "plugin.json"]
    assert sum("jupyter_server_config.d/jupyter_progress.json" in name for name in names) == 1
    assert any(name.endswith(".sql") for name in names)
    assert not any("node_modules" in name or name.startswith("frontend") for name in names)


def test_extension_and_renderer_are_on_without_a_further_step(clean: Path) -> None:
    env = without_node(clean.parent)
    servers = run(clean / "jupyter", "server", "extension", "list", env=env)
    assert "jupyter_progress enabled" in servers
    labs = run(clean / "jupyter", "labextension", "list", env=env)
    line = next(line for line in labs.splitlines() if "jupyter-progress" in line)
    assert "enabled" in line
    assert "OK" in line


def test_training_and_commands_work_in_the_clean_environment(clean: Path, tmp_path: Path) -> None:
    env = {**without_node(clean.parent), "JUPYTER_PROGRESS_DATA_DIR": str(tmp_path / "data")}
    accuracy = run(clean / "python", "-c", TRAIN, env=env, cwd=tmp_path).splitlines()[-1]
    assert float(accuracy) > 0.8
    listed = json.loads(run(clean / "jupyter", "progress", "runs", "--json", env=env))
    assert [found["status"] for found in listed["runs"]] == ["completed"]
