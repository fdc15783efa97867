"""What an exception says, as a sentence for whoever's code raised it.

``str(exception)`` is empty for a bare ``assert``, ``'age'`` for a missing key, a megabyte for an
array in a message, and can itself raise.
"""

from __future__ import annotations

import linecache

from ..core.names import shorten

MESSAGE_LIMIT = 4000
_GROUP_SHOWN = 5
_GROUP_DEPTH = 3

# What is meant where nothing is said.
_MEANT = {
    "AssertionError": "an assertion did not hold",
    "GeneratorExit": "a generator was closed",
    "KeyboardInterrupt": "the code was interrupted",
    "MemoryError": "the memory did not suffice",
    "NotImplementedError": "a method was called that is not implemented",
    "RecursionError": "functions called each other too deeply",
    "StopAsyncIteration": "an asynchronous iterator had nothing more to give",
    "StopIteration": "an iterator had nothing more to give: next() was called at its end",
    "SystemExit": "the code ended its own process, by sys.exit()",
    "TimeoutError": "something took too long",
    "ZeroDivisionError": "a number was divided by zero",
}


def message_of(exception: BaseException) -> str:
    """Say what an exception means, in one text of a bounded length.

    Returns
    -------
    str
        Never empty, and always fit to be written as UTF-8.
    """
    return as_text(shorten(_words(exception, _GROUP_DEPTH), MESSAGE_LIMIT))


def as_text(text: str) -> str:
    """Make the halves of characters that some file names and bytes become fit for UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()


def _words(exception: BaseException, depth: int) -> str:
    try:
        said = str(exception).strip()
    except Exception as error:
        # A user's own __str__ may raise anything; that must not hide that their training failed.
        return f"its message cannot be shown: __str__() raised {type(error).__name__}"
    if isinstance(exception, BaseExceptionGroup) and depth:
        return _of_group(exception, depth)
    if type(exception).__str__ is KeyError.__str__ and len(exception.args) == 1:
        return _of_missing_key(exception.args[0], said)
    if isinstance(exception, SystemExit) and isinstance(exception.code, int):
        return f"the code ended its own process, by sys.exit({exception.code})"
    return said or _of_nothing_said(exception)


def _of_missing_key(key: object, said: str) -> str:
    # pandas puts a sentence where others put the key: "['age'] not in index".
    if isinstance(key, str) and (" not " in key or " no " in key or key.startswith("None of")):
        return key
    return f"the key {shorten(said, MESSAGE_LIMIT - 100)} was not found"


def _of_nothing_said(exception: BaseException) -> str:
    for cls in type(exception).__mro__:
        meant = _MEANT.get(cls.__name__)
        if meant is not None:
            break
    else:
        return f"{type(exception).__name__} was raised without a message"
    line = _last_line(exception) if isinstance(exception, AssertionError) else ""
    return f"{meant}: {line}" if line.startswith("assert") else meant


def _last_line(exception: BaseException) -> str:
    """The line of code that raised it."""
    place = exception.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return ""
    line = linecache.getline(place.tb_frame.f_code.co_filename, place.tb_lineno)
    return shorten(line.strip(), 300)


def _of_group(group: BaseExceptionGroup[BaseException], depth: int) -> str:
    inner = group.exceptions
    shown = [
        f"{type(error).__name__}: {shorten(_words(error, depth - 1), 500)}"
        for error in inner[:_GROUP_SHOWN]
    ]
    if len(inner) > _GROUP_SHOWN:
        shown.append(f"and {len(inner) - _GROUP_SHOWN:,} more")
    return f"{shorten(str(group.message), 1000)}: {'; '.join(shown)}"
