"""An object on its way from a notebook into a worker: a pickle, with the cells of its code.

The file holds the pickle of an estimator, or of a call, alone, or one before it that holds
``{"cells": [(file name, heading, source)]}``. The cells come first, so that a traceback shows their
lines also where the object cannot be read. Only the user's own worker opens the file.
"""

from __future__ import annotations

import io
from types import CodeType
from typing import Any, BinaryIO

import cloudpickle

from ..tracking.cells import find_cells, register_cells, to_plain

_CELLS = "cells"


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
    cells = find_cells(pickler.filenames)
    return bytes(cloudpickle.dumps({_CELLS: to_plain(cells)})) if cells else b""


def read_handed_over(file: BinaryIO) -> Any:
    """Open what :func:`write_pickle` has made, with the cells before it, or a plain pickle.

    Raises
    ------
    Exception
        Whatever opening the pickle raises.
    """
    found = cloudpickle.load(file)
    if type(found) is dict and set(found) == {_CELLS}:
        register_cells(found[_CELLS])
        found = cloudpickle.load(file)
    return found
