"""What the body of a request may be before it is known what it asks: JSON of a bounded size.

A megabyte can hold half a million lists, which take the interpreter, and with it everybody's
answers, for a second. So the values are counted before any of them is made; what comes after is
work that other threads can get between.
"""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from ..errors import MalformedBody

MAX_DEPTH: Final = 50
VALUES_LIMIT: Final = 200_000
_LARGEST: Final = int(float.fromhex("0x1.fffffffffffffp+1023"))
# One that never ends matches, too: a scan that began again behind its quote would not be linear.
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


def read_json(body: bytes) -> Any:
    """Read a body as JSON.

    Raises
    ------
    MalformedBody
        It is not UTF-8, not JSON, holds a number out of range or too many values, or is nested too
        deeply.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody("", f"the body is not UTF-8: byte {error.start} is not") from None
    _check_size(body)
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        words = str(error).partition(" - at `$")[0]
        raise MalformedBody("", f"the body is not JSON: {words}") from None
    except RecursionError:
        raise MalformedBody("", "the body is nested too deeply to be read") from None
    _check_values(found)
    return found


def _check_size(body: bytes) -> None:
    """Refuse too many values, counted by what stands between and before them."""
    if _marks(body) <= VALUES_LIMIT:
        return
    outside, end = 0, 0
    # What stands in texts does not count. A loop, that others may run in between.
    for text in _STRING.finditer(body):
        outside += _marks(body[end : text.start()])
        end = text.end()
        if outside > VALUES_LIMIT:
            break
    if outside + _marks(body[end:]) > VALUES_LIMIT:
        raise MalformedBody(
            "", f"the body holds more than {VALUES_LIMIT:,} values; send fewer at a time"
        )


def _marks(part: bytes) -> int:
    openings = part.count(b"[") + part.count(b"{")
    return part.count(b",") + openings - part.count(b"[]") - part.count(b"{}")


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Keep the collector from looking through many values while they are made and checked.

    A look at all objects of a server takes a tenth of a second, in which nobody else runs; most of
    the values are gone before the next one is due.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _check_values(found: Any) -> None:
    """Refuse what is nested too deeply, and numbers that are none in floating point."""
    level = [found]
    for _ in range(MAX_DEPTH + 1):
        # Only whole numbers can be out of range, such as one of 400 digits.
        if any(v.__class__ is int and not -_LARGEST <= v <= _LARGEST for v in level):
            raise MalformedBody("", "the body holds a number out of range; expected finite numbers")
        nested = [v for v in level if v.__class__ is list or v.__class__ is dict]
        if not nested:
            return
        level = [
            inner
            for outer in nested
            for inner in (outer.values() if outer.__class__ is dict else outer)
        ]
    if level:
        raise MalformedBody("", f"the body is nested more than {MAX_DEPTH} levels deep")
