"""The reference page has every public signature, with its defaults."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

import jupyter_progress as jp

TEXT = (Path(__file__).parent.parent.parent / "docs" / "reference.md").read_text("utf-8")
FUNCTIONS = [
    "train",
    "observe",
    "track",
    "connect",
    "runs",
    "get_run",
    "last_run",
    "load_model",
    "server",
]
METHODS = [name for name in dir(jp.RunHandle) if not name.startswith("_")]


def signature(name: str, function: Any) -> str:
    """As a person would write it: without annotations and ``self``."""
    found = inspect.signature(function)
    empty = inspect.Parameter.empty
    parameters = [
        parameter.replace(annotation=empty)
        for parameter in found.parameters.values()
        if parameter.name not in ("self", "kwargs")
    ]
    bare = found.replace(parameters=parameters, return_annotation=inspect.Signature.empty)
    return f"{name}{bare}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_is_in_the_reference(name: str) -> None:
    assert f"jp.{signature(name, getattr(jp, name))}" in TEXT


@pytest.mark.parametrize("name", ["Panel", "Run"])
def test_class_is_in_the_reference(name: str) -> None:
    assert f"jp.{signature(name, getattr(jp, name))}" in TEXT


@pytest.mark.parametrize("name", METHODS)
def test_run_handle_is_in_the_reference(name: str) -> None:
    member = inspect.getattr_static(jp.RunHandle, name)
    told = f"run.{name}" if isinstance(member, property) else f"run.{signature(name, member)}"
    assert f"`{told}`" in TEXT


@pytest.mark.parametrize("name", ["log", "note", "stage"])
def test_what_a_run_of_ones_own_is_told_is_in_the_reference(name: str) -> None:
    assert f"run.{signature(name, getattr(jp.Run, name))}" in TEXT


def test_every_public_name_is_in_the_reference() -> None:
    for name in set(jp.__all__) - {"__version__", "Server"}:
        assert f"jp.{name}" in TEXT, name


def test_every_default_of_the_split_is_in_the_reference() -> None:
    from jupyter_progress.core.requests import Split

    for name in Split.__struct_fields__:
        assert f'"{name}": {getattr(Split(), name)}' in TEXT
