"""An import goes only downwards, and each foreign library stays in its layer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "jupyter_progress"
# A layer may import those named, and itself.
ALLOWED = {
    "errors": set[str](),
    "core": {"errors"},
    "machine": {"errors", "core"},
    "store": {"errors", "core"},
    "client": {"errors", "core"},
    "tracking": {"errors", "core", "store", "client"},
    "models": {"errors", "core", "store", "client", "tracking"},
    "training": {"errors", "core", "store", "client", "machine", "tracking", "models"},
}
BELOW = {*ALLOWED, "training"}
ALLOWED["server"] = BELOW | {"panel"}
ALLOWED["panel"] = set(BELOW)
ALLOWED["notebook"] = BELOW | {"panel"}
ALLOWED["cli"] = BELOW | {"panel", "notebook", "server"}
ONLY_IN = {"tornado": {"server"}, "sqlite3": {"store"}, "jupyter_server": {"server", "cli"}}
FILES = sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Modules that a file imports, anywhere in it, as dotted names from the root."""
    package = ["jupyter_progress", *path.relative_to(PACKAGE).parts[:-1]]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            found.add(".".join(module))
            found |= {".".join([*module, alias.name]) for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_downwards(path: Path) -> None:
    layer = layer_of(path)
    if layer == "__init__":
        return
    layers = {
        parts[1]
        for name in imports_of(path)
        if (parts := name.split("."))[0] == "jupyter_progress" and len(parts) > 1
    } & set(ALLOWED)
    assert layers - {layer} <= ALLOWED[layer]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_foreign_library_stays_in_its_layer(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports_of(path)}
    for library, layers in ONLY_IN.items():
        assert library not in roots or layer_of(path) in layers


def test_core_needs_no_clock_socket_thread_or_file() -> None:
    forbidden = {"time", "socket", "threading", "pathlib", "os", "asyncio", "random", "subprocess"}
    for path in sorted((PACKAGE / "core").glob("*.py")):
        roots = {name.split(".")[0] for name in imports_of(path)}
        assert not roots & forbidden, path.name
