"""A kernel of one environment, a server of another: what only the kernel has is trained, too."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ..ipython_kernel import let_in, running_kernel
from ..jupyter_process import SCALE, JupyterProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(180 * SCALE),
    # The kernel's client still reads Jupyter's paths in the old way.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

PACKAGE = """
import numpy as np


def nearest(rows, means):
    return ((rows[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)


class Centroids:
    _estimator_type = "classifier"

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.means_ = np.array([X[y == kind].mean(axis=0) for kind in self.classes_])
        return self

    def predict(self, X):
        return self.classes_[nearest(X, self.means_)]
"""
DATA = """
import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
import jupyter_progress as jp
import only_here
X, y = load_iris(return_X_y=True)
rest, _, y_rest, _ = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
rows, _, labels, _ = train_test_split(
    rest, y_rest, test_size=0.25, random_state=0, stratify=y_rest
)
"""
# Defined in the notebook, and made of what only this environment has.
OWN_CLASS = """
class Scaled(only_here.Centroids):
    def __init__(self, factor=1.0):
        self.factor = factor

    def get_params(self, deep=True):
        return {"factor": self.factor}

    def set_params(self, factor):
        self.factor = factor
        return self

    def fit(self, X, y):
        return super().fit(X * self.factor, y)

    def predict(self, X):
        return super().predict(X * self.factor)
"""
TRAIN = """
run = jp.train({made}, X, y, display=False).wait()
plain = {made}.fit(rows, labels)
print(np.array_equal(run.model.predict(X), plain.predict(X)))
"""


@pytest.fixture(scope="module")
def other_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with a package more than this one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(
        subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    )
    (packages / "only_here.py").write_text(PACKAGE)
    # The rest is that of the tests' own environment, with its links to what is being developed.
    shared = sysconfig.get_path("purelib")
    (packages / "shared.pth").write_text(f"import site; site.addsitedir({shared!r})\n")
    return python


@pytest.mark.parametrize("made", ["only_here.Centroids()", "Scaled(2.0)"])
def test_what_only_the_kernel_has_is_trained_saved_and_served(
    made: str, server: JupyterProcess, other_python: Path, tmp_path: Path
) -> None:
    assert importlib.util.find_spec("only_here") is None
    with running_kernel(let_in(server, server.url, tmp_path), other_python) as kernel:
        assert kernel.run("import sys; print(sys.executable)") == str(other_python)
        kernel.run(DATA)
        kernel.run(OWN_CLASS)
        assert kernel.run(TRAIN.format(made=made)).splitlines()[-1] == "True"
        name = "centroids" if "Centroids" in made else "scaled"
        served = f"print(run.deploy({name!r})['deployed'], *run.predict(X[[0, 60, 120]]))"
        predicted = kernel.run("print(*run.model.predict(X[[0, 60, 120]]))")
        assert kernel.run(served) == f"1 {predicted}"
        assert kernel.run("print(jp.get_run(run.run_id).state['status'])") == "completed"
