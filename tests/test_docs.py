"""What the documents say is what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from jupyter_progress import errors
from jupyter_progress.core.transitions import TRANSITIONS

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def test_diagram_of_statuses_is_the_table() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    drawn = set(re.findall(r"^    (\S+) --> (\S+): (\w+)$", text, re.MULTILINE))
    moves = {
        (before or "[*]", after, event)
        for (before, event), after in TRANSITIONS.items()
        if before != after
    }
    assert drawn == moves


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_named_files_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (document.parent / target).exists(), target
    folders = "jupyter_progress|docs|tests|notebooks|frontend|scripts|benchmarks"
    for name in re.findall(rf"`((?:{folders})/[\w./-]+)`", text):
        if not name.startswith("frontend/dist"):
            assert (ROOT / name).exists(), name


def test_every_reason_is_in_the_reference() -> None:
    text = (ROOT / "docs" / "rest.md").read_text("utf-8")
    waiting: list[type[errors.ProgressError]] = [errors.ProgressError]
    while waiting:
        cls = waiting.pop()
        waiting.extend(cls.__subclasses__())
        assert f"`{cls.reason}`" in text, cls.__name__


def test_every_command_and_setting_of_the_extension_is_in_the_reference() -> None:
    text = (ROOT / "docs" / "jupyterlab.md").read_text("utf-8")
    sources = ROOT / "frontend" / "src" / "lab" / "commands.ts"
    commands = re.findall(r"`\$\{PREFIX\}([\w-]+)`", sources.read_text("utf-8"))
    schema = json.loads((ROOT / "frontend" / "schema" / "plugin.json").read_text("utf-8"))
    assert commands
    for command in commands:
        assert f"`jupyter-progress:{command}`" in text, command
    for name, setting in schema["properties"].items():
        assert f"| `{name}` | `{json.dumps(setting['default'])}` |" in text, name
        assert setting["description"], name


def test_every_trait_is_in_the_reference() -> None:
    from jupyter_progress.server.extension import JupyterProgress

    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    own = JupyterProgress.class_own_traits(config=True)
    assert own
    for name, trait in own.items():
        assert f"`{name}`" in text, name
        assert trait.help, name
