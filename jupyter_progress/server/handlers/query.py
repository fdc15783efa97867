"""Reading a query: only known keys, each of its type and within its limits."""

from __future__ import annotations

import re
from collections.abc import Collection

from ...core.names import is_run_id, shorten
from ...errors import InvalidRequest, UnknownKey

# Keys of Jupyter's own; a name of digits only is what JupyterLab adds to get past caches.
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
TEXT_LIMIT = 500  # characters
MAX_WHOLE = 2**53  # what every JSON reader holds exactly
BEYOND = 2**63 - 1  # any offset that is larger is as far beyond the head as this one
JUPYTER_KEYS = frozenset({"token", "_xsrf", "no_track_activity"})


class Query:
    """The part of an address behind the question mark.

    Parameters
    ----------
    arguments
        As tornado has split them.
    known
        The keys that this address takes.

    Raises
    ------
    UnknownKey
        Another key stands in it.
    """

    def __init__(self, arguments: dict[str, list[bytes]], known: Collection[str]) -> None:
        for name in arguments:
            if name not in known and name not in JUPYTER_KEYS and not name.isdigit():
                expected = ", ".join(known) or "none"
                raise UnknownKey(shorten(name, 80), f"is not known here; expected: {expected}")
        self._arguments = arguments

    def text(self, name: str, limit: int = TEXT_LIMIT) -> str | None:
        """A text, or None where the key is missing or empty."""
        values = self._arguments.get(name)
        if values and len(values) > 1:
            raise InvalidRequest(name, f"is there {len(values)} times; expected it once")
        if not values or not values[-1]:
            return None
        try:
            text = values[-1].decode("utf-8")
        except UnicodeDecodeError:
            raise InvalidRequest(name, "is not UTF-8") from None
        if len(text) > limit:
            raise InvalidRequest(name, f"has {len(text)} characters; at most {limit} are allowed")
        return text

    def texts(self, name: str, most: int, *, may_be_empty: bool = False) -> list[str]:
        """The texts of a key that may be there several times; none where it is missing."""
        values = self._arguments.get(name, [])
        if len(values) > most:
            raise InvalidRequest(name, f"is there {len(values)} times; at most {most} are allowed")
        read = Query.text if may_be_empty else Query.given
        found = [read(Query({name: [value]}, (name,)), name) for value in values]
        return [text for text in found if text is not None]

    def given(self, name: str, limit: int = TEXT_LIMIT) -> str | None:
        """A text that says something, or None where the key is missing."""
        text = self.text(name, limit)
        if text is None and name in self._arguments:
            raise InvalidRequest(name, "is empty; leave it out, or give it a value")
        return text

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """One of some words, or None where the key is missing."""
        text = self.given(name)
        if text is not None and text not in choices:
            expected = ", ".join(sorted(choices))
            raise InvalidRequest(name, f"is {shorten(text, 60)!r}; expected one of: {expected}")
        return text

    def whole(self, name: str, default: int | None, low: int, high: int) -> int | None:
        """A whole number within its limits."""
        text = self.given(name)
        if text is None:
            return default
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            raise InvalidRequest(name, f"is {shorten(text, 60)!r}; expected a whole number")
        value = int(text)
        if not low <= value <= high:
            raise InvalidRequest(name, f"is {value}; expected {low} to {high}")
        return value

    def run_id(self, name: str) -> str | None:
        """A run's id, or None where the key is missing."""
        text = self.given(name)
        if text is not None and not is_run_id(text):
            raise InvalidRequest(name, f"is {shorten(text, 60)!r}; expected a run's id")
        return text

    def offset(self, name: str) -> int | None:
        """A place in a log, or None where the key is missing.

        However large: one beyond the head is no mistake, and answered with a snapshot.
        """
        text = self.text(name)
        if text is not None and text.isascii() and text.isdigit():
            return min(int(text), BEYOND)
        return self.whole(name, None, 0, BEYOND)

    def number(self, name: str, default: float | None, low: float, high: float) -> float | None:
        """A number within its limits."""
        text = self.given(name)
        if text is None:
            return default
        if not (_NUMBER.fullmatch(text) and low <= float(text) <= high):
            raise InvalidRequest(
                name, f"is {shorten(text, 60)!r}; expected a number from {low:g} to {high:g}"
            )
        return float(text)
