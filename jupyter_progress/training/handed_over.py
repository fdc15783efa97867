"""An object on its way from a notebook into a worker: a pickle, with the cells of its code.

The file holds the pickle of an estimator, or of a call, alone, or, where code comes along, one
before it that holds ``{"cells": [(file name, heading, source)], "python": "3.12"}``. The cells come
first, so that a traceback shows their lines also where the object cannot be read; and the version,
because no other one can run the code. Only the user's own worker opens the file.
"""

from __future__ import annotations

import io
import pickle
import sys
from pathlib import Path
from types import CodeType
from typing import Any, BinaryIO

import cloudpickle

from ..errors import UnsuitableEstimator
from ..tracking.cells import find_cells, register_cells, to_plain

_CELLS = "cells"
_PYTHON = "python"
_HEAD = {_CELLS, _PYTHON}
_HEAD_LIMIT_BYTES = 1 << 20


# What cloudpickle from 3.1.3 on writes for the file of all code: the same code then makes the same
# bytes wherever it was defined, and a traceback through it names nothing.
_NAMELESS = "<dynamic-code>"


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Keeps, and notes, in which files the code stands that is pickled by value."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.filenames: set[str] = set()

    def reducer_override(self, obj: Any) -> Any:
        if not isinstance(obj, CodeType):
            return super().reducer_override(obj)
        self.filenames.add(obj.co_filename)
        make, parts = self.dispatch_table[CodeType](obj)
        return make, tuple(obj.co_filename if part == _NAMELESS else part for part in parts)


def estimator_to_bytes(estimator: Any) -> bytes:
    """Pickle an estimator, with the cells of this notebook that its code stands in, and no others.

    Raises
    ------
    Exception
        Whatever the estimator's own classes raise.
    """
    buffer = io.BytesIO()
    return write_pickle(estimator, buffer) + buffer.getvalue()


def write_pickle(content: Any, file: BinaryIO) -> bytes:
    """Pickle an object into a file.

    Returns
    -------
    bytes
        What a worker has to find before it: the cells of this notebook that its code stands in.

    Raises
    ------
    Exception
        Whatever the object's own classes, or the file, raise.
    """
    pickler = _Pickler(file)
    pickler.dump(content)
    if not pickler.filenames:
        return b""
    cells = find_cells(pickler.filenames)
    head = {_CELLS: to_plain(cells) if cells else [], _PYTHON: own_python()}
    return pickle.dumps(head, protocol=5)


def own_python() -> str:
    """The version of this interpreter, as far as code depends on it: ``3.12``."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


class _HeadReader(pickle.Unpickler):
    """Reads dictionaries, lists and text, and runs nothing."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a head")


def python_of(path: Path) -> str | None:
    """The version that pickled what was handed over with code; None where no code comes along."""
    try:
        with path.open("rb") as file:
            found = _HeadReader(io.BytesIO(file.read(_HEAD_LIMIT_BYTES))).load()
    except Exception:
        # A pickle of anything else, which is not this reader's to open.
        return None
    version = found.get(_PYTHON) if type(found) is dict else None
    return version if isinstance(version, str) else None


def read_handed_over(file: BinaryIO) -> Any:
    """Open what :func:`write_pickle` has made, with the cells before it, or a plain pickle.

    Raises
    ------
    UnsuitableEstimator
        Another Python has pickled it, with code that this one cannot run.
    Exception
        Whatever opening the pickle raises.
    """
    found = cloudpickle.load(file)
    if type(found) is dict and _CELLS in found and set(found) <= _HEAD:
        register_cells(found[_CELLS])
        made_by = found.get(_PYTHON, own_python())
        if made_by != own_python():
            raise UnsuitableEstimator(
                "estimator",
                f"was pickled by Python {made_by} with code of its own, which Python "
                f"{own_python()} cannot run",
            )
        found = cloudpickle.load(file)
    return found
