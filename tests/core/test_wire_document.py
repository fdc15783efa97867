"""The tables of messages in the reference are those of the types."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from jupyter_progress.core.events import PAYLOADS, VOLATILE

TEXT = (Path(__file__).parents[2] / "docs" / "rest.md").read_text("utf-8")


def rows(heading: str) -> dict[str, str]:
    """What the table below a heading says of each type."""
    part = TEXT.partition(f"### {heading}\n")[2].partition("\n#")[0]
    found = {}
    for types, words in re.findall(r"^\| (`.*?) \| (.*) \|$", part, re.MULTILINE):
        found |= dict.fromkeys(re.findall(r"`(\w+)`", types), words)
    return found


def keys(words: str) -> list[str]:
    """The names in the first ``{…}`` of a table's cell."""
    found = re.search(r"`\{([^{}]*)\}", words)
    return re.findall(r"\w+", found[1]) if found else []


def test_every_durable_type_is_told_with_keys_that_it_has() -> None:
    told = rows("Durable messages")
    assert set(told) == set(PAYLOADS) | {"removed"}
    for type, words in told.items():
        if type == "removed":
            continue
        fields = {field.encode_name for field in msgspec.structs.fields(PAYLOADS[type])}
        assert set(keys(words)) <= fields, type
        assert bool(keys(words)) == bool(fields), type


def test_every_volatile_type_is_told() -> None:
    assert set(rows("Volatile messages")) == VOLATILE
