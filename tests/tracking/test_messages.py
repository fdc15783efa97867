"""What an exception says to a person, whatever its own text is."""

from __future__ import annotations

import msgspec
import pandas as pd
import pytest

from jupyter_progress.tracking.failure import error_of
from jupyter_progress.tracking.messages import MESSAGE_LIMIT, message_of


class Mute(Exception):
    """Says nothing."""


class Silent(AssertionError):
    """Of a kind that has a meaning of its own."""


class Unshowable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text either")


class OwnKeyError(KeyError):
    def __str__(self) -> str:
        return "an own text"


def missing_column() -> BaseException:
    try:
        pd.DataFrame({"a": [1]})[["age"]]
    except KeyError as error:
        return error
    raise AssertionError


def failed_assertion() -> BaseException:
    rows = 0
    try:
        assert rows > 3
    except AssertionError as error:
        error.args = ()  # pytest writes a text of its own into it
        return error
    raise AssertionError


SAID = {
    "missing key": (KeyError("age"), "the key 'age' was not found"),
    "missing number": (KeyError(7), "the key 7 was not found"),
    "missing key with a space": (KeyError("first name"), "the key 'first name' was not found"),
    "key error of one's own": (OwnKeyError("x"), "an own text"),
    "key error without a key": (KeyError(), "KeyError was raised without a message"),
    "missing column": (missing_column(), "None of"),
    "assertion": (failed_assertion(), "an assertion did not hold: assert rows > 3"),
    "assertion from nowhere": (AssertionError(), "an assertion did not hold"),
    "subclass of an assertion": (Silent(), "an assertion did not hold"),
    "iterator": (StopIteration(), "next() was called at its end"),
    "memory": (MemoryError(), "the memory did not suffice"),
    "not implemented": (NotImplementedError(), "not implemented"),
    "exit": (SystemExit(3), "sys.exit(3)"),
    "exit with words": (SystemExit("no licence"), "no licence"),
    "exit without": (SystemExit(), "sys.exit()"),
    "interrupt": (KeyboardInterrupt(), "interrupted"),
    "nothing at all": (Mute(), "Mute was raised without a message"),
    "blank": (ValueError("  \n "), "ValueError was raised without a message"),
    "text that raises": (Unshowable(), "__str__() raised RuntimeError"),
    "group": (
        ExceptionGroup("two folds failed", [ValueError("a"), KeyError("age")]),
        "two folds failed: ValueError: a; KeyError: the key 'age' was not found",
    ),
    "large group": (ExceptionGroup("all", [Mute() for _ in range(99)]), "and 94 more"),
    "half a character": (ValueError("caf\udce9"), r"caf\udce9"),
}


@pytest.mark.parametrize("case", SAID)
def test_message_says_what_is_meant(case: str) -> None:
    exception, words = SAID[case]
    said = message_of(exception)
    assert words in said
    assert said.strip()
    assert "'age'\"" not in said


@pytest.mark.parametrize("case", SAID)
def test_every_failure_can_be_journalled(case: str) -> None:
    told = error_of(SAID[case][0], stage="train")
    assert msgspec.json.decode(msgspec.json.encode(told)) == told


def test_huge_message_leaves_room_for_the_traceback() -> None:
    def culprit() -> None:
        raise ValueError("x" * 1_000_000)

    with pytest.raises(ValueError) as raised:
        culprit()
    told = error_of(raised.value)
    assert "1000000 characters" in (told["message"] or "")
    assert len(told["message"] or "") < MESSAGE_LIMIT + 100
    assert "in culprit" in (told["traceback"] or "")
    assert len(told["traceback"] or "") < 10_000


def test_nested_groups_are_told_to_a_bounded_depth() -> None:
    group: BaseException = ValueError("the innermost")
    for level in range(50):
        group = ExceptionGroup(f"level {level}", [group, Mute()])  # type: ignore[list-item]
    assert len(message_of(group)) < MESSAGE_LIMIT + 100
