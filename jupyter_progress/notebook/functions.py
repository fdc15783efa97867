"""A function and its arguments on their way into a worker: what is wrong is told in the cell."""

from __future__ import annotations

import functools
import inspect
import io
import tempfile
import types
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import cloudpickle
import msgspec

from ..core.functions import FunctionRequest, UploadedFunction
from ..core.names import shorten
from ..core.nearest import nearest
from ..errors import UnsuitableFunction
from ..tracking import arguments
from ..training.handed_over import write_pickle
from .handover import Uploader

IN_MEMORY_BYTES = 64 << 20
CALL_LIMIT_BYTES = 512 << 20
OWN_WORDS = ("name", "stages", "tags", "display")


def check_function(fn: Any) -> None:
    """Refuse what cannot be called, or of which a call runs nothing.

    Raises
    ------
    UnsuitableFunction
    """
    if inspect.iscoroutine(fn) or inspect.isgenerator(fn) or inspect.isasyncgen(fn):
        raise UnsuitableFunction(
            "fn", f"{arguments.of_type(fn)}, the outcome of a call; expected the function itself"
        )
    if not callable(fn):
        raise UnsuitableFunction(
            "fn",
            f"{arguments.found(fn)}, which cannot be called; expected a function: "
            "jp.submit(train, 3), not jp.submit(train(3))",
        )
    code = _code_of(fn)
    if inspect.iscoroutinefunction(code):
        raise UnsuitableFunction(
            "fn",
            "is asynchronous; expected a plain function, in which asyncio.run(…) runs it",
        )
    if inspect.isgeneratorfunction(code) or inspect.isasyncgenfunction(code):
        raise UnsuitableFunction(
            "fn",
            "is a generator, and calling it runs nothing of it; expected a plain function: log "
            "what it yields with jp.current_run().log(…), and return the last",
        )


def _code_of(fn: Any) -> Any:
    """What is executed when something is called."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    if isinstance(fn, type) or inspect.isroutine(fn):
        return fn
    return getattr(type(fn), "__call__", fn)  # noqa: B004 - the method itself is wanted


def check_call(fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Refuse arguments that the function does not take, where it says which it takes.

    Raises
    ------
    UnsuitableFunction
    """
    try:
        signature = inspect.signature(fn)
    except (TypeError, ValueError):
        return  # written in C, mostly
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        shown = f"{getattr(fn, '__name__', 'fn')}{signature}"
        raise UnsuitableFunction(
            "fn",
            f"cannot be called so: {error}; it is {shorten(shown, 200)}{_hint(signature, kwargs)}",
        ) from None


def _hint(signature: inspect.Signature, kwargs: dict[str, Any]) -> str:
    for key in kwargs:
        near = nearest(key, OWN_WORDS) if key not in signature.parameters else None
        if near:
            return f"; did you mean {near}=, which is the run's?"
    own = next((key for key in OWN_WORDS if key in signature.parameters), None)
    if own:
        return f"; {own}= is the run's here: functools.partial(fn, {own}=…) sets the function's"
    return ""


def with_upload(draft: FunctionRequest, upload: str) -> FunctionRequest:
    """The request, once the function has an id."""
    return msgspec.structs.replace(draft, function=UploadedFunction(upload=upload))


def upload_call(backend: Uploader, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Hand over a function and its arguments, with the cells that its code stands in.

    Raises
    ------
    UnsuitableFunction
        They cannot be pickled, or are too large; the message names what is in the way.
    """
    call = {"function": fn, "args": args, "kwargs": kwargs}
    with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as file:
        try:
            opening = write_pickle(call, cast(BinaryIO, _Bounded(cast(BinaryIO, file))))
        except _TooLarge:
            raise UnsuitableFunction("fn", _too_large(fn, args, kwargs)) from None
        except Exception as error:
            # Whatever a class of the user's raises when it is pickled.
            raise UnsuitableFunction("fn", _unpicklable(error, fn, args, kwargs)) from error
        file.seek(0)
        return backend.upload(cast(BinaryIO, _Joined(opening, cast(BinaryIO, file))), "pickle")


class _TooLarge(Exception):
    """More than a call may hold."""


class _Bounded:
    """A file that takes so many bytes, and no more; without one, it only counts."""

    def __init__(self, file: BinaryIO | None = None) -> None:
        self._file = file
        self.size = 0

    def write(self, part: Any) -> int:
        size = memoryview(part).nbytes
        self.size += size
        if self.size > CALL_LIMIT_BYTES:
            raise _TooLarge
        if self._file is not None:
            self._file.write(part)
        return size


class _Joined(io.RawIOBase):
    """Some bytes, and then a file."""

    def __init__(self, opening: bytes, file: BinaryIO) -> None:
        self._opening = opening
        self._rest = file

    def read(self, size: int = -1) -> bytes:
        """The next bytes; of what comes first, or of the file."""
        if self._opening:
            found = self._opening if size < 0 else self._opening[:size]
            self._opening = self._opening[len(found) :]
            return found + self._rest.read() if size < 0 else found
        return self._rest.read(size)


def _too_large(fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    limit = f"{CALL_LIMIT_BYTES / 2**20:,.0f} MB"
    sizes = [(size, name) for name, value in _parts(fn, args, kwargs) if (size := _size(value))]
    largest = max(sizes, default=None)
    what = f"; the largest part is {largest[1]}" if largest else ""
    return (
        f"takes more than {limit} with its arguments and all that it refers to{what}; expected "
        "less: let the function load its data itself, from a file"
    )


def _unpicklable(error: Exception, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    said = f"{type(error).__name__}: {shorten(str(error), 300)}"
    guilty = next((name for name, value in _parts(fn, args, kwargs) if _size(value) is None), None)
    what = f" because of {guilty}" if guilty else ""
    return (
        f"cannot be sent to another process{what} ({said}); make such a thing (an open file, a "
        "lock, a connection) inside of the function"
    )


def _parts(fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a call consists of, under the names by which a person knows it."""
    for index, value in enumerate(args):
        yield f"args[{index}] ({_kind(value)})", value
    for name, value in kwargs.items():
        yield f"the argument {name!r} ({_kind(value)})", value
    if isinstance(fn, functools.partial):
        yield from _parts(fn.func, fn.args, fn.keywords)
        return
    owner = getattr(fn, "__self__", None)  # of a method; of a function written in C, its module
    if owner is not None and not isinstance(owner, types.ModuleType):
        yield f"its own object ({_kind(owner)})", owner
    fn = getattr(fn, "__func__", fn)
    if not isinstance(fn, types.FunctionType):
        return
    try:
        known = inspect.getclosurevars(fn)
    except ValueError:
        return  # a closure's variable without a value yet
    for name, value in {**known.nonlocals, **known.globals}.items():
        yield f"the variable {name!r} ({_kind(value)})", value


def _kind(value: Any) -> str:
    return arguments.of_type(value).removeprefix("is ")


def _size(value: Any) -> int | None:
    """How large a value's pickle is; None where it cannot be pickled."""
    counted = _Bounded()
    try:
        cloudpickle.Pickler(counted).dump(value)
    except _TooLarge:
        return counted.size
    except Exception:
        return None  # which is the answer
    return counted.size
