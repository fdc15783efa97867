"""The hierarchy of errors: documented, picklable, and the same again after a trip over the wire."""

from __future__ import annotations

import inspect
import pickle

import pytest

from jupyter_progress import errors
from jupyter_progress.errors import InvalidRequest, NotFound, ProgressError, error_from_wire

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, ProgressError) and cls.__module__ == errors.__name__
]


def example(cls: type[ProgressError]) -> ProgressError:
    count = len(inspect.signature(cls.__init__).parameters) - 1
    if "args" in inspect.signature(cls.__init__).parameters:
        return cls("what was wrong")
    return cls(*["field", "what was wrong"][:count])


@pytest.mark.parametrize("cls", CLASSES)
def test_error_survives_pickling(cls: type[ProgressError]) -> None:
    error = example(cls)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is cls
    assert str(again) == str(error)


@pytest.mark.parametrize("cls", CLASSES)
def test_error_is_the_same_class_after_the_wire(cls: type[ProgressError]) -> None:
    error = example(cls)
    again = error_from_wire(cls.status, error.to_wire())
    assert type(again) is cls
    assert str(error).endswith(str(again)) or str(again) == str(error)


def test_reasons_are_unique() -> None:
    assert len({cls.reason for cls in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("cls", CLASSES)
def test_error_stands_in_the_tree_at_the_head_of_the_file(cls: type[ProgressError]) -> None:
    assert cls.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize(
    ("status", "expected"), [(400, InvalidRequest), (404, NotFound), (502, errors.Unavailable)]
)
def test_unknown_reason_becomes_the_nearest_class(status: int, expected: type) -> None:
    error = error_from_wire(status, {"message": "m", "reason": "from_the_future"})
    assert type(error) is expected
