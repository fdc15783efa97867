"""Importing the package costs next to nothing, and its public names all load."""

from __future__ import annotations

import subprocess
import sys

import pytest

import jupyter_progress as jp

PROBE = """
import sys, time
began = time.perf_counter()
import jupyter_progress
took = time.perf_counter() - began
heavy = {"sklearn", "tornado", "pandas", "numpy", "ipywidgets", "msgspec"} & set(sys.modules)
print(took, *heavy)
"""


def test_import_takes_under_100_ms_and_nothing_heavy_with_it() -> None:
    told = [
        subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    fields = [line.stdout.split() for line in told]
    assert all(len(found) == 1 for found in fields), fields
    # The best of three: a machine that is busy otherwise says nothing about the import.
    assert min(float(found[0]) for found in fields) < 0.1


@pytest.mark.parametrize("name", jp.__all__)
def test_public_name_loads(name: str) -> None:
    assert getattr(jp, name) is not None
    assert name in dir(jp)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        _ = jp.trian


def test_server_is_the_function_also_where_the_extension_is_loaded() -> None:
    code = (
        "import jupyter_progress as jp\n"
        "from jupyter_progress.server.extension import JupyterProgress\n"
        "import jupyter_progress.server\n"
        "assert callable(jp.server) and jp.server.__name__ == 'server', jp.server\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
