"""The SQL of this package: statements by name, kept in ``sql/*.sql``."""

from __future__ import annotations

import functools
import re
from importlib import resources

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def sql_text(file: str) -> str:
    """The text of one of the SQL files."""
    return (resources.files(__package__) / "sql" / file).read_text(encoding="utf-8")


@functools.cache
def statements(file: str) -> dict[str, str]:
    """The statements of a file, by the name that stands above each."""
    _before, *parts = _NAME.split(sql_text(file))
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}
