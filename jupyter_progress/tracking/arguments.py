"""What a call may be given; what it may not is told at once, before anything is done."""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..core.articles import with_article
from ..core.names import NOTES_LIMIT, check_label, check_lines, check_model_name, shorten
from ..core.nearest import nearest
from ..core.requests import check_notes, check_tags
from ..errors import InvalidRequest, UnknownKey


def found(value: Any) -> str:
    """Say what a value is, and of which type: ``is 5 (int)``."""
    if value is None:
        return "is None"
    if isinstance(value, type):
        return f"is the class {shorten(value.__name__, 80)}"
    try:
        shown = repr(value)
    except Exception as error:
        # A value whose repr() fails is as wrong as another, and has to be told as clearly.
        return f"{of_type(value)} (its repr() raises {type(error).__name__})"
    # Of many lines, or the address that Python gives to what has no repr() of its own.
    if "\n" in shown or " at 0x" in shown or not shown.isprintable():
        return of_type(value)
    return f"is {shorten(shown, 80)} ({shorten(type(value).__name__, 80)})"


def of_type(value: Any) -> str:
    """Say of which type a value is: ``is an int``."""
    if value is None:
        return "is None"
    return f"is {with_article(shorten(type(value).__name__, 80))}"


def only_keys(field: str, given: Mapping[Any, Any], known: Iterable[str]) -> None:
    """Refuse a mapping with a key that is not known.

    Raises
    ------
    UnknownKey
        It says which, and which was probably meant.
    """
    names = tuple(known)
    for key in given:
        if key not in names:
            near = nearest(str(key), names)
            hint = f"did you mean {near!r}?" if near else f"expected: {', '.join(names)}"
            raise UnknownKey(f"{field}.{key}", f"is not known; {hint}")


def text(field: str, value: Any) -> str:
    """Return a string.

    Raises
    ------
    InvalidRequest
        It is something else.
    """
    if not isinstance(value, str):
        raise InvalidRequest(field, f"{found(value)}; expected a string")
    return str(value)


def label(field: str, value: Any) -> str:
    """Return a text that can be shown on one line.

    Raises
    ------
    InvalidRequest
    """
    return check_label(field, text(field, value))


def model_name(field: str, value: Any) -> str:
    """Return a model's name.

    Raises
    ------
    InvalidRequest
    """
    return check_model_name(field, text(field, value))


def labels(field: str, value: Any) -> list[str]:
    """Return tags as a list.

    Raises
    ------
    InvalidRequest
        One is no text, or it is one text and no list of them.
    """
    given = strings(field, value)
    check_tags(given)
    return given


def strings(field: str, value: Any) -> list[str]:
    """Return some strings as a list.

    Raises
    ------
    InvalidRequest
    """
    if isinstance(value, str):
        shown = shorten(repr(value), 80)
        raise InvalidRequest(field, f"is {shown}; expected a list of strings: [{shown}]")
    if isinstance(value, bytes | Mapping) or not isinstance(value, Iterable):
        raise InvalidRequest(field, f"{found(value)}; expected a list of strings")
    given = list(value)
    for index, item in enumerate(given):
        if not isinstance(item, str):
            raise InvalidRequest(f"{field}[{index}]", f"{found(item)}; expected a string")
    return [str(item) for item in given]


def notes(field: str, value: Any) -> str:
    """Return what is noted about a run, of any number of lines.

    Raises
    ------
    InvalidRequest
    """
    given = text(field, value)
    check_notes(given)
    return given


def note(field: str, value: Any) -> str:
    """Return a line for the activity feed.

    Raises
    ------
    InvalidRequest
        It says nothing, or too much.
    """
    given = text(field, value)
    if not given.strip():
        raise InvalidRequest(field, "is empty; expected some text")
    if len(given) > NOTES_LIMIT:
        raise InvalidRequest(
            field, f"has {len(given):,} characters; at most {NOTES_LIMIT:,} are allowed"
        )
    return check_lines(field, given)


def whole(field: str, value: Any, least: int = 1) -> int:
    """Return a whole number; NumPy's count as such.

    Raises
    ------
    InvalidRequest
    """
    if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < least:
        raise InvalidRequest(
            field, f"{found(value)}; expected a whole number of at least {least:,}"
        )
    return int(value)


def number(field: str, value: Any) -> float:
    """Return a finite number.

    Raises
    ------
    InvalidRequest
    """
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        raise InvalidRequest(field, f"{found(value)}; expected a number")
    try:
        found_number = float(value)
    except OverflowError:
        found_number = math.inf
    if not math.isfinite(found_number):
        raise InvalidRequest(field, f"is {shorten(str(value), 60)}; expected a finite number")
    return found_number


def seconds(field: str, value: Any) -> float | None:
    """Return a time to wait for; None for as long as it takes.

    Raises
    ------
    InvalidRequest
    """
    if value is None:
        return None
    if not isinstance(value, numbers.Real) or isinstance(value, bool) or not value >= 0:
        raise InvalidRequest(
            field, f"{found(value)}; expected seconds from 0, or None for as long as it takes"
        )
    try:
        wait_s = float(value)
    except OverflowError:
        return None  # longer than the age of the universe
    return None if math.isinf(wait_s) else wait_s


def is_true(field: str, value: Any) -> bool:
    """Return a boolean; NumPy's own counts as one.

    Raises
    ------
    InvalidRequest
    """
    # np.bool_ is no bool, and has been called both "bool_" and "bool"; NumPy is not imported here.
    if not isinstance(value, bool) and type(value).__name__ not in ("bool", "bool_"):
        raise InvalidRequest(field, f"{found(value)}; expected True or False")
    return bool(value)


def path(field: str, value: Any) -> Path:
    """Return a path.

    Raises
    ------
    InvalidRequest
    """
    if not isinstance(value, str | os.PathLike) or not isinstance(os.fspath(value), str):
        raise InvalidRequest(field, f"{found(value)}; expected a path")
    return Path(value)
