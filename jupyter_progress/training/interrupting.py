"""Raising an exception in another thread, which gets it between two of its lines of Python."""

from __future__ import annotations

import ctypes


def raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Have an exception raised in another thread; None takes back one that was not raised yet."""
    exception = ctypes.py_object() if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), exception)
