"""Rows as files that a worker maps into its memory: nothing is copied until a row is used.

An array of numbers is a ``.npy`` file. Everything else (frames, sparse matrices, objects) is a
pickle whose large buffers stand beside it, as PEP 574 has them: first ``JPMAPPED``, then the length
of a table as 64 bits, then the table in JSON, then the pickle and each buffer, which all begin at
multiples of 64 bytes. A frame comes back with the blocks that it had, so that a fit on it gives the
same to the last bit.
"""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np

from ...errors import FileNotReadable

_MAGIC = b"JPMAPPED"
_ALIGNMENT = 64
_IN_BAND_BYTES = 4096  # a buffer below this is no page of its own
_COPIED_BYTES = 16 << 20
_PLAIN = "biufUSmM"  # NumPy's kinds: no objects, no complex numbers, no records


@dataclass(frozen=True)
class Parcel:
    """Something that is ready to be written to a file.

    Parameters
    ----------
    format
        Of the upload that it becomes.
    size_bytes
        Of all chunks.
    """

    format: str
    size_bytes: int
    _chunks: Callable[[], Iterable[memoryview]]

    def chunks(self) -> Iterable[memoryview]:
        """The bytes, as they lie in memory; can be asked for again."""
        return self._chunks()


def pack(value: Any) -> Parcel:
    """Make a value ready to be handed over, without a copy of its numbers.

    Raises
    ------
    Exception
        What its classes raise when they are pickled.
    """
    if isinstance(value, np.memmap):
        value = np.asarray(value)
    if type(value) is np.ndarray and value.dtype.kind in _PLAIN and value.ndim > 0:
        return _pack_array(value)
    return _pack_object(value)


def pack_bytes(content: bytes, format: str) -> Parcel:
    """Bytes that are at hand, as a parcel."""
    return Parcel(format, len(content), lambda: [memoryview(content)])


def _pack_array(array: np.ndarray) -> Parcel:
    described = np.lib.format.header_data_from_array_1_0(array)
    if not array.flags.c_contiguous and not array.flags.f_contiguous:
        # Whichever way it lies, as nearly as a file can tell it.
        described["fortran_order"] = array.ndim > 1 and array.strides[0] < array.strides[-1]
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, described)
    written = array.T if described["fortran_order"] else array

    def chunks() -> Iterator[memoryview]:
        yield header.getbuffer()
        yield from _pieces(written)

    return Parcel("npy", header.getbuffer().nbytes + array.nbytes, chunks)


def _pieces(array: np.ndarray) -> Iterator[memoryview]:
    """An array's bytes in the order of its rows; what is scattered is copied piece by piece."""
    rows = max(1, _COPIED_BYTES // max(1, array.nbytes // max(1, len(array))))
    for first in range(0, len(array), rows):
        piece = np.ascontiguousarray(array[first : first + rows])
        yield memoryview(piece.reshape(-1).view(np.uint8))


def _pack_object(value: Any) -> Parcel:
    beside: list[memoryview] = []

    def take(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes < _IN_BAND_BYTES:
            return True
        beside.append(raw)
        return False

    pickled = io.BytesIO()
    cloudpickle.Pickler(pickled, protocol=5, buffer_callback=take).dump(value)
    parts = [pickled.getbuffer(), *beside]
    places, end = [], 0
    for part in parts:
        places.append([end, part.nbytes])
        end = _aligned(end + part.nbytes)
    table = json.dumps({"pickle": places[0], "buffers": places[1:], "size_bytes": end}).encode()
    head = _MAGIC + len(table).to_bytes(8, "little") + table
    head += bytes(_aligned(len(head)) - len(head))

    def chunks() -> Iterator[memoryview]:
        yield memoryview(head)
        for part in parts:
            for first in range(0, part.nbytes, _COPIED_BYTES):
                yield part[first : first + _COPIED_BYTES]
            yield memoryview(bytes(_aligned(part.nbytes) - part.nbytes))

    return Parcel("mapped", len(head) + end, chunks)


def _aligned(place: int) -> int:
    return -(-place // _ALIGNMENT) * _ALIGNMENT


def map_array(path: Path, field: str) -> np.ndarray:
    """Open a ``.npy`` file; what is written to the array stays in this process.

    Raises
    ------
    FileNotReadable
        It is no such file, is cut off, or holds objects.
    """
    expected = "expected what numpy.save writes"
    try:
        found = np.lib.format.open_memmap(path, mode="c")
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        text = str(error)
        if "mmap length" in text or "too large" in text or "cannot mmap" in text:
            text = "it is cut off: its end is missing"
        elif "objects" in text:
            text = "it holds Python objects; expected numbers or text of fixed width"
        else:
            text = f"it is no .npy file ({text}); {expected}"
        raise FileNotReadable(field, f"cannot be read: {text}") from None
    if found.dtype.kind not in _PLAIN:
        raise FileNotReadable(field, f"is of type {found.dtype}; expected numbers or text")
    return np.asarray(found)


def map_object(path: Path, field: str) -> Any:
    """Open what :func:`pack` has made of an object; only in the user's own worker.

    Raises
    ------
    FileNotReadable
        It is no such file, or is cut off.
    Exception
        What the pickle raises.
    """
    try:
        content = np.memmap(path, np.uint8, mode="c")
        table, base = _read_table(content)
        begin, size = table["pickle"]
        places = [(int(first), int(length)) for first, length in table["buffers"]]
        end = base + int(table["size_bytes"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileNotReadable(field, f"is nothing that was handed over: {error}") from None
    if end > len(content) or any(f < 0 or n < 0 or base + f + n > end for f, n in places):
        raise FileNotReadable(field, f"is cut off: it has {len(content):,} of {end:,} bytes")
    beside = [content[base + first : base + first + length] for first, length in places]
    pickled = content[base + begin : base + begin + size]
    return pickle.loads(pickled, buffers=beside)  # noqa: S301 - from the user's own kernel


def _read_table(content: np.ndarray) -> tuple[dict[str, Any], int]:
    if content[:8].tobytes() != _MAGIC:
        raise ValueError("it does not begin with JPMAPPED")
    length = int.from_bytes(content[8:16].tobytes(), "little")
    if length > len(content):
        raise ValueError("it is cut off")
    return json.loads(content[16 : 16 + length].tobytes()), _aligned(16 + length)
