"""Reading what a server compresses for each of its subscribers (permessage-deflate, RFC 7692)."""

from __future__ import annotations

import zlib

# What a sender takes off each message (section 7.2.1).
TAIL = b"\x00\x00\xff\xff"


class Inflater:
    """One connection's frames, each a whole message, of which later ones refer to earlier ones."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        self._rest = b""

    def inflated(self, received: bytes) -> bytes:
        """The payloads of the frames that are whole by now, one after the other."""
        data = self._rest + received
        payloads = []
        begin = 0
        while (bounds := _payload(data, begin)) is not None:
            payloads.append(self._inflate.decompress(data[bounds[0] : bounds[1]] + TAIL))
            begin = bounds[1]
        self._rest = data[begin:]
        return b"".join(payloads)


def _payload(data: bytes, begin: int) -> tuple[int, int] | None:
    """Where the payload of the unmasked frame at ``begin`` is; None where it is not all there."""
    if len(data) < begin + 4:
        # A frame of two bytes would be empty, which no contestant sends.
        return None
    size, first = data[begin + 1], begin + 2
    if size == 126:
        size, first = int.from_bytes(data[first : first + 2], "big"), first + 2
    end = first + size
    return (first, end) if len(data) >= end else None
