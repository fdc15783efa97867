"""The README's lines do what the README says: run as they stand there."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import jupyter_progress as jp
from jupyter_progress.notebook import backend as backends
from jupyter_progress.notebook.local_backend import LocalBackend

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def values_of(lines: str, names: dict[str, Any]) -> list[Any]:
    """Execute lines, like a notebook; the value of each that is an expression."""
    values = []
    for node in ast.parse(lines).body:
        if isinstance(node, ast.Expr):
            expression = compile(ast.Expression(node.value), "README.md", "eval")
            values.append(eval(expression, names))
        else:
            exec(compile(ast.Module([node], []), "README.md", "exec"), names)
    return values


def test_quickstart_and_the_same_numbers_without_this_project(
    own_data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quickstart = next(block for block in BLOCKS if "import jupyter_progress" in block)
    plain = next(block for block in BLOCKS if "train_test_split" in block)
    found_again = next(line for line in "".join(BLOCKS).splitlines() if "find a run again" in line)
    assert len(quickstart.splitlines()) < 10
    local = LocalBackend(own_data_dir)
    monkeypatch.setattr(backends, "_backend", local)
    names: dict[str, Any] = {}
    try:
        accuracy, deployed, predicted = values_of(quickstart, names)
        assert (deployed["name"], deployed["deployed"]) == ("digits", 1)
        assert [int(digit) for digit in predicted] == [0, 1, 2]
        assert values_of(found_again, names) == [[names["run"]], names["run"]]
        live = names["run"].history()["live_accuracy"].dropna().iloc[-1]
        ((plain_live, plain_accuracy),) = values_of(plain, names)
        assert (live, accuracy) == (plain_live, plain_accuracy)
        assert "fitting on 1,077 of 1,797 rows" in capsys.readouterr().out
    finally:
        local.close()


def test_every_name_and_command_that_the_readme_has_exists() -> None:
    from jupyter_progress.cli.main import COMMANDS

    text = (ROOT / "README.md").read_text("utf-8")
    for name in re.findall(r"\bjp\.(\w+)", text):
        assert hasattr(jp, name), name
    for name in re.findall(r"`jupyter progress (\w+)", text):
        assert name in COMMANDS, name
    made = re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for name in re.findall(r"\bmake (demo|lab|test[\w-]*|bench|lint)\b", text):
        assert name in made, name
