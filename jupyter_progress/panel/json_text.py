"""Changing single values of a JSON text and leaving every other byte as it is: pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from json.decoder import scanstring
from typing import Any, NamedTuple

_SPACE = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DECODER = json.JSONDecoder()


class Place(NamedTuple):
    """A value of the text, and where it stands."""

    value: Any
    start: int
    end: int


def place_of(text: str, start: int = 0) -> Place:
    """The value that begins at or after a position.

    Raises
    ------
    ValueError, RecursionError
        There is none.
    """
    at = _skip(text, start)
    value, end = _DECODER.raw_decode(text, at)
    return Place(value, at, end)


def members(text: str, place: Place) -> dict[str, Place]:
    """The members of an object, of a name that stands twice the last; empty for any other value."""
    if not isinstance(place.value, dict):
        return {}
    return dict(_members(text, place.start))


def elements(text: str, place: Place) -> list[Place]:
    """The elements of a list; empty for any other value."""
    if not isinstance(place.value, list):
        return []
    found, at = [], _skip(text, place.start + 1)
    while text[at] != "]":
        found.append(place_of(text, at))
        at = _after_comma(text, found[-1].end)
    return found


def replaced(text: str, changes: Iterable[tuple[Place, Any]]) -> str:
    """The text with the values at some places replaced, indented as their surroundings are."""
    parts, at = [], 0
    for place, value in sorted(changes, key=lambda change: change[0].start):
        parts += [text[at : place.start], _written(text, place.start, value)]
        at = place.end
    return "".join([*parts, text[at:]])


def can_be_written(value: Any) -> bool:
    """Whether JSON has a form for all of a value that was read.

    Python reads ``1e999`` and ``NaN``, and writes what no browser takes for JSON.
    """
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def escaped(json_text: str) -> str:
    """A JSON text with the halves of characters that UTF-8 has no bytes for as escapes."""
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", json_text)


def _written(text: str, start: int, value: Any) -> str:
    """A value as it is written at this place of the text."""
    unit = re.match(r"\s*\{(\r?\n)([ \t]*)", text)
    if unit is None:
        is_spaced = '": ' in text
        separators = (", ", ": ") if is_spaced else (",", ":")
        return escaped(json.dumps(value, ensure_ascii=False, separators=separators))
    line_start = text.rfind("\n", 0, start) + 1
    indent = re.match(r"[ \t]*", text[line_start:start])
    written = json.dumps(value, ensure_ascii=False, indent=unit[2] or None, sort_keys=True)
    return f"{unit[1]}{indent[0] if indent else ''}".join(escaped(written).split("\n"))


def _members(text: str, start: int) -> Iterator[tuple[str, Place]]:
    at = _skip(text, start + 1)
    while text[at] != "}":
        name, at = scanstring(text, at + 1, True)
        found = place_of(text, _skip(text, at) + 1)  # behind the colon
        yield name, found
        at = _after_comma(text, found.end)


def _after_comma(text: str, at: int) -> int:
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
